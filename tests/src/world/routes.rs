//! The requests of the world, and what each is to be answered: a model that knows nothing of the
//! library.

use super::choices;

/// The ways in which the app answers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Route {
    /// A buffered reply.
    Text,
    /// A body of known length, read from a source.
    Sized,
    /// A body of unknown length, read from a source.
    Read,
    /// Chunks with waits between them.
    Chunks,
    /// An event stream whose source gives one event and falls silent.
    Silent,
    /// The content, sent back.
    Echo,
    /// A buffered reply after a wait.
    Sleep,
    /// An interim reply first.
    Hints,
    /// A panic without a reply.
    PanicBefore,
    /// A panic after a buffered reply.
    PanicAfter,
    /// A reply that leaves at once, and work that goes on.
    Background,
    /// A panic of that work.
    BackgroundPanic,
    /// A body whose source fails in mid-way.
    Breaks,
    /// No answer.
    Fail,
    /// A handler that never ends.
    Never,
    /// A whole reply of any size, and work after it.
    Grown,
    /// A text of any size that displays itself.
    Displayed,
    /// A text of any size that lies in memory.
    Lying,
    /// An upgrade, after which each byte comes back.
    Upgrade,
}

/// The most requests of a client.
pub(super) const MOST_REQUESTS: usize = 4;

pub(super) const ROUTES: [Route; 19] = [
    Route::Text,
    Route::Sized,
    Route::Read,
    Route::Chunks,
    Route::Silent,
    Route::Echo,
    Route::Sleep,
    Route::Hints,
    Route::PanicBefore,
    Route::PanicAfter,
    Route::Background,
    Route::BackgroundPanic,
    Route::Breaks,
    Route::Fail,
    Route::Never,
    Route::Grown,
    Route::Displayed,
    Route::Lying,
    Route::Upgrade,
];

/// The coding of a request's content.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Coding {
    None,
    Length,
    Chunked,
}

/// One request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) route: Route,
    /// The client, and the number of its request.
    pub(super) client: usize,
    pub(super) index: usize,
    /// The bytes of the reply's body.
    pub(super) size: usize,
    /// The milliseconds that the handler waits where it does.
    pub(super) delay: u64,
    pub(super) coding: Coding,
    /// The bytes of the content.
    pub(super) content: usize,
    pub(super) expects: bool,
    pub(super) is_head: bool,
    pub(super) is_old: bool,
    /// The client asks for the connection's end after it.
    pub(super) is_last: bool,
}

impl Asked {
    /// Any request.
    pub(super) fn any(client: usize, index: usize, is_last: bool) -> Self {
        let route = match choices::below(3) {
            0 => choices::one_of(&ROUTES),
            1 if choices::once_in(3) => choices::one_of(&ROUTES[15..18]),
            1 if choices::once_in(4) => Route::Upgrade,
            _ => choices::one_of(&ROUTES[..8]),
        };
        let is_upgrade = route == Route::Upgrade;
        let is_old = choices::once_in(8) && !is_upgrade;
        let coding = match choices::below(5) {
            _ if is_upgrade => Coding::None,
            _ if route != Route::Echo && !choices::once_in(4) => Coding::None,
            0..3 => Coding::Length,
            _ if is_old => Coding::Length,
            _ => Coding::Chunked,
        };
        let size = match route {
            Route::Text | Route::PanicAfter | Route::Hints => choices::one_of(&[0, 1, 30, 200]),
            Route::Silent => 20,
            _ => choices::one_of(&[0, 1, 100, 1000, 5000]),
        };
        Self {
            route,
            client,
            index,
            size,
            delay: choices::one_of(&[1, 100, 3000]),
            coding,
            content: choices::one_of(&[0, 3, 40, 300, 3000]),
            expects: coding != Coding::None && choices::once_in(6),
            is_head: coding == Coding::None && choices::once_in(8) && !is_upgrade,
            is_old,
            is_last: is_last && !is_upgrade,
        }
    }

    /// The head, as its client writes it.
    pub(super) fn head(&self) -> String {
        let method = match (self.is_head, self.coding) {
            (true, _) => "HEAD",
            (_, Coding::None) => "GET",
            _ => "POST",
        };
        let place = ROUTES
            .iter()
            .position(|route| *route == self.route)
            .unwrap_or(0);
        let Self {
            client,
            index,
            size,
            delay,
            content,
            ..
        } = *self;
        let version = u8::from(!self.is_old);
        let mut head = format!(
            "{method} /{place}/{client}/{index}/{size}/{delay} HTTP/1.{version}\r\nhost: x\r\n"
        );
        match self.coding {
            Coding::None => {}
            Coding::Length => head += &format!("content-length: {content}\r\n"),
            Coding::Chunked => head += "transfer-encoding: chunked\r\n",
        }
        if self.expects {
            head += "expect: 100-continue\r\n";
        }
        if self.route == Route::Upgrade {
            head += "connection: upgrade\r\nupgrade: x\r\n";
        }
        match (self.is_old, self.is_last) {
            (true, false) => head += "connection: keep-alive\r\n",
            (false, true) => head += "connection: close\r\n",
            _ => {}
        }
        head + "\r\n"
    }

    /// The content, as its client writes it.
    pub(super) fn coded_content(&self) -> Vec<u8> {
        let content = self.content();
        match self.coding {
            // The bytes after an upgrade are sent as they are.
            Coding::None => content,
            Coding::Length => content,
            Coding::Chunked => {
                let mut coded = Vec::new();
                for chunk in content.chunks(1 + self.size % 70) {
                    coded.extend(format!("{:x}\r\n", chunk.len()).bytes());
                    coded.extend(chunk);
                    coded.extend(b"\r\n");
                }
                coded.extend(b"0\r\n\r\n");
                coded
            }
        }
    }

    fn content(&self) -> Vec<u8> {
        let len = match self.coding {
            Coding::None if self.route != Route::Upgrade => 0,
            _ => self.content,
        };
        pattern(self.client, self.index + 1000, len)
    }

    /// Tells whether its handler waits for content.
    pub(super) fn reads_content(&self) -> bool {
        self.route == Route::Echo && self.coding != Coding::None && self.content > 0
    }

    /// The body of its reply.
    pub(super) fn body(&self) -> Vec<u8> {
        match self.route {
            Route::Echo | Route::Upgrade => self.content(),
            _ => pattern(self.client, self.index, self.size),
        }
    }

    /// Reads the path of a request; the client's other choices are not in it.
    pub(super) fn of_path(path: &str) -> Option<Self> {
        let mut parts = path
            .split('/')
            .skip(1)
            .map(|part| part.parse::<usize>().ok());
        let mut next = || parts.next().flatten();
        Some(Self {
            route: *ROUTES.get(next()?)?,
            client: next()?,
            index: next()?,
            size: next()?,
            delay: next()? as u64,
            coding: Coding::None,
            content: 0,
            expects: false,
            is_head: false,
            is_old: false,
            is_last: false,
        })
    }
}

/// Text that tells which request it belongs to, and which byte of it is where.
pub(super) fn pattern(client: usize, index: usize, len: usize) -> Vec<u8> {
    let start = client * 7 + index * 3;
    (0..len)
        .map(|at| b'a' + ((start + at + at / 26) % 26) as u8)
        .collect()
}

/// The bytes that keep a silent stream alive.
pub(super) const PING: &[u8] = b": ping\n\n";
