use replywire_embedded::{
    Buffers, Closed, ConnectionError, Handler, Limits, Transport, serve_connection,
};

use crate::Config;

/// The most header fields of a request.
const HEADERS: usize = 64;

/// Has `handler` answer the requests of one connection, in buffers of the configured sizes.
///
/// Dropping the future may leave the peer with half a reply: close the connection.
///
/// # Errors
///
/// [`ConnectionError`] when the connection fails between replies.
pub(crate) async fn run<T: Transport, H: Handler<T>>(
    transport: &mut T,
    handler: &H,
    config: &Config,
) -> Result<Closed, ConnectionError<T::Error>> {
    let mut request = vec![0; config.buffer];
    let mut reply = vec![0; config.reply_buffer];
    let buffers = Buffers {
        request: &mut request,
        reply: &mut reply,
    };
    let limits = Limits::new().headers::<HEADERS>();
    serve_connection(transport, handler, buffers, &limits).await
}
