//! The routes over the TCP of embassy-net, on a TAP device of Linux: `net DEVICE ADDRESS`, such as
//! `net tap0 192.0.2.2/24`. A board with Ethernet has its own driver where this has the device.

use std::env;
use std::net::Ipv4Addr;
use std::process::ExitCode;

use embassy_executor::{Executor, Spawner};
use embassy_futures::select::{Either3, select3};
use embassy_net::tcp::TcpSocket;
use embassy_net::{Config, Ipv4Cidr, Runner, Stack, StackResources, StaticConfigV4};
use embassy_net_tuntap::TunTapDevice;
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::channel::Channel;
use embassy_time::{Duration, Timer, with_timeout};
use embedded_io_async::{ErrorKind, Read as _};
use replywire_embedded::{
    Buffers, Closed, ConnectionError, Limits, Phase, Transport as _, serve_until_idle,
};
use routes::Site;
use static_cell::StaticCell;

use crate::host::Host;
use crate::sockets::{Place, Sockets};
use crate::tcp::Tcp;

mod host;
mod sockets;
mod tcp;

const USAGE: &str = "usage: net DEVICE ADDRESS/PREFIX";

/// The most connections at a time, one of which is left for a new client.
const SOCKETS: usize = 6;

/// The most requests that are served at a time.
const MEMORIES: usize = 4;

const PORT: u16 = 80;

const LIMITS: Limits<24> = Limits::new().headers();

/// The time until the first byte of a request.
const IDLE: Duration = Duration::from_secs(30);

/// The time that a request waits for memory.
const WAITING: Duration = Duration::from_secs(10);

/// The time that the last bytes of a connection may take, and then its end by the peer.
const CLOSING: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let [device, address] = args.as_slice() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let Some(address) = cidr(address) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let device = match TunTapDevice::new(device) {
        Ok(device) => device,
        Err(error) => {
            eprintln!("{device}: {error}");
            return ExitCode::FAILURE;
        }
    };
    static EXECUTOR: StaticCell<Executor> = StaticCell::new();
    EXECUTOR
        .init(Executor::new())
        .run(|spawner| start(spawner, device, address))
}

fn cidr(text: &str) -> Option<Ipv4Cidr> {
    let (address, prefix) = text.split_once('/')?;
    let prefix = prefix.parse().ok().filter(|prefix| *prefix <= 32)?;
    Some(Ipv4Cidr::new(address.parse::<Ipv4Addr>().ok()?, prefix))
}

fn start(spawner: Spawner, device: TunTapDevice, address: Ipv4Cidr) {
    static RESOURCES: StaticCell<StackResources<SOCKETS>> = StaticCell::new();
    static SITE: StaticCell<Site<Host>> = StaticCell::new();
    static PLACES: StaticCell<Sockets<SOCKETS>> = StaticCell::new();
    static POOL: StaticCell<Pool> = StaticCell::new();
    static MEMORY: StaticCell<[Memory; MEMORIES]> = StaticCell::new();
    static NAMES: StaticCell<[&str; 2]> = StaticCell::new();
    let config = Config::ipv4_static(StaticConfigV4 {
        address,
        gateway: None,
        dns_servers: Default::default(),
    });
    let names = NAMES.init([address.address().to_string().leak(), "localhost"]);
    let site = SITE.init(Site::new(Host::new(), names));
    // The numbers that connections begin with follow from it, and nobody is to guess them.
    let seed = host::random();
    let (stack, runner) =
        embassy_net::new(device, config, RESOURCES.init(StackResources::new()), seed);
    // There is room for all of them.
    if let Ok(task) = run(runner) {
        spawner.spawn(task);
    }
    let pool = POOL.init(Pool::new());
    for memory in MEMORY.init([Memory::NEW; MEMORIES]) {
        let _ = pool.try_send(memory);
    }
    let places = PLACES.init(Sockets::new());
    for at in 0..SOCKETS {
        if let Some(place) = places.place(at)
            && let Ok(task) = connections(stack, site, place, pool)
        {
            spawner.spawn(task);
        }
    }
}

