/// The things that a board supplies besides its transport.
pub trait Board {
    /// Milliseconds since the start.
    fn uptime(&self) -> u64;

    /// Waits for so many milliseconds.
    fn sleep(&self, millis: u32) -> impl Future<Output = ()>;

    /// The temperature that the thermometer shows, in hundredths of a degree.
    fn temperature(&self) -> i32;

    /// A number for the next session, which nobody must be able to guess where that counts.
    fn nonce(&self) -> u64;

    /// The stack so far.
    fn stack(&self) -> Stack;
}

/// The bytes of the stack that were used at most, and all that there are.
#[derive(Clone, Copy, Debug)]
pub struct Stack {
    /// The deepest so far.
    pub deepest: usize,
    /// All of it.
    pub size: usize,
}

/// The temperature on a board without a thermometer, in hundredths of a degree: a wave between 20
/// and 25 degrees, of ten seconds.
pub const fn wave(millis: u64) -> i32 {
    let millis = (millis % 10_000) as i32;
    2000 + (millis - 5000).abs() / 10
}
