//! `nanofish`, with JSON by `serde-json-core`. Its headers are texts, so the caller spells the
//! numbers too; it checks them.

use heapless::{String, Vec};
use nanofish::{
    Error, HttpHandler, HttpRequest, HttpResponse, HttpResponseBuilder, StatusCode,
    serve_http_connection_with_sizes,
};

use crate::peer::cookie;
use crate::{Answer, ROOM, Uart};

/// Answers every request.
pub async fn serve(uart: &mut Uart, answer: &Answer<'_>) {
    let mut device = Device {
        answer,
        texts: Texts::default(),
    };
    let _ =
        serve_http_connection_with_sizes::<_, _, ROOM, ROOM>(uart, &mut device, usize::MAX).await;
}

/// Answers every request with no content.
pub async fn serve_empty(uart: &mut Uart) {
    let _ =
        serve_http_connection_with_sizes::<_, _, ROOM, ROOM>(uart, &mut Empty, usize::MAX).await;
}

/// The reply alone.
pub fn reply(answer: &Answer<'_>) -> Option<Vec<u8, ROOM>> {
    let mut texts = Texts::default();
    texts.response(answer).ok()?.build_bytes().ok()
}

struct Device<'a> {
    answer: &'a Answer<'a>,
    texts: Texts,
}

impl HttpHandler for Device<'_> {
    async fn handle_request(&mut self, _: &HttpRequest<'_>) -> Result<HttpResponse<'_>, Error> {
        self.texts.response(self.answer)
    }
}

struct Empty;

impl HttpHandler for Empty {
    async fn handle_request(&mut self, _: &HttpRequest<'_>) -> Result<HttpResponse<'_>, Error> {
        HttpResponseBuilder::new().status(StatusCode::Ok).build()
    }
}

/// What a response borrows.
struct Texts {
    json: [u8; 256],
    request: itoa::Buffer,
    cookie: String<64>,
}

impl Default for Texts {
    fn default() -> Self {
        Self {
            json: [0; 256],
            request: itoa::Buffer::new(),
            cookie: String::new(),
        }
    }
}

impl Texts {
    fn response(&mut self, answer: &Answer<'_>) -> Result<HttpResponse<'_>, Error> {
        let len = serde_json_core::to_slice(&answer.reading, &mut self.json)
            .map_err(|_| Error::BufferOverflow)?;
        let json = self.json.get(..len).unwrap_or_default();
        let json = core::str::from_utf8(json).map_err(|_| Error::BufferOverflow)?;
        self.cookie = cookie(answer).ok_or(Error::BufferOverflow)?;
        HttpResponseBuilder::new()
            .status(StatusCode::Ok)
            .header("Cache-Control", "no-store")?
            .header("X-Content-Type-Options", "nosniff")?
            .header("Access-Control-Allow-Origin", "*")?
            .header("X-Request-Id", self.request.format(answer.request))?
            .header("Set-Cookie", &self.cookie)?
            .json(json)?
            .build()
    }
}
