use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// What a program did.
pub(super) struct Run {
    /// How many bytes of the stack it reached.
    pub(super) stack: u32,
    pub(super) instructions: u32,
    pub(super) writes: u32,
    pub(super) sent: Vec<u8>,
}

/// qemu counts an instruction as so many nanoseconds, by `-icount`.
const INSTRUCTION: u32 = 1 << 10;

/// The processor's timer ticks every so many nanoseconds.
const TICK: u32 = 80;

/// What a server is asked, twice.
const REQUEST: &str = concat!(
    "GET /status HTTP/1.1\r\n",
    "Host: 192.168.7.1\r\n",
    "User-Agent: curl/8.5.0\r\n",
    "Accept: */*\r\n",
    "\r\n",
);

/// Runs a program; what it measures of itself leaves by the second serial port.
pub(super) fn run(path: &Path) -> Result<Run, String> {
    let said = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let figures = path.with_extension("figures");
    let mut qemu = Command::new("timeout")
        .args(["20", "qemu-system-arm", "-machine", "lm3s6965evb"])
        .args(["-icount", "shift=10"])
        .args(["-display", "none", "-monitor", "none"])
        .args(["-serial", "stdio", "-serial"])
        .arg(format!("file:{}", figures.display()))
        .args(["-semihosting-config", "enable=on,target=native", "-kernel"])
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| said(&error))?;
    if let Some(mut requests) = qemu.stdin.take() {
        // Most programs do not read them.
        let _ = requests.write_all(REQUEST.repeat(2).as_bytes());
    }
    let output = qemu.wait_with_output().map_err(|error| said(&error))?;
    let figures = fs::read(figures).map_err(|error| said(&error))?;
    let mut figures = figures.chunks_exact(4).map(|figure| {
        let figure = figure.try_into().unwrap_or_default();
        u32::from_le_bytes(figure)
    });
    match (figures.next(), figures.next(), figures.next()) {
        (Some(stack), Some(ticks), Some(writes)) if output.status.success() => Ok(Run {
            stack,
            instructions: (ticks * TICK + INSTRUCTION / 2) / INSTRUCTION,
            writes,
            sent: output.stdout,
        }),
        _ => Err(said(&format_args!(
            "{}: sent {:?}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
        ))),
    }
}
