//! One run: a server, its clients, and whoever of them goes next.

use replywire_std::Config;

use super::app;
use super::check;
use super::choices::{self, Choices, below, once_in, one_of, within};
use super::client::Client;
use super::clock::{self, MILLISECOND, SECOND};
use super::connection::{Connection, Habits, Side};
use super::executor;
use super::kernel;
use super::observed;
use super::openings;
use super::pipe::Pipe;
use super::script::Script;
use super::server::{self, Lent};
use super::settings;
use super::trace::{self, note, wrong};
use super::waits;
use super::watch;

/// The steps that no run needs.
const MOST_STEPS: usize = 300_000;

/// The outcome of a run that broke a rule.
#[derive(Debug)]
pub struct Broken {
    /// The rule.
    pub why: String,
    /// All that happened, where it was asked for.
    pub trace: Vec<String>,
}

/// Runs a world by these choices.
///
/// # Errors
///
/// What is wrong, and the trace if `traced`.
pub fn run(choices: Choices, traced: bool) -> Result<(), Broken> {
    trace::begin(traced);
    choices::begin(choices);
    clock::begin();
    server::begin();
    let mut run = Run::begin();
    run.go();
    run.end();
    waits::forget();
    executor::begin(false);
    let (why, trace) = trace::end();
    match why {
        Some(why) => Err(Broken { why, trace }),
        None => Ok(()),
    }
}

/// The end of the server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Plan {
    /// It shuts down when nothing happens any more, or else then.
    ShutDown(Option<u64>),
    /// Its future is dropped.
    Drop(u64),
    /// It has been told.
    Told,
}

/// Someone who could go next.
#[derive(Clone, Copy, Debug)]
enum Next {
    Task(usize),
    Act(usize),
    Read(usize),
    Carry(usize, Side),
}

struct Run {
    config: Config,
    clients: Vec<Client>,
    server: usize,
    /// The connections, where the run accepts them.
    lent: Option<Lent>,
    plan: Plan,
    /// A thing happens that no one has asked for, once in so many.
    spurious: usize,
    excuses: check::Excuses,
    could: Vec<Next>,
    /// The time at which all have ended who have to.
    horizon: u64,
}

impl Run {
    fn begin() -> Self {
        let config = settings::any();
        let count = within(1..7);
        app::begin(count);
        observed::begin();
        let handshake = settings::nanoseconds(config.timeouts.handshake);
        openings::begin(handshake, once_in(2));
        executor::begin(once_in(2));
        let habits = Habits {
            faults: one_of(&[0, 0, 0, 0, 30, 200]),
            accept_faults: one_of(&[0, 0, 0, 3]),
            short: one_of(&[0, 0, 2, 10]),
            yields: one_of(&[0, 0, 2, 10]),
            descriptors: one_of(&[1, 2, 100, 100, 100, 100, 100, 100]),
            reset_discards: once_in(2),
            unsent: one_of(&[100, 1000, 100_000]),
        };
        kernel::begin(habits);
        let pace = settings::pace(&config);
        let room = || one_of(&[50, 500, 5000, 100_000]);
        let clients: Vec<Client> = (0..count)
            .map(|id| {
                let window = room();
                let (down, up) = (Pipe::new(room(), window), Pipe::new(room(), room()));
                kernel::with(|kernel| kernel.add(down, up));
                let script = Script::any(id, &pace, window);
                let bound = settings::bound(&config, &script);
                Client::new(id, script, bound)
            })
            .collect();
        let time = || within(0..40) as u64 * SECOND + within(0..1000) as u64 * MILLISECOND;
        let plan = match below(8) {
            0 => Plan::ShutDown(Some(time())),
            1 => Plan::Drop(time()),
            _ => Plan::ShutDown(None),
        };
        note(|| format!("{config:?}"));
        note(|| format!("{:?}, then {plan:?}", habits));
        for client in &clients {
            let script = &client.script;
            note(|| format!("({}) {:?} {:?}", client.id, script.going, script.reading));
            script
                .asked
                .iter()
                .for_each(|asked| note(|| format!("({}) {asked:?}", client.id)));
        }
        let lent = (once_in(4) && !matches!(plan, Plan::Drop(_))).then(|| server::lent(config));
        let server = match lent.clone() {
            None => executor::spawn(server::serve(config)),
            Some(lent) => executor::spawn(server::serve_lent(lent)),
        };
        let bounds = clients.iter().map(|client| client.bound);
        let mut excuses = settings::excuses(&config);
        excuses.lacks_descriptors = habits.descriptors < count;
        excuses.is_crowded = config.connections < count || excuses.lacks_descriptors;
        Self {
            horizon: bounds.sum::<u64>() + count as u64 * handshake + 100 * SECOND,
            excuses,
            lent,
            config,
            clients,
            server,
            plan,
            spurious: one_of(&[0, 0, 5, 50]),
            could: Vec::new(),
        }
    }

