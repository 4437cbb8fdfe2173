//! A server that answers each request with the reply.

#![no_std]
#![no_main]

use replywire_embedded::{
    Answered, Buffers, Handler, Limits, Request, Responder, Transport, Unanswered, serve_connection,
};
use size::{Answer, Uart, answer, block_on, buffer, program, reply, request_buffer};

program!(block_on(serve(Uart::take())));

struct Device {
    answer: &'static Answer<'static>,
}

impl<T: Transport> Handler<T> for Device {
    async fn handle(
        &self,
        _: &Request<'_>,
        responder: Responder<'_, T>,
    ) -> Result<Answered, Unanswered> {
        let reply = responder.send(|exchange, buf| reply::serde(exchange, buf, self.answer));
        Ok(reply.await?)
    }
}

async fn serve(uart: &mut Uart) {
    let buffers = Buffers {
        request: request_buffer(),
        reply: buffer(),
    };
    let device = Device { answer: answer() };
    let limits = Limits::new().headers::<16>();
    let _ = serve_connection(uart, &device, buffers, &limits).await;
}
