//! A server with a thread, a runtime and a listener for each core.

use std::future::{Future, poll_fn};
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::num::NonZeroUsize;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::thread::{self, JoinHandle, available_parallelism};

use socket2::{Domain, Protocol, Socket, Type};

use crate::stop::Stop;
use crate::watch::Hook;
use crate::{Config, CoreRuntime, Handles, Listen, Runtime, Server};

/// A server that has, for each core, a thread with a runtime and a listener of its own, which the
/// kernel gives its share of the connections. Made by [`Server::per_core`].
#[derive(Debug)]
#[must_use = "it does nothing until it is bound and serves"]
pub struct PerCore<R, H> {
    pub(crate) server: Server<R, H>,
    pub(crate) cores: usize,
}

impl<R: CoreRuntime, H: Send + Sync + 'static> Server<R, H> {
    /// Has a thread with a runtime of its own serve on each core, in place of the runtime that this
    /// is called on. A connection stays on the core that accepted it, so no other waits for its
    /// tasks, buffers or timers; but a handler that computes for long holds up all connections of
    /// its core, and the kernel divides connections by their addresses, whatever they ask.
    ///
    /// Each core has memory and limits of its own: [`Config::connections`] is divided among them,
    /// rounded up, and a core whose places are taken closes idle connections of its own, though
    /// others may have room. The handler and the hook are shared. Listeners of
    /// [`listen`](Self::listen) are closed.
    pub fn per_core(self) -> PerCore<R, H> {
        PerCore {
            server: self,
            cores: available_parallelism().map_or(1, NonZeroUsize::get),
        }
    }
}

impl<R: CoreRuntime, H: Send + Sync + 'static> PerCore<R, H> {
    /// Sets the number of cores that serve; all that this process may use, unless told otherwise.
    /// With zero there is one.
    pub fn cores(mut self, cores: usize) -> Self {
        self.cores = cores.max(1);
        self
    }

    /// Opens a listener for each core, all at the first address of these that can be had. With port
    /// 0 they have one that was free. Connections wait from now on. A second server of the same
    /// user can have the same address, unlike with other listeners: then the kernel divides
    /// connections between both.
    ///
    /// # Errors
    ///
    /// Those of the system, of the last address; [`InvalidInput`](io::ErrorKind::InvalidInput)
    /// where there is none.
    pub fn bind(self, addresses: impl ToSocketAddrs) -> io::Result<BoundPerCore<R, H>> {
        let mut failed = io::Error::from(io::ErrorKind::InvalidInput);
        for address in addresses.to_socket_addrs()? {
            match listeners(address, self.cores) {
                Ok((address, listeners)) => {
                    return Ok(BoundPerCore {
                        server: self.server,
                        address,
                        listeners,
                    });
                }
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }
}

/// A server of several cores, whose listeners are open.
#[derive(Debug)]
#[must_use = "it does nothing until it serves"]
pub struct BoundPerCore<R, H> {
    server: Server<R, H>,
    address: SocketAddr,
    listeners: Vec<TcpListener>,
}

impl<R, H> BoundPerCore<R, H>
where
    R: CoreRuntime + Handles<Arc<H>, <R as Runtime>::Stream>,
    <R as Runtime>::Listener: Listen<R, Stream = <R as Runtime>::Stream>,
    H: Send + Sync + 'static,
{
    /// The address that all cores listen at.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Serves for ever, and keeps this thread for that, which is the first core's.
    ///
    /// # Errors
    ///
    /// As [`serve_until`](Self::serve_until).
    pub fn serve(self) -> io::Result<()> {
        self.serve_until(std::future::pending())
    }

    /// Serves until `shutdown` is done, which runs on the first core, on this thread; then every
    /// core shuts down as [`Server::serve_until`] does, and this returns.
    ///
    /// # Errors
    ///
    /// Those of the system where a core cannot have a thread or a runtime, and
    /// [`Other`](io::ErrorKind::Other) where the thread of a core has panicked. Then the other
    /// cores are shut down too, in order.
    pub fn serve_until(self, shutdown: impl Future<Output = ()>) -> io::Result<()> {
        let (handler, config, hook) = self.server.into_parts();
        let core = Core {
            handler: Arc::new(handler),
            config: config.connections(config.connections.div_ceil(self.listeners.len().max(1))),
            hook,
            stop: Arc::default(),
        };
        let mut listeners = self.listeners.into_iter();
        let first = listeners.next();
        let mut threads = Vec::new();
        let mut failed = None;
        for listener in listeners {
            match core.start::<R>(listener) {
                Ok(thread) => threads.push(thread),
                Err(error) => failed = Some(error),
            }
        }
        if failed.is_some() {
            core.stop.set();
        }
        let stop = Arc::clone(&core.stop);
        let mut served = first.map_or(Ok(()), |listener| core.serve::<R>(listener, shutdown));
        stop.set();
        for thread in threads {
            let ended = thread.join();
            served = served.and(ended.unwrap_or_else(|_| Err(panicked())));
        }
        failed.map_or(served, Err)
    }
}

/// The things that cores share.
#[derive(Debug)]
struct Core<H> {
    handler: Arc<H>,
    config: Config,
    hook: Option<Arc<Hook>>,
    stop: Arc<Stop>,
}

impl<H: Send + Sync + 'static> Core<H> {
    /// Serves on a thread of its own.
    fn start<R>(&self, listener: TcpListener) -> io::Result<JoinHandle<io::Result<()>>>
    where
        R: CoreRuntime + Handles<Arc<H>, <R as Runtime>::Stream>,
        <R as Runtime>::Listener: Listen<R, Stream = <R as Runtime>::Stream>,
    {
        let core = Self {
            handler: Arc::clone(&self.handler),
            config: self.config,
            hook: self.hook.clone(),
            stop: Arc::clone(&self.stop),
        };
        let thread = thread::Builder::new().name("replywire-core".to_owned());
        thread.spawn(move || core.serve::<R>(listener, std::future::pending()))
    }

    /// Serves on this thread, until it is to stop. All others stop with it.
    fn serve<R>(self, listener: TcpListener, until: impl Future<Output = ()>) -> io::Result<()>
    where
        R: CoreRuntime + Handles<Arc<H>, <R as Runtime>::Stream>,
        <R as Runtime>::Listener: Listen<R, Stream = <R as Runtime>::Stream>,
    {
        let _all_stop = self.stop.set_on_drop();
        R::run(async {
            let listener = R::listener(listener)?;
            let server = Server::<R, _>::of_parts(self.handler, self.config, self.hook);
            let mut until = pin!(until);
            let stopped = poll_fn(|cx| {
                if until.as_mut().poll(cx).is_ready() {
                    self.stop.set();
                    return Poll::Ready(());
                }
                self.stop.poll(cx)
            });
            server.serve_until(listener, stopped).await;
            Ok(())
        })?
    }
}

fn panicked() -> io::Error {
    io::Error::other("the thread of a core has panicked")
}

/// So many sockets that listen at one address, which it is told with its port.
fn listeners(address: SocketAddr, cores: usize) -> io::Result<(SocketAddr, Vec<TcpListener>)> {
    let first = listener(address)?;
    let address = first.local_addr()?;
    let mut listeners = vec![first];
    for _ in 1..cores {
        listeners.push(listener(address)?);
    }
    Ok((address, listeners))
}

/// The most connections that wait to be accepted, which the system may lower.
const BACKLOG: i32 = 1024;

fn listener(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}
