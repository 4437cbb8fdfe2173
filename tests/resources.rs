//! The resources that a server takes while it sends files, seen from outside: it is a process of
//! its own.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use conformance::disk::Disk;
use conformance::runtimes::{AsyncStd, Smol, TokioManyThreads};
use conformance::served::{App, Runtime, Task};
use replywire_std::{Config, Timeouts};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use socket2::{Domain, SockAddr, Socket, Type};
use tokio::sync::oneshot;

/// Names the runtime of a server's process.
const RUNTIME: &str = "REPLYWIRE_RUNTIME";

/// Set where its sockets are to hold little.
const SMALL: &str = "REPLYWIRE_SMALL_SOCKETS";

const RUNTIMES: [&str; 3] = ["tokio", "smol", "async-std"];

/// One test at a time, so that nothing else takes what is counted or the time.
static ALONE: Mutex<()> = Mutex::new(());

/// A number that CI sets higher.
fn number(variable: &str, otherwise: usize) -> usize {
    match std::env::var(variable) {
        Ok(number) => number.parse().unwrap(),
        Err(_) => otherwise,
    }
}

/// As many descriptors as the system allows.
fn raise_descriptors() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    setrlimit(Resource::Nofile, raised).unwrap();
    limit.maximum.map_or(usize::MAX, |most| most as usize)
}

/// This is not a test but the process of a server, where a runtime is named: it serves a directory
/// until its input ends.
#[test]
fn a_server_ends_with_its_input() {
    let Ok(runtime) = std::env::var(RUNTIME) else {
        return;
    };
    raise_descriptors();
    let disk = Disk::new();
    println!("directory {}", disk.path().display());
    let mut name = String::new();
    io::stdin().read_line(&mut name).unwrap();
    // By now the file is there.
    let disk = disk.share(name.trim_end());

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    if std::env::var_os(SMALL).is_some() {
        // Connections have it from their listener.
        let socket = socket2::SockRef::from(&listener);
        socket.set_send_buffer_size(SOCKET).unwrap();
    }
    println!("address {}", listener.local_addr().unwrap());
    let (stop, stopped) = oneshot::channel();
    let (_cut, dropped) = oneshot::channel();
    let mut config = Config::default();
    config.connections = usize::MAX >> 4;
    config.timeouts = Timeouts::NONE;
    config.grace = Duration::ZERO;
    let task = Task {
        app: App::with(disk),
        config,
        listener,
        stopped: Box::pin(async {
            let _ = stopped.await;
        }),
        dropped,
    };
    std::thread::spawn(move || {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        stop.send(())
    });
    match runtime.as_str() {
        "tokio" => TokioManyThreads::serve(task),
        "smol" => Smol::serve(task),
        _ => AsyncStd::serve(task),
    }
}

/// A server's process; it ends with the test.
struct Server {
    child: Child,
    address: SocketAddr,
    directory: PathBuf,
}

impl Server {
    /// Starts one over a directory with a file that `plant` plants.
    fn start(runtime: &str, is_small: bool, plant: impl FnOnce(&Path)) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        if is_small {
            command.env(SMALL, "");
        }
        let mut child = command
            .args([
                "--exact",
                "a_server_ends_with_its_input",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(RUNTIME, runtime)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = |what: &str| {
            let rest = lines.by_ref().find_map(|line| {
                let line = line.unwrap();
                // What the test harness prints may be on the same line.
                let (_, rest) = line.split_once(what)?;
                Some(rest.to_owned())
            });
            rest.expect("the server says so")
        };
        let directory = PathBuf::from(said("directory "));
        plant(&directory);
        writeln!(child.stdin.as_mut().unwrap(), "file").unwrap();
        let address = said("address ").parse().unwrap();
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            address,
            directory,
        }
    }