#[embassy_executor::task]
async fn run(mut runner: Runner<'static, TunTapDevice>) -> ! {
    runner.run().await
}

/// The memory of a connection, while a request is served.
struct Memory {
    request: [u8; 1024],
    reply: [u8; 1024],
}

impl Memory {
    const NEW: Self = Self {
        request: [0; 1024],
        reply: [0; 1024],
    };
}

/// The memory that no connection has.
type Pool = Channel<NoopRawMutex, &'static mut Memory, MEMORIES>;

/// Serves one connection after the other.
#[embassy_executor::task(pool_size = SOCKETS)]
async fn connections(
    stack: Stack<'static>,
    site: &'static Site<Host>,
    place: Place<'static, SOCKETS>,
    pool: &'static Pool,
) -> ! {
    let (mut received, mut to_send) = ([0; 2048], [0; 4096]);
    loop {
        let mut socket = TcpSocket::new(stack, &mut received, &mut to_send);
        // A reply's bytes do not wait for those before them to be acknowledged.
        socket.set_nagle_enabled(false);
        if socket.accept(PORT).await.is_err() {
            continue;
        }
        place.accepted();
        let mut tcp = Tcp::new(socket);
        let closed = serve(&mut tcp, site, &place, pool).await;
        let mut socket = tcp.into_inner();
        match closed {
            Ok(Some(Closed::Peer | Closed::Server)) => end(&mut socket).await,
            // Nothing was left to be said.
            Ok(None) => socket.close(),
            // What is not whole must not look it.
            Ok(Some(_)) | Err(_) => socket.abort(),
        }
        // A socket that is dropped says nothing more.
        let _ = with_timeout(CLOSING, socket.flush()).await;
        place.free();
    }
}

/// Serves a connection, which has memory only while a request is served; `None` where it ends
/// without one.
async fn serve(
    tcp: &mut Tcp<'_>,
    site: &Site<Host>,
    place: &Place<'static, SOCKETS>,
    pool: &Pool,
) -> Result<Option<Closed>, ConnectionError<ErrorKind>> {
    loop {
        match select3(tcp.readable(), place.makes_room(), Timer::after(IDLE)).await {
            Either3::First(true) => {}
            Either3::First(false) => return Ok(Some(Closed::Peer)),
            Either3::Second(()) | Either3::Third(()) => return Ok(None),
        }
        place.busy();
        let Ok(memory) = with_timeout(WAITING, pool.receive()).await else {
            return Ok(None);
        };
        let served = answer(memory, tcp, site).await;
        // There is room for all of them.
        let _ = pool.try_send(memory);
        match served? {
            None => place.answered(),
            closed => return Ok(closed),
        }
    }
}

/// Serves the requests that have come, until the connection is idle.
async fn answer(
    memory: &mut Memory,
    tcp: &mut Tcp<'_>,
    site: &Site<Host>,
) -> Result<Option<Closed>, ConnectionError<ErrorKind>> {
    let mut buffers = Buffers {
        request: &mut memory.request,
        reply: &mut memory.reply,
    };
    tcp.phase(Phase::Idle);
    let received = tcp.read(buffers.request).await;
    match received.map_err(ConnectionError::Io)? {
        0 => Ok(Some(Closed::Peer)),
        n => serve_until_idle(tcp, site, &mut buffers, n, &LIMITS).await,
    }
}

/// Ends the connection, and reads what the peer still sends, so that it does not lose the reply.
async fn end(socket: &mut TcpSocket<'_>) {
    socket.close();
    let mut dropped = [0; 64];
    let rest = async { while let Ok(1..) = socket.read(&mut dropped).await {} };
    let _ = with_timeout(CLOSING, rest).await;
}
