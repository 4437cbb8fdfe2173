//! Reads requests and sends the buffer for each, and parses and writes nothing.

#![no_std]
#![no_main]

use core::hint::black_box;

use embedded_io_async::{Read as _, Write as _};
use size::{Answer, Uart, answer, block_on, buffer, program};

program!(block_on(serve(Uart::take(), answer(), buffer())));

async fn serve(uart: &mut Uart, answer: &Answer<'_>, buf: &mut [u8]) {
    black_box(answer);
    while let Ok(1..) = uart.read(buf).await {
        let Ok(_) = uart.write(buf).await;
    }
}
