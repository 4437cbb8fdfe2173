/// Makes the public items of a runtime's adapter: `Handler`, `DynHandler`, `Responder`, `Chain`,
/// `JsonSender`, `Blocking`, `blocking`, `Conn`, `Incoming`, `Connections`, `Server`, `serve` and
/// `serve_connection`, all in the runtime's own types; and has its listener be a
/// [`Listen`](crate::Listen).
///
/// It is a macro because `Handler` and the aliases have the runtime's stream as their default, so
/// that `impl Handler for Hello` says all; a trait of this crate could have one default only. The
/// items are names: what they do is in [`Server`](crate::Server) and [`Conn`](crate::Conn).
///
/// After `streams` stand the bounds of the streams that the runtime can read and write, as in its
/// [`Streams`](crate::Streams). An adapter with TLS names its feature for that after `tls`, and
/// makes the items by [`adapter_tls!`](crate::adapter_tls). One with messages of WebSockets names
/// its feature for them after `web_socket`, which gives it `WebSocket`.
#[macro_export]
macro_rules! adapter {
    (
        runtime: $runtime:ident,
        listener: $listener:ty,
        stream: $stream:ty,
        $(tls: $feature:literal,)?
        $(web_socket: $web_socket:literal,)?
        streams: $($bounds:tt)+
    ) => {
        /// A stream as the transport of a connection, with timeouts and the clock.
        pub type Conn<S = $stream> = $crate::Conn<$runtime, S>;

        /// Answers one request over the stream `S`.
        pub type Responder<'c, S = $stream> = $crate::Responder<'c, Conn<S>>;

        /// A reply that is being written, over the stream `S`.
        pub type Chain<'c, W = $crate::NoWork, S = $stream> = $crate::Chain<'c, Conn<S>, W>;

        /// Sends the elements of a JSON array or object one by one over the stream `S`.
        pub type JsonSender<'c, D, W = $crate::NoWork, S = $stream> =
            $crate::JsonSender<'c, Conn<S>, D, W>;

        $(/// A WebSocket over the stream `S`.
        #[cfg(feature = $web_socket)]
        pub type WebSocket<'c, S = $stream> = $crate::WebSocket<'c, $runtime, S>;)?

        /// A handler and how to serve it.
        pub type Server<H> = $crate::Server<$runtime, H>;

        /// Answers the requests of a server; see the [example](crate).
        pub trait Handler<S = $stream>: ::core::marker::Send + ::core::marker::Sync {
            /// Answers one request, by way of `responder`.
            ///
            /// After an [`Unanswered`](replywire_std::Unanswered) or a panic, the client is sent an
            /// error page if nothing of a reply has left, and the connection is closed; that page
            /// is `500 Internal Server Error`, or `400 Bad Request`, `408 Request Timeout` or the
            /// like where the request was at fault: its content, or what the handler
            /// [refuses](replywire_std::Cause::Refused). Without a reply there is always one. After
            /// a request that was refused so the connection goes on.
            ///
            /// Replies to earlier requests leave when this one waits.
            ///
            /// The future is dropped at an `await` when the peer has gone before the reply was
            /// whole, when the handler takes longer than
            /// [its limit](replywire_std::Timeouts::handler), and when the server is aborted.
            fn handle(
                &self,
                request: &$crate::Request<'_>,
                responder: Responder<'_, S>,
            ) -> impl ::core::future::Future<Output = $crate::Answer> + ::core::marker::Send;

            /// Makes the reply to a request that was refused before the handler saw it, or to which
            /// the handler gave none, because it failed, panicked or took too long. `None`, as by
            /// default, is the library's own page: the status of `refusal`, with its phrase as
            /// text. `cause` tells why.
            ///
            /// A page begins with
            /// [`Response::refusal`](replywire_std::replywire::Response::refusal), which writes the
            /// status and the line that the refusal has.
            ///
            /// The connection closes after it if `exchange` says so. A page that is an error, or
            /// was not made for that exchange, is replaced by the library's own, as is that of a
            /// panic.
            fn error_page<'b>(
                &self,
                refusal: $crate::replywire::request::Refusal,
                cause: &$crate::Unanswered,
                exchange: &$crate::replywire::request::Exchange<'b>,
                buf: &'b mut [u8],
            ) -> $crate::ErrorPage<'b> {
                let _ = (refusal, cause, exchange, buf);
                ::core::option::Option::None
            }

            /// Writes the lines that every reply to this request has, whatever its status and
            /// whoever makes it: interim replies, files and folders, error pages, and the page for
            /// a handler that failed or panicked. By default there are none.
            /// [`every_reply`](replywire_std::every_reply) adds this to a handler.
            ///
            /// It is called once for each request, before [`handle`](Self::handle), and once with
            /// `None` for one that could not be read. A line of a reply that is a singleton stands
            /// in the place of one of these; others add up. See
            /// [`Template`](replywire_std::replywire::Template).
            ///
            /// The lines take at most a quarter of the reply buffer. After an error, a panic, or a
            /// mistake in the lines ([`Cause::Template`](replywire_std::Cause::Template)), the
            /// reply is a `500 Internal Server Error` without them, and the connection closes.
            ///
            /// # Errors
            ///
            /// Those of your own; mistakes in lines are remembered.
            fn every_reply(
                &self,
                request: ::core::option::Option<&$crate::Request<'_>>,
                lines: &mut $crate::TemplateLines<'_>,
            ) -> ::core::result::Result<(), $crate::Unanswered> {
                let _ = (request, lines);
                ::core::result::Result::Ok(())
            }
        }

        $crate::__pointers_to_handlers!(&H, ::std::sync::Arc<H>, ::std::boxed::Box<H>);
        $crate::__wrapped_handlers!();

        /// A [`Handler`] as an object: `Arc<dyn DynHandler>` and `Box<dyn DynHandler>` are handlers
        /// too. Each answer takes one allocation, for its future.
        ///
        /// It is implemented for every handler.
        pub trait DynHandler<S: 'static = $stream>: ::core::marker::Send + ::core::marker::Sync {
            /// Answers one request; see [`Handler::handle`].
            fn handle_boxed<'h, 'c: 'h>(
                &'h self,
                request: &'h $crate::Request<'h>,
                responder: Responder<'c, S>,
            ) -> ::core::pin::Pin<
                ::std::boxed::Box<
                    dyn ::core::future::Future<Output = $crate::Answer> + ::core::marker::Send + 'h,
                >,
            >;

            /// Makes the page for a request that was not answered; see [`Handler::error_page`].
            fn error_page_dyn<'b>(
                &self,
                refusal: $crate::replywire::request::Refusal,
                cause: &$crate::Unanswered,
                exchange: &$crate::replywire::request::Exchange<'b>,
                buf: &'b mut [u8],
            ) -> $crate::ErrorPage<'b>;

            /// Writes the lines of every reply; see [`Handler::every_reply`].
            ///
            /// # Errors
            ///
            /// As there.
            fn every_reply_dyn(
                &self,
                request: ::core::option::Option<&$crate::Request<'_>>,
                lines: &mut $crate::TemplateLines<'_>,
            ) -> ::core::result::Result<(), $crate::Unanswered>;
        }

        impl<S: 'static, H: Handler<S>> DynHandler<S> for H {
            fn handle_boxed<'h, 'c: 'h>(
                &'h self,
                request: &'h $crate::Request<'h>,
                responder: Responder<'c, S>,
            ) -> ::core::pin::Pin<
                ::std::boxed::Box<
                    dyn ::core::future::Future<Output = $crate::Answer> + ::core::marker::Send + 'h,
                >,
            > {
                ::std::boxed::Box::pin(self.handle(request, responder))
            }

            fn error_page_dyn<'b>(
                &self,
                refusal: $crate::replywire::request::Refusal,
                cause: &$crate::Unanswered,
                exchange: &$crate::replywire::request::Exchange<'b>,
                buf: &'b mut [u8],
            ) -> $crate::ErrorPage<'b> {
                self.error_page(refusal, cause, exchange, buf)
            }

            fn every_reply_dyn(
                &self,
                request: ::core::option::Option<&$crate::Request<'_>>,
                lines: &mut $crate::TemplateLines<'_>,
            ) -> ::core::result::Result<(), $crate::Unanswered> {
                self.every_reply(request, lines)
            }
        }

        impl<S: ::core::marker::Send + 'static> Handler<S> for dyn DynHandler<S> + '_ {
            async fn handle(
                &self,
                request: &$crate::Request<'_>,
                responder: Responder<'_, S>,
            ) -> $crate::Answer {
                self.handle_boxed(request, responder).await
            }

            fn error_page<'b>(
                &self,
                refusal: $crate::replywire::request::Refusal,
                cause: &$crate::Unanswered,
                exchange: &$crate::replywire::request::Exchange<'b>,
                buf: &'b mut [u8],
            ) -> $crate::ErrorPage<'b> {
                self.error_page_dyn(refusal, cause, exchange, buf)
            }

            fn every_reply(
                &self,
                request: ::core::option::Option<&$crate::Request<'_>>,
                lines: &mut $crate::TemplateLines<'_>,
            ) -> ::core::result::Result<(), $crate::Unanswered> {
                self.every_reply_dyn(request, lines)
            }
        }

        /// The names that most services need, for `use …::prelude::*`; the rest have one path each.
        pub mod prelude {
            pub use $crate::prelude::*;

            pub use super::{Blocking, Handler, Responder, Server, blocking, try_blocking};

            $(#[cfg(feature = $feature)]
            pub use super::{TlsStream, tls};)?

            $(#[cfg(feature = $web_socket)]
            pub use super::WebSocket;)?
        }

        impl $crate::Listen<$runtime> for $listener {
            type Stream = $stream;
            type Opening =
                ::core::future::Ready<::std::io::Result<$crate::Incoming<$runtime, $stream>>>;

            async fn accept(&mut self) -> ::std::io::Result<Self::Opening> {
                let (stream, peer) = <$runtime as $crate::Runtime>::accept(self).await?;
                let incoming = $crate::Incoming::of_socket(stream).peer(peer);
                Ok(::core::future::ready(Ok(incoming)))
            }
        }

        impl<S, H> $crate::Handles<H, S> for $runtime
        where
            S: ::core::marker::Send + $($bounds)+,
            H: Handler<S>,
        {
            fn handle(
                handler: &H,
                request: &$crate::Request<'_>,
                responder: Responder<'_, S>,
            ) -> impl ::core::future::Future<Output = $crate::Answer> + ::core::marker::Send {
                handler.handle(request, responder)
            }

            fn error_page<'b>(
                handler: &H,
                refusal: $crate::replywire::request::Refusal,
                cause: &$crate::Unanswered,
                exchange: &$crate::replywire::request::Exchange<'b>,
                buf: &'b mut [u8],
            ) -> $crate::ErrorPage<'b> {
                handler.error_page(refusal, cause, exchange, buf)
            }

            fn every_reply(
                handler: &H,
                request: ::core::option::Option<&$crate::Request<'_>>,
                lines: &mut $crate::TemplateLines<'_>,
            ) -> ::core::result::Result<(), $crate::Unanswered> {
                handler.every_reply(request, lines)
            }
        }

        /// An iterator, a reader or a closure that may block as the chunks of a body, made by the
        /// constructors of [`Blocking`](replywire_std::Blocking).
        pub type Blocking<I, E = ::core::convert::Infallible> = $crate::Blocking<$runtime, I, E>;

        /// Does work that may block, on a thread of the runtime for such work.
        ///
        /// It waits for its turn where too many are at work
        /// ([`set_blocking_limit`](replywire_std::set_blocking_limit)). A panic of the work is one
        /// of whoever awaits it.
        ///
        /// Dropping the future before the work has begun means that it is not done. Once begun, it
        /// comes to its end.
        ///
        /// # Errors
        ///
        /// [`BlockingError`](replywire_std::BlockingError)
        pub fn blocking<T, E, F>(work: F) -> $crate::BlockingWork<T, E>
        where
            T: ::core::marker::Send + 'static,
            E: ::core::marker::Send + 'static,
            F: ::core::ops::FnOnce() -> Result<T, E> + ::core::marker::Send + 'static,
        {
            $crate::blocking::<$runtime, T, E, F>(work)
        }

        /// Does work as [`blocking`] does, whose failure is one of the handler: in the closure `?`
        /// takes every error, and a refusal of the request.
        ///
        /// # Errors
        ///
        /// That of the work; with the cause [`Handler`](replywire_std::Cause::Handler) where the
        /// runtime has no thread for it.
        pub fn try_blocking<T, F>(
            work: F,
        ) -> impl ::core::future::Future<Output = ::core::result::Result<T, $crate::Unanswered>>
        + ::core::marker::Send
        where
            T: ::core::marker::Send + 'static,
            F: ::core::ops::FnOnce() -> ::core::result::Result<T, $crate::Unanswered>
                + ::core::marker::Send
                + 'static,
        {
            $crate::try_blocking::<$runtime, T, F>(work)
        }

        /// Serves every connection of `listener`, for ever: until the future is dropped.
        ///
        /// [`Server::serve_until`] shuts down in order.
        pub async fn serve<L, H>(listener: L, handler: H)
        where
            L: $crate::Listen<$runtime, Stream: $($bounds)+>,
            H: Handler<L::Stream> + 'static,
        {
            Server::new(handler).serve(listener).await;
        }

        /// A connection that has come in.
        pub type Incoming<S = $stream> = $crate::Incoming<$runtime, S>;

        /// The connections of a server, for an accept loop of your own.
        pub type Connections<H> = $crate::Connections<$runtime, H>;

        /// Serves one connection over any stream, such as one of TLS, until one side closes, and
        /// ends it. An accept loop that keeps to the limits of a server takes a slot of
        /// [`Connections`] for each.
        ///
        /// Dropping the future may leave the peer with half a reply: the stream is dropped with it.
        ///
        /// # Errors
        ///
        /// [`ConnectionError`](replywire_std::ConnectionError) when the stream fails between
        /// replies.
        pub fn serve_connection<S, H>(
            stream: S,
            handler: &H,
            config: $crate::Config,
        ) -> impl ::core::future::Future<
            Output = Result<$crate::Closed, $crate::ConnectionError<::std::io::Error>>,
        > + ::core::marker::Send
        where
            S: ::core::marker::Send + $($bounds)+,
            H: Handler<S>,
        {
            $crate::serve_connection::<$runtime, S, H>(stream, handler, config)
        }
    };
}
