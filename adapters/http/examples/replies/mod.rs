//! The replies of all examples: written once, for any host and for our own server.

use std::convert::Infallible;
use std::time::Duration;

use replywire::SetCookie;
use replywire::body::Event;
use replywire_embedded::Transport;
use replywire_files::{FileReply, FileTransport};
use replywire_std::{Answer, Request, Responder, chunks_from_fn};

/// Answers by the path.
pub(crate) async fn answer<T: FileTransport>(
    request: &Request<'_>,
    responder: Responder<'_, T>,
) -> Answer {
    match request.path() {
        "/" => {
            let seen = SetCookie::new("seen", "1").http_only();
            let theme = SetCookie::new("theme", "dark").path("/");
            let reply = responder.ok().cookie(&seen).cookie(&theme);
            reply
                .html("<p><a href=/file>a file</a>, <a href=/events>events</a>")
                .await
        }
        "/file" => {
            let file = FileReply::new(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));
            let file = file.media_type("text/plain").filename("read me.txt");
            file.answer(request, responder.ok()).await
        }
        "/events" => events(responder).await,
        "/echo" => echo(responder).await,
        _ => {
            responder
                .status(replywire::Status::NOT_FOUND)
                .text("not found")
                .await
        }
    }
}

/// Sends an event at once, and one each 100 ms.
async fn events<T: Transport>(responder: Responder<'_, T>) -> Answer {
    let mut is_first = true;
    let ticks = chunks_from_fn(async move || {
        if !std::mem::take(&mut is_first) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok::<_, Infallible>(Some(Event::new().data("tick")))
    });
    responder.ok().events(ticks).await
}

/// Sends the content of the request back as it comes.
async fn echo<T: Transport>(mut responder: Responder<'_, T>) -> Answer {
    let content = responder.read_to_vec(64 * 1024).await?;
    responder
        .ok()
        .bytes("application/octet-stream", &content)
        .await
}
