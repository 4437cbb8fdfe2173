/// Makes the public items of a runtime's adapter for TLS: `TlsStream` and `tls`.
///
/// `tls` is the crate that has TLS for the runtime's streams, with the modules and names of
/// `tokio-rustls`; the rest is as for [`adapter!`](crate::adapter).
#[macro_export]
macro_rules! adapter_tls {
    (
        crate: $name:ident,
        runtime: $runtime:ident,
        listener: $listener:path,
        stream: $stream:ty,
        tls: $tls:ident,
        streams: $($bounds:tt)+
    ) => {
        /// A stream of TLS over a socket.
        pub type TlsStream<S = $stream> = $tls::server::TlsStream<S>;

        /// Has clients of `listener` speak TLS: a [`Handshake`](replywire_std::Handshake) over its
        /// sockets, which is done in the task of each connection.
        ///
        /// ```no_run
        #[doc = concat!("use ", stringify!($name), "::{")]
        ///     Answer, Handler, Request, Responder, TlsStream, serve, tls, tls_config,
        /// };
        #[doc = concat!("use ", stringify!($listener), ";")]
        ///
        /// struct Hello;
        ///
        /// impl Handler<TlsStream> for Hello {
        ///     async fn handle(
        ///         &self,
        ///         _: &Request<'_>,
        ///         responder: Responder<'_, TlsStream>,
        ///     ) -> Answer {
        ///         responder.ok().text("hello, world").await
        ///     }
        /// }
        ///
        /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
        /// let listener = TcpListener::bind("127.0.0.1:8443").await?;
        /// serve(tls(listener, tls_config("chain.pem", "key.pem")?), Hello).await;
        /// # Ok(())
        /// # }
        /// ```
        ///
        /// Any configuration of `rustls` is one, such as one that asks clients for a certificate,
        /// which handlers see then:
        ///
        /// ```
        #[doc = concat!("use ", stringify!($name), "::{Answer, Request, Responder, TlsStream};")]
        ///
        /// async fn known(_: &Request<'_>, responder: Responder<'_, TlsStream>) -> Answer {
        ///     let certificates = responder.connection(|conn| {
        ///         let (_, tls) = conn.stream().get_ref();
        ///         tls.peer_certificates().map(<[_]>::to_vec)
        ///     })?;
        ///     let told = certificates.map_or(0, |chain| chain.len());
        ///     responder.ok().text(&format!("certificates: {told}")).await
        /// }
        /// ```
        #[doc(alias("ssl", "https", "rustls"))]
        pub fn tls<L, S>(
            listener: L,
            config: impl ::core::convert::Into<::std::sync::Arc<$crate::rustls::ServerConfig>>,
        ) -> impl $crate::Listen<$runtime, Stream = TlsStream<S>>
        where
            L: $crate::Listen<$runtime, Stream = S>,
            S: $crate::Socket + $($bounds)+ + ::core::marker::Send + 'static,
        {
            let acceptor = $tls::TlsAcceptor::from(config.into());
            $crate::Handshake::over(
                listener,
                move |socket| acceptor.accept(socket),
                |tls: &TlsStream<S>| tls.get_ref().0,
            )
        }
    };
}
