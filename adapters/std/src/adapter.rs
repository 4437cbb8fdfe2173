/// Makes the public items of a runtime's adapter: `Handler`, `Responder`, `JsonSender`, `Conn`,
/// `Server`, `serve` and `serve_connection`, all in the runtime's own types.
///
/// It is a macro because `Handler` and the aliases have the runtime's stream as their default, so
/// that `impl Handler for Hello` says all; a trait of this crate could have one default only. The
/// items are names: what they do is in [`Server`](crate::Server) and [`Conn`](crate::Conn).
///
/// After `streams` stand the bounds of the streams that the runtime can read and write, as in its
/// [`Streams`](crate::Streams).
#[macro_export]
macro_rules! adapter {
    (
        runtime: $runtime:ident,
        listener: $listener:ty,
        stream: $stream:ty,
        streams: $($bounds:tt)+
    ) => {
        /// A stream as the transport of a connection, with timeouts and the clock.
        pub type Conn<S = $stream> = $crate::Conn<$runtime, S>;

        /// Answers one request over the stream `S`.
        pub type Responder<'c, S = $stream> = $crate::Responder<'c, Conn<S>>;

        /// Sends the elements of a JSON array or object one by one over the stream `S`.
        pub type JsonSender<'c, D, S = $stream> = $crate::JsonSender<'c, Conn<S>, D>;

        /// A handler and how to serve it.
        pub type Server<H> = $crate::Server<$runtime, H>;

        /// Answers the requests of a server; see the [example](crate).
        pub trait Handler<S = $stream>: ::core::marker::Send + ::core::marker::Sync {
            /// Answers one request, by way of `responder`.
            ///
            /// After an [`Unanswered`](replywire_std::Unanswered), the client is sent an error page
            /// if nothing of a reply has left, and the connection is closed; that page is `500
            /// Internal Server Error`, or `400 Bad Request` where the request's content was at
            /// fault. Without a reply there is always one.
            ///
            /// Replies to earlier requests wait for this one; see
            /// [`Responder::flush`](replywire_std::Responder::flush).
            ///
            /// The future is dropped at an `await` when the server is aborted.
            fn handle(
                &self,
                request: &$crate::Request<'_>,
                responder: Responder<'_, S>,
            ) -> impl ::core::future::Future<Output = Result<$crate::Answered, $crate::Unanswered>>
            + ::core::marker::Send;
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
            ) -> impl ::core::future::Future<Output = Result<$crate::Answered, $crate::Unanswered>>
            + ::core::marker::Send {
                handler.handle(request, responder)
            }
        }

        /// Serves every connection of `listener`, for ever: until the future is dropped.
        ///
        /// [`Server::serve_until`] shuts down in order.
        pub async fn serve<H: Handler + 'static>(listener: $listener, handler: H) {
            Server::new(handler).serve(listener).await;
        }

        /// Serves one connection over any stream, such as one of TLS, until one side closes; then
        /// gives the stream back to be closed as [`Closed`](replywire_std::Closed) says.
        ///
        /// Dropping the future may leave the peer with half a reply: the stream is dropped with it.
        ///
        /// # Errors
        ///
        /// [`ConnectionError`](replywire_std::ConnectionError) when the stream fails between
        /// replies, or a phase times out.
        pub fn serve_connection<S, H>(
            stream: S,
            handler: &H,
            config: $crate::Config,
        ) -> impl ::core::future::Future<
            Output = Result<($crate::Closed, S), $crate::ConnectionError<::std::io::Error>>,
        > + ::core::marker::Send
        where
            S: ::core::marker::Send + $($bounds)+,
            H: Handler<S>,
        {
            $crate::serve_connection::<$runtime, S, H>(stream, handler, config)
        }
    };
}
