//! A server that answers each request with no content.

#![no_std]
#![no_main]

use replywire::{Response, Status};
use replywire_embedded::{
    Answered, Buffers, Handler, Limits, Request, Responder, Transport, Unanswered, serve_connection,
};
use size::{Uart, block_on, buffer, program, request_buffer};

program!(block_on(serve(Uart::take())));

struct Device;

impl<T: Transport> Handler<T> for Device {
    async fn handle(
        &self,
        _: &Request<'_>,
        responder: Responder<'_, T>,
    ) -> Result<Answered, Unanswered> {
        let reply = responder.send(|exchange, buf| Response::to(exchange, buf, Status::OK).empty());
        Ok(reply.await?)
    }
}

async fn serve(uart: &mut Uart) {
    let buffers = Buffers {
        request: request_buffer(),
        reply: buffer(),
    };
    let device = Device;
    let limits = Limits::new().headers::<16>();
    let _ = serve_connection(uart, &device, buffers, &limits).await;
}