    fn go(&mut self) {
        for _ in 0..MOST_STEPS {
            if trace::is_wrong() {
                return;
            }
            if once_in(self.spurious) {
                self.disturb();
            }
            self.look();
            if !self.could.is_empty() {
                let next = self.could[below(self.could.len())];
                self.step(next);
                self.attend();
                continue;
            }
            // Nothing can happen at this time any more.
            if !executor::is_alive(self.server) {
                self.check_that_nothing_is_left();
                // The clients read on what the kernel has.
                match self.clients.iter().filter_map(Client::next).min() {
                    Some(time) => clock::go_on_to(time),
                    None => return,
                }
                continue;
            }
            match (self.next_time(), self.plan) {
                (Some(time), plan) if !self.is_quiet_from(time) || plan == Plan::Told => {
                    self.go_on_to(time);
                }
                (None, Plan::Told) => return wrong(|| "the shutdown does not end".into()),
                // Only those are left who may stay for ever.
                _ => {
                    self.watch();
                    self.watch_who_stays();
                    self.tell();
                }
            }
        }
        wrong(|| "no end of it".into());
    }

    /// Tells whether all that may happen from this time on is that some stay.
    fn is_quiet_from(&self, time: u64) -> bool {
        time >= self.horizon
            || self.plan == Plan::ShutDown(None)
                && self.clients.iter().all(|client| {
                    let stays = settings::may_stay(&self.config, &client.script);
                    !is_held(client)
                        || stays && client.done_at.is_some_and(|done| time > done + 40 * SECOND)
                })
                && kernel::with(|kernel| kernel.open > 0)
    }

    /// Nothing is held for ever that need not be.
    fn watch_who_stays(&self) {
        for client in &self.clients {
            if is_held(client) && !settings::may_stay(&self.config, &client.script) {
                wrong(|| format!("[{}] is held for ever", client.id));
            }
        }
    }

    /// Finds who could go next.
    fn look(&mut self) {
        self.could.clear();
        let mut woken = Vec::new();
        executor::woken(&mut woken);
        self.could.extend(woken.into_iter().map(Next::Task));
        for (id, client) in self.clients.iter().enumerate() {
            if client.is_ready_to_act() {
                self.could.push(Next::Act(id));
            }
            if client.is_ready_to_read() {
                self.could.push(Next::Read(id));
            }
            for side in [Side::Client, Side::Server] {
                if kernel::on(id, |connection, _| connection.is_moving_to(side)) {
                    self.could.push(Next::Carry(id, side));
                }
            }
        }
    }

    fn step(&mut self, next: Next) {
        match next {
            Next::Task(id) => {
                executor::poll(id);
                self.watch_server();
            }
            Next::Act(id) => self.clients[id].step(),
            Next::Read(id) => self.clients[id].read(),
            Next::Carry(id, side) => {
                kernel::on(id, |connection, habits| connection.carry_to(side, habits));
            }
        }
    }

    /// Does what a task has to put up with.
    fn disturb(&mut self) {
        let id = below(self.clients.len());
        match below(3) {
            0 => {
                executor::poll(below(executor::count()));
                self.watch_server();
            }
            1 => kernel::on(id, |connection, _| connection.believe(true)),
            _ => kernel::on(id, |connection, _| connection.believe(false)),
        }
    }

    /// Carries out the plan for the server's end, if it is time.
    fn attend(&mut self) {
        let now = clock::now();
        match self.plan {
            Plan::ShutDown(Some(time)) if time <= now => self.tell(),
            Plan::Drop(time) if time <= now => {
                note(|| "the server is dropped".into());
                self.plan = Plan::Told;
                self.excuses.was_cut = true;
                executor::cancel(self.server);
            }
            _ => {}
        }
    }

    fn grace_is_over_at(&self) -> Option<u64> {
        let told = self.excuses.shut_down_at?;
        Some(told + self.config.grace.as_nanos() as u64)
    }

