//! The stops of the tour: requests, and the functions that answer them.

/// A request that the page can send, and the code that answers it.
pub(super) struct Stop {
    /// The name by which the page asks for it.
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    /// Lines of the request, besides those that all have.
    pub(super) fields: &'static str,
    pub(super) content: &'static str,
    /// The functions, types and constants that the page shows, by their names.
    pub(super) items: &'static [&'static str],
    /// The most bytes of the reply that the page shows.
    pub(super) limit: u64,
}

/// The parts of the tour.
pub(super) const PARTS: [(&str, &[Stop]); 5] = [
    ("Texts and JSON", TEXTS),
    ("Fields and cookies", FIELDS),
    ("Statuses", STATUSES),
    ("Files", FILES),
    ("More than one piece", PIECES),
];

const TEXTS: &[Stop] = &[
    get("text", "/text", "plain text", &["text"]),
    get(
        "json",
        "/json",
        "JSON from a serde value",
        &["json", "READING", "Reading"],
    ),
    get(
        "json-model",
        "/json/model",
        "the same value through a response model",
        &["json_model", "PUBLIC"],
    ),
    get(
        "json-ujson",
        "/json/ujson",
        "as ujson writes: / escaped",
        &["json_ujson"],
    ),
    get(
        "json-orjson",
        "/json/orjson",
        "as orjson writes: NaN is null",
        &["json_orjson"],
    ),
    get(
        "json-rows",
        "/json/rows",
        "elements that come one by one",
        &["json_rows"],
    ),
    get(
        "json-large",
        "/json/large",
        "100,000 numbers through a buffer of 12 KiB",
        &["json_large"],
    ),
];

const FIELDS: &[Stop] = &[
    get(
        "cookies-set",
        "/cookies/set",
        "two cookies",
        &["cookies_set", "SESSION"],
    ),
    get(
        "cookies-delete",
        "/cookies/delete",
        "the same cookies deleted",
        &["cookies_delete"],
    ),
    get(
        "headers",
        "/headers",
        "fields of several kinds",
        &["headers", "LAST_MODIFIED"],
    ),
    get(
        "cors",
        "/cors",
        "a reply that one other origin may read",
        &["cors", "CORS"],
    )
    .with("origin: https://app.example\r\n"),
    Stop {
        method: "OPTIONS",
        what: "a preflight, which asks too much",
        ..get("preflight", "/cors", "", &["preflight"])
    }
    .with("origin: https://app.example\r\naccess-control-request-method: DELETE\r\n"),
    get(
        "draft",
        "/draft",
        "a draft response that two stages fill, joined",
        &["draft", "authenticate", "create"],
    ),
];

const STATUSES: &[Stop] = &[
    get(
        "redirect",
        "/redirect",
        "a redirect to /text",
        &["redirect"],
    ),
    get(
        "empty",
        "/empty",
        "204, neither body nor length",
        &["empty"],
    ),
    get("error", "/error", "an error page", &["error", "TEAPOT"]),
    get("not-found", "/nowhere", "an unknown path", &["not_found"]),
    Stop {
        method: "DELETE",
        what: "a method that a path does not have",
        ..get("not-allowed", "/text", "", &["not_allowed"])
    },
    Stop {
        method: "HEAD",
        what: "no body for HEAD, by the same handler",
        ..get("head", "/json", "", &["json"])
    },
];

const FILES: &[Stop] = &[
    get(
        "file",
        "/page",
        "a file in memory: an etag, ranges",
        &["file", "PAGE"],
    ),
    get("file-range", "/page", "a range of it", &["file"]).with("range: bytes=0-14\r\n"),
    get(
        "file-ranges",
        "/page",
        "two ranges, which would be longer than all of it",
        &["file"],
    )
    .with("range: bytes=0-14, 40-55\r\n"),
    get(
        "file-known",
        "/page",
        "nothing of it, for a client that has it",
        &["file"],
    )
    .with("if-none-match: \"afdc14196edbaff6-40\"\r\n"),
];

const PIECES: &[Stop] = &[
    get(
        "hints",
        "/hints",
        "103 Early Hints, then a page",
        &["hints"],
    ),
    get(
        "large",
        "/large",
        "1,000,000 bytes through a buffer of 12 KiB",
        &["large", "LARGE"],
    ),
    Stop {
        limit: 480,
        ..get(
            "events",
            "/events",
            "server-sent events, five a second",
            &["events"],
        )
    },
    Stop {
        method: "POST",
        what: "the content of the request, sent back",
        content: "ping",
        ..get("echo", "/echo", "", &["echo"])
    }
    .with("content-length: 4\r\n"),
];

const fn get(
    name: &'static str,
    path: &'static str,
    what: &'static str,
    items: &'static [&'static str],
) -> Stop {
    Stop {
        name,
        what,
        method: "GET",
        path,
        fields: "",
        content: "",
        items,
        limit: 1024,
    }
}

impl Stop {
    const fn with(self, fields: &'static str) -> Self {
        Self { fields, ..self }
    }
}

/// All stops, in their order.
pub(super) fn all() -> impl Iterator<Item = &'static Stop> {
    PARTS.iter().flat_map(|(_, stops)| *stops)
}