    /// A number of `/proc/PID/status`.
    fn status(&self, field: &str) -> u64 {
        let text = fs::read_to_string(self.proc("status")).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(field));
        let number = line.unwrap().split_whitespace().nth(1).unwrap();
        number.parse().unwrap()
    }

    fn proc(&self, name: &str) -> String {
        format!("/proc/{}/{name}", self.child.id())
    }

    /// The most memory that it has had since the last call, in KiB.
    fn peak(&self) -> u64 {
        let peak = self.status("VmHWM");
        fs::write(self.proc("clear_refs"), "5").unwrap();
        peak
    }

    fn ask(&self, path: &str, fields: &str) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        ask(stream, path, fields)
    }

    /// Asks for a file that the sockets do not hold.
    fn ask_slowly(&self, path: &str) -> TcpStream {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_recv_buffer_size(SOCKET).unwrap();
        socket.connect(&SockAddr::from(self.address)).unwrap();
        ask(socket.into(), path, "")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().unwrap();
        // Connections that were cut may have held it to the end of the process.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

fn ask(mut stream: TcpStream, path: &str, fields: &str) -> TcpStream {
    let patience = Some(Duration::from_secs(30));
    stream.set_read_timeout(patience).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\n{fields}connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

/// The content of a reply, block by block; its length.
fn read_all(mut stream: TcpStream, mut see: impl FnMut(u64, &[u8])) -> u64 {
    let mut room = vec![0; 1 << 18];
    let mut head = Vec::new();
    let mut body = loop {
        let n = stream.read(&mut room).unwrap();
        assert_ne!(n, 0);
        head.extend_from_slice(&room[..n]);
        if let Some(end) = head.windows(4).position(|end| end == b"\r\n\r\n") {
            break head.split_off(end + 4);
        }
    };
    assert!(head.starts_with(b"HTTP/1.1 20"));
    let mut len = 0;
    loop {
        see(len, &body);
        len += body.len() as u64;
        body.clear();
        match stream.read(&mut room).unwrap() {
            0 => return len,
            n => body.extend_from_slice(&room[..n]),
        }
    }
}

/// Every so often a sparse file has a block that says where it is.
const STEP: u64 = 64 << 20;

fn plant_sparse(directory: &Path, len: u64) {
    let file = fs::File::create(directory.join("file")).unwrap();
    file.set_len(len).unwrap();
    for at in (0..len).step_by(STEP as usize) {
        file.write_all_at(&at.to_be_bytes(), at + 1000).unwrap();
    }
}

/// Checks the bytes of a sparse file at an offset.
fn check_sparse(mut offset: u64, mut bytes: &[u8], zeros: &[u8]) {
    while !bytes.is_empty() {
        let (before, mark) = (offset / STEP * STEP + 1000, offset / STEP * STEP);
        let end = offset + bytes.len() as u64;
        let next = match offset {
            // Up to the mark, from it on, after it.
            _ if offset < before => before,
            _ if offset < before + 8 => before + 8,
            _ => mark + STEP,
        };
        let (part, rest) = bytes.split_at((next.min(end) - offset) as usize);
        if (before..before + 8).contains(&offset) {
            let from = (offset - before) as usize;
            assert_eq!(part, &mark.to_be_bytes()[from..from + part.len()]);
        } else {
            assert!(part == &zeros[..part.len()], "{offset}");
        }
        offset += part.len() as u64;
        bytes = rest;
    }
}

#[test]
fn a_file_of_any_length_takes_the_same_memory() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let len = (number("REPLYWIRE_MEBIBYTES", 128) as u64) << 20;
    let zeros = vec![0; 1 << 18];
    for runtime in RUNTIMES {
        let server = Server::start(runtime, false, |directory| plant_sparse(directory, len));
        for way in ["/kernel", "/read"] {
            // What the first requests need for all.
            for fields in [
                "range: bytes=0-9999999\r\n",
                "range: bytes=0-9,99-9999999\r\n",
            ] {
                read_all(server.ask(way, fields), |_, _| ());
            }
            server.peak();
            let before = server.status("VmRSS");
            let began = Instant::now();
            let got = read_all(server.ask(way, ""), |at, bytes| {
                check_sparse(at, bytes, &zeros);
            });
            assert_eq!(got, len);
            let whole = began.elapsed();
            for start in [1, len / 2 - 7, len - 100_000_000] {
                let fields = format!("range: bytes={start}-\r\n");
                let got = read_all(server.ask(way, &fields), |at, bytes| {
                    check_sparse(start + at, bytes, &zeros);
                });
                assert_eq!(got, len - start);
            }
            let several = format!("range: bytes=5-{},{}-\r\n", len / 2 - 9, len / 2 + 9);
            let got = read_all(server.ask(way, &several), |_, _| ());
            assert!((len - 23..len + 1000).contains(&got), "{got}");
            let grown = server.peak().saturating_sub(before);
            println!(
                "{runtime}, {way}: {} MiB in {:.1} s, at most {grown} KiB more memory",
                len >> 20,
                whole.as_secs_f64()
            );
            assert!(grown < 4096, "{grown} KiB");
        }
    }
}

/// The bytes that a socket holds on either side.
const SOCKET: usize = 16 << 10;

#[test]
fn slow_readers_hold_no_thread() {
    const FILE: usize = 1 << 20;

    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let wanted = number("REPLYWIRE_SLOW_READERS", 200);
    let descriptors = raise_descriptors();
    let content: Vec<u8> = (0..FILE)
        .map(|at| (at ^ (at >> 8) ^ (at >> 16)) as u8)
        .collect();
    for runtime in RUNTIMES {
        // With async-std a connection that sends a file has a second one.
        let each = if runtime == "async-std" { 2 } else { 1 };
        for way in ["/kernel", "/read"] {
            let most = (descriptors - 100) / each;
            if most < wanted {
                println!("only {most} slow readers: {descriptors} descriptors are allowed");
            }
            let count = wanted.min(most);
            let server = Server::start(runtime, true, |directory| {
                fs::write(directory.join("file"), &content).unwrap();
            });
            // What the first request needs for all.
            read_all(server.ask_slowly(way), |_, _| ());
            let (memory, threads) = (server.status("VmRSS"), server.status("Threads"));

            let mut readers = Vec::new();
            for _ in 0..count {
                // Each is answered, and reads a little, before the next one comes.
                let mut reader = server.ask_slowly(way);
                let mut some = [0; 16];
                reader.read_exact(&mut some).unwrap();
                assert_eq!(&some, b"HTTP/1.1 200 OK\r");
                readers.push(reader);
            }
            let more = server.status("Threads").saturating_sub(threads);
            let bytes = (server.status("VmRSS").saturating_sub(memory) * 1024) / count as u64;
            println!(
                "{runtime}, {way}: {count} slow readers, {more} more threads, {bytes} bytes each"
            );
            assert!(more <= 8, "{more} more threads");

            // A quick one is answered meanwhile, and a slow one in the end, each with the file.
            let mut got = Vec::new();
            read_all(server.ask_slowly(way), |_, bytes| {
                got.extend_from_slice(bytes)
            });
            assert!(got == content);
            for _ in 0..3 {
                let mut slow = readers.swap_remove(readers.len() / 2);
                let mut got = Vec::new();
                slow.read_to_end(&mut got).unwrap();
                assert!(got.ends_with(&content));
            }
        }
    }
}
