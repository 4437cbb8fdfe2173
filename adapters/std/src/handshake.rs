use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::{Incoming, Listen, Runtime, Socket};

/// A listener whose connections begin with a handshake, such as that of TLS.
///
/// The handshake is done in the connection's own task, so that a peer which takes its time holds up
/// no other; it has the limit [`Timeouts::handshake`](crate::Timeouts::handshake). A connection
/// whose handshake fails is dropped.
pub struct Handshake<L, F> {
    listener: L,
    open: F,
}

impl<L, F> Handshake<L, F> {
    /// Has `open` make the streams that handlers answer over of those that `listener` accepts.
    ///
    /// [`Incoming::open`] keeps what is known of a connection; [`Incoming::over`] tells the socket
    /// below, and [`Incoming::value`] gives handlers what the handshake has told.
    pub const fn new<R, S, T, O>(listener: L, open: F) -> Self
    where
        R: Runtime,
        L: Listen<R, Stream = S>,
        F: Fn(Incoming<R, S>) -> O,
        O: Future<Output = io::Result<Incoming<R, T>>>,
    {
        Self { listener, open }
    }
}

impl<L> Handshake<L, ()> {
    /// Has `open` make the streams that handlers answer over, such as those of TLS, each of which
    /// lies over a socket that `socket` tells. What is known of a connection stays.
    ///
    /// ```
    /// use std::io;
    /// use replywire_std::{Handshake, Listen, Runtime, Socket};
    ///
    /// struct Tls<S> {
    ///     below: S,
    /// }
    ///
    /// # fn listen<R: Runtime, L: Listen<R, Stream: Socket>>(listener: L) -> impl Listen<R> {
    /// Handshake::over(
    ///     listener,
    ///     // Await the handshake here.
    ///     |below| async { io::Result::Ok(Tls { below }) },
    ///     |tls: &Tls<_>| &tls.below,
    /// )
    /// # }
    /// ```
    pub fn over<R, S, T, O>(
        listener: L,
        open: impl Fn(S) -> O + Clone + Send + 'static,
        socket: fn(&T) -> &dyn Socket,
    ) -> impl Listen<R, Stream = T>
    where
        R: Runtime,
        L: Listen<R, Stream = S>,
        S: Send + 'static,
        T: Send + 'static,
        O: Future<Output = io::Result<T>> + Send + 'static,
    {
        Handshake::new(listener, move |incoming: Incoming<R, S>| {
            let opening = incoming.open(open.clone());
            async move { Ok(opening.await?.over(socket)) }
        })
    }
}

impl<R, L, F, T, O> Listen<R> for Handshake<L, F>
where
    R: Runtime,
    L: Listen<R>,
    F: Fn(Incoming<R, L::Stream>) -> O + Clone + Send + 'static,
    T: Send + 'static,
    O: Future<Output = io::Result<Incoming<R, T>>> + Send + 'static,
{
    type Stream = T;
    type Opening = Opening<L::Opening, F, O>;

    async fn accept(&mut self) -> io::Result<Self::Opening> {
        Ok(Opening {
            below: self.listener.accept().await?,
            open: self.open.clone(),
            handshake: None,
        })
    }
}

impl<L: fmt::Debug, F> fmt::Debug for Handshake<L, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handshake")
            .field("listener", &self.listener)
            .finish_non_exhaustive()
    }
}

pin_project! {
    /// A connection that is opened: first what is below, and then the handshake is done.
    #[derive(Debug)]
    pub struct Opening<B, F, O> {
        #[pin]
        below: B,
        open: F,
        #[pin]
        handshake: Option<O>,
    }
}

impl<R, S, T, B, F, O> Future for Opening<B, F, O>
where
    R: Runtime,
    B: Future<Output = io::Result<Incoming<R, S>>>,
    F: Fn(Incoming<R, S>) -> O,
    O: Future<Output = io::Result<Incoming<R, T>>>,
{
    type Output = io::Result<Incoming<R, T>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            if let Some(handshake) = this.handshake.as_mut().as_pin_mut() {
                return handshake.poll(cx);
            }
            match std::task::ready!(this.below.as_mut().poll(cx)) {
                Ok(incoming) => this.handshake.set(Some((this.open)(incoming))),
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}