    /// Notes that the server has ended, and whether it has cut connections.
    fn watch_server(&mut self) {
        if self.excuses.was_cut || executor::is_alive(self.server) || executor::alive() == 0 {
            return;
        }
        self.excuses.was_cut = true;
        if self
            .grace_is_over_at()
            .is_none_or(|over| clock::now() < over)
        {
            wrong(|| "connections were cut before the grace time was over".into());
        }
    }

    fn tell(&mut self) {
        note(|| "the server is to shut down".into());
        self.plan = Plan::Told;
        self.excuses.shut_down_at = Some(clock::now());
        server::tell();
    }

    fn next_time(&self) -> Option<u64> {
        let planned = match self.plan {
            Plan::ShutDown(time) => time,
            Plan::Drop(time) => Some(time),
            Plan::Told => None,
        };
        let clients = self.clients.iter().filter_map(Client::next);
        clients.chain(clock::next()).chain(planned).min()
    }

    /// Checks what must hold before the clock goes on.
    fn watch(&self) {
        let now = clock::now();
        for client in &self.clients {
            let told = self.excuses.shut_down_at;
            let watched = openings::watch(client.id)
                .and_then(|()| watch::connection(client, &self.config))
                .and_then(|()| watch::shutting_down(client, told.map_or(0, |told| now - told)));
            if let Err(why) = watched {
                wrong(|| format!("[{}] {why}", client.id));
            }
        }
        if let Err(why) = waits::check() {
            wrong(|| why);
        }
        let count = |is_counted: fn(&Connection) -> bool| {
            let clients = self.clients.iter();
            let counted = clients.filter(|client| {
                is_held(client) && kernel::on(client.id, |connection, _| is_counted(connection))
            });
            counted.count()
        };
        // One that has sent all is about to end, and may have made room.
        let held = count(|connection| connection.shut_at.is_none());
        if held > self.config.connections {
            wrong(|| format!("{held} connections in {} slots", self.config.connections));
        }
        let Some(lent) = &self.lent else { return };
        if lent.grown() > 0 && !self.clients.iter().any(watch::may_grow) {
            wrong(|| format!("{} bytes of replies that have left", lent.grown()));
        }
        let held = count(|_| true);
        if lent.open() != held {
            wrong(|| format!("{} slots are taken by {held} connections", lent.open()));
        }
        let idle = self
            .clients
            .iter()
            .filter(|client| watch::is_idle(client))
            .count();
        if lent.busy() + idle > lent.open() {
            wrong(|| {
                format!(
                    "{} of {} have buffers, and {idle} are idle",
                    lent.busy(),
                    lent.open()
                )
            });
        }
    }

    /// Goes on to this time.
    fn go_on_to(&mut self, time: u64) {
        self.watch();
        clock::go_on_to(time);
        self.attend();
        let now = clock::now();
        if self.grace_is_over_at().is_some_and(|over| now > over) {
            wrong(|| "the server outlives its grace time".into());
        }
    }

    fn check_that_nothing_is_left(&self) {
        let open = kernel::with(|kernel| kernel.open);
        let left = (executor::alive(), clock::timers(), open);
        let lent = self
            .lent
            .as_ref()
            .map_or((0, 0, 0), |lent| (lent.open(), lent.busy(), lent.grown()));
        if (left, lent) != ((0, 0, 0), (0, 0, 0)) {
            wrong(|| {
                format!(
                    "of a server that has ended, tasks, timers, sockets: {left:?}; \
                     slots, buffers, memory of replies: {lent:?}"
                )
            });
        }
    }

    /// Checks what is to hold when all is over.
    fn end(&mut self) {
        if trace::is_wrong() {
            return;
        }
        let open = kernel::with(|kernel| kernel.open);
        let left = (executor::alive(), clock::timers(), open);
        if left != (0, 0, 0) {
            return wrong(|| {
                format!("of a server that has ended, tasks, timers, sockets: {left:?}")
            });
        }
        if let Err(why) = observed::check(&self.excuses) {
            return wrong(|| why);
        }
        for client in &self.clients {
            if let Err(why) = check::client(client, &self.excuses) {
                return wrong(|| format!("({}) {why}", client.id));
            }
        }
    }
}

/// Tells whether a connection holds a slot of the server.
fn is_held(client: &Client) -> bool {
    openings::is_opening(client.id)
        || kernel::on(client.id, |connection, _| {
            connection.begun_at.is_some() && connection.server.is_open
        })
}
