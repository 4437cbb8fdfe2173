//! The serial port: a PL011 whose interrupt moves bytes between its queues and two rings.
//!
//! Only the interrupt touches the registers; whoever has filled or emptied a ring calls for it.
//! While the ring of what was received is full, bytes stay in the queue of the port. QEMU takes no
//! more from its client then, so nothing is lost; a real line needs RTS for that.

use core::cell::RefCell;
use core::ptr::NonNull;

use arm_pl011_uart::{
    DataBits, Interrupts, LineConfig, PL011Registers, Parity, StopBits, Uart, UniqueMmioPointer,
};
use cortex_m::peripheral::NVIC;
use critical_section::Mutex;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::pipe::Pipe;
use embassy_sync::signal::Signal;
use lm3s6965::{Interrupt, interrupt};

static RECEIVED: Pipe<CriticalSectionRawMutex, 1024> = Pipe::new();
static TO_SEND: Pipe<CriticalSectionRawMutex, 1024> = Pipe::new();
static SENT: Signal<CriticalSectionRawMutex, ()> = Signal::new();
static ARRIVED: Signal<CriticalSectionRawMutex, ()> = Signal::new();
static PORT: Mutex<RefCell<Option<Uart<'static>>>> = Mutex::new(RefCell::new(None));

/// The clock rate of the LM3S6965 after a reset, as QEMU has it.
pub(crate) const CLOCK: u32 = 12_500_000;

pub(crate) fn start() {
    const LINE: LineConfig = LineConfig {
        data_bits: DataBits::Bits8,
        parity: Parity::None,
        stop_bits: StopBits::One,
    };
    let mut port = Uart::new(registers());
    // These numbers are not refused.
    let _ = port.enable(LINE, 115_200, CLOCK);
    critical_section::with(|cs| PORT.replace(cs, Some(port)));
    // SAFETY: nothing runs in a critical section that counts on this interrupt to be masked.
    #[allow(unsafe_code)]
    unsafe {
        NVIC::unmask(Interrupt::UART0);
    }
    NVIC::pend(Interrupt::UART0);
}

fn registers() -> UniqueMmioPointer<'static, PL011Registers> {
    const UART0: NonNull<PL011Registers> =
        NonNull::new(0x4000_c000 as *mut PL011Registers).unwrap();
    // SAFETY: the first PL011 of the LM3S6965 is there, for ever, and only `start` calls this,
    // once.
    #[allow(unsafe_code)]
    unsafe {
        UniqueMmioPointer::new(UART0)
    }
}

/// Takes some of what was received, and waits until there is something.
pub(crate) async fn read(buf: &mut [u8]) -> usize {
    let n = RECEIVED.read(buf).await;
    NVIC::pend(Interrupt::UART0);
    n
}

/// Waits until there is something to read.
pub(crate) async fn arrival() {
    while RECEIVED.is_empty() {
        ARRIVED.wait().await;
    }
}

/// Has some of `bytes` sent, and waits until there is room.
pub(crate) async fn write(bytes: &[u8]) -> usize {
    let n = TO_SEND.write(bytes).await;
    NVIC::pend(Interrupt::UART0);
    n
}

/// Waits until the port has all that was written.
pub(crate) async fn flush() {
    while !TO_SEND.is_empty() {
        SENT.wait().await;
    }
}

#[interrupt]
fn UART0() {
    critical_section::with(|cs| {
        if let Some(port) = PORT.borrow_ref_mut(cs).as_mut() {
            let mut causes = Interrupts::empty();
            causes.set(Interrupts::TXI, send(port));
            causes.set(Interrupts::RXI | Interrupts::RTI, receive(port));
            port.set_interrupt_masks(causes);
        }
    });
}

/// Moves bytes into the port; whether there are more.
fn send(port: &mut Uart<'_>) -> bool {
    while !port.is_tx_fifo_full() {
        let mut byte = [0];
        match TO_SEND.try_read(&mut byte) {
            Ok(_) => port.write_word(byte[0]),
            Err(_) => break,
        }
    }
    let more = !TO_SEND.is_empty();
    if !more {
        SENT.signal(());
    }
    more
}

/// Moves bytes out of the port; whether there is room for more.
fn receive(port: &mut Uart<'_>) -> bool {
    while !RECEIVED.is_full() {
        let byte = match port.read_word() {
            Ok(Some(byte)) => byte,
            Ok(None) => return true,
            // What was not received right is read as NUL, which no head may hold.
            Err(_) => 0,
        };
        // There is room.
        let _ = RECEIVED.try_write(&[byte]);
        ARRIVED.signal(());
    }
    false
}
