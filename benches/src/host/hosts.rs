//! The hosts, each with Replywire's replies and with its own.

use std::convert::Infallible;
use std::io;

use actix_files::NamedFile;
use actix_web::rt::System;
use actix_web::{App, HttpResponse, HttpServer, web};
use axum::serve::ListenerExt;
use bytes::Bytes;
use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

use super::what::{FILE, ITEM, TEXT, pieces};
use super::{ours, theirs};
use crate::server::{Side, announce, end_when_released, pin, runtime};

/// A host with the replies of one side.
#[derive(Clone, Copy, Debug)]
pub(super) struct Host {
    /// As it is printed.
    pub(super) name: &'static str,
    serve: fn() -> io::Result<()>,
}

/// Each host with our replies, and with its own.
pub(super) const HOSTS: [[Host; 2]; 4] = [
    [
        Host {
            name: "hyper+replywire",
            serve: || hyper(ours::hosted()),
        },
        Host {
            name: "hyper",
            serve: || hyper(hyper::service::service_fn(theirs::http::<Incoming>)),
        },
    ],
    [
        Host {
            name: "axum+replywire",
            serve: || axum(axum::Router::new().fallback_service(ours::hosted())),
        },
        Host {
            name: "axum",
            serve: || axum(theirs::router()),
        },
    ],
    [
        Host {
            name: "tower+replywire",
            serve: || hyper(TowerToHyperService::new(ours::hosted())),
        },
        Host {
            name: "tower",
            serve: || {
                hyper(TowerToHyperService::new(tower::service_fn(
                    theirs::http::<Incoming>,
                )))
            },
        },
    ],
    [
        Host {
            name: "actix-web+replywire",
            serve: || {
                let hosted = ours::hosted();
                actix(move |app| {
                    app.default_service(web::to(hosted.clone()));
                })
            },
        },
        Host {
            name: "actix-web",
            serve: || {
                actix(|app| {
                    app.route("/text", web::get().to(async || TEXT))
                        .route(
                            "/json",
                            web::get().to(async || HttpResponse::Ok().json(ITEM)),
                        )
                        .route(
                            "/stream",
                            web::get().to(async || HttpResponse::Ok().streaming(pieces())),
                        )
                        .route("/file", web::get().to(async || NamedFile::open(FILE)));
                })
            },
        },
    ],
];

/// What a process that was started as a server does.
///
/// # Errors
///
/// When there is no such host, or it cannot serve.
pub fn serve(name: &str) -> io::Result<()> {
    let host = HOSTS.iter().flatten().find(|host| host.name == name);
    let host = host.ok_or_else(|| io::Error::other("no such host"))?;
    pin(Side::Server)?;
    (host.serve)()
}

fn hyper<S, B>(service: S) -> io::Result<()>
where
    S: hyper::service::Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
    B: Body<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
{
    runtime()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        announce(listener.local_addr()?)?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let service = service.clone();
            tokio::spawn(async move {
                let connection = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .serve_connection(TokioIo::new(stream), service);
                // The client leaves when it has heard enough.
                let _ = connection.await;
            });
        }
    })
}

fn axum(router: axum::Router) -> io::Result<()> {
    runtime()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        announce(listener.local_addr()?)?;
        let listener = listener.tap_io(|stream| {
            stream.set_nodelay(true).expect("a connected socket");
        });
        axum::serve(listener, router).await
    })
}

fn actix(configure: impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static) -> io::Result<()> {
    end_when_released();
    System::new().block_on(async {
        let server = HttpServer::new(move || App::new().configure(|app| configure(app)))
            .workers(1)
            .disable_signals()
            .tcp_nodelay(true)
            .bind("127.0.0.1:0")?;
        let at = server.addrs().first().copied();
        announce(at.ok_or_else(|| io::Error::other("no address"))?)?;
        server.run().await
    })
}
