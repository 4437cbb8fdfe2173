//! The routes over the TCP of embassy-net, on a TAP device of Linux: `net DEVICE ADDRESS`, such as
//! `net tap0 192.0.2.2/24`. A board with Ethernet has its own driver where this has the device.

use std::env;
use std::net::Ipv4Addr;
use std::process::ExitCode;

use embassy_executor::{Executor, Spawner};
use embassy_net::tcp::TcpSocket;
use embassy_net::{Config, Ipv4Cidr, Runner, Stack, StackResources, StaticConfigV4};
use embassy_net_tuntap::TunTapDevice;
use embassy_time::{Duration, with_timeout};
use replywire_embedded::{Buffers, Closed, Limits, serve_connection};
use routes::Site;
use static_cell::StaticCell;

use crate::host::Host;
use crate::tcp::Tcp;

mod host;
mod tcp;

const USAGE: &str = "usage: net DEVICE ADDRESS/PREFIX";

/// The most connections at a time.
const CONNECTIONS: usize = 4;

const PORT: u16 = 80;

const LIMITS: Limits<24> = Limits::new().headers();

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
    static RESOURCES: StaticCell<StackResources<CONNECTIONS>> = StaticCell::new();
    static SITE: StaticCell<Site<Host>> = StaticCell::new();
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
    while let Ok(task) = connections(stack, site) {
        spawner.spawn(task);
    }
}

#[embassy_executor::task]
async fn run(mut runner: Runner<'static, TunTapDevice>) -> ! {
    runner.run().await
}

/// Serves one connection after the other.
#[embassy_executor::task(pool_size = CONNECTIONS)]
async fn connections(stack: Stack<'static>, site: &'static Site<Host>) -> ! {
    let (mut received, mut to_send) = ([0; 2048], [0; 4096]);
    let (mut request, mut reply) = ([0; 1024], [0; 1024]);
    loop {
        let mut socket = TcpSocket::new(stack, &mut received, &mut to_send);
        // A reply's bytes do not wait for those before them to be acknowledged.
        socket.set_nagle_enabled(false);
        if socket.accept(PORT).await.is_err() {
            continue;
        }
        let mut tcp = Tcp::new(socket);
        let buffers = Buffers {
            request: &mut request,
            reply: &mut reply,
        };
        let closed = serve_connection(&mut tcp, site, buffers, &LIMITS).await;
        let mut socket = tcp.into_inner();
        match closed {
            Ok(Closed::Peer | Closed::Server) => end(&mut socket).await,
            // What is not whole must not look it.
            Ok(_) | Err(_) => socket.abort(),
        }
        // A socket that is dropped says nothing more.
        let _ = with_timeout(CLOSING, socket.flush()).await;
    }
}

/// Ends the connection, and reads what the peer still sends, so that it does not lose the reply.
async fn end(socket: &mut TcpSocket<'_>) {
    socket.close();
    let mut dropped = [0; 64];
    let rest = async { while let Ok(1..) = socket.read(&mut dropped).await {} };
    let _ = with_timeout(CLOSING, rest).await;
}
