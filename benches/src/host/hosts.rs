//! The hosts, each with Replywire's replies and with its own.

use std::io;

use actix_files::NamedFile;
use actix_web::rt::System;
use actix_web::{App, HttpResponse, HttpServer, web};
use axum::serve::ListenerExt;
use hyper::body::Incoming;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

use super::what::{FILE, ITEM, TEXT, pieces};
use super::{ours, theirs};
use crate::server::{Side, announce, end_when_released, pin, runtime, serve_hyper};

/// A host with the replies of one side.
#[derive(Clone, Copy, Debug)]
pub(super) struct Host {
    /// As it is printed.
    pub(super) name: &'static str,
    serve: fn() -> io::Result<()>,
}

/// Each host with replies of ours that are written at once, with a handler of ours, and with its own.
pub(super) const HOSTS: [[Host; 3]; 4] = [
    [
        Host {
            name: "hyper+replywire-written",
            serve: || serve_hyper(hyper::service::service_fn(ours::http::<Incoming>)),
        },
        Host {
            name: "hyper+replywire",
            serve: || serve_hyper(ours::hosted()),
        },
        Host {
            name: "hyper",
            serve: || serve_hyper(hyper::service::service_fn(theirs::http::<Incoming>)),
        },
    ],
    [
        Host {
            name: "axum+replywire-written",
            serve: || axum(ours::router()),
        },
        Host {
            name: "axum+replywire",
            serve: || axum(ours::hosted_router()),
        },
        Host {
            name: "axum",
            serve: || axum(theirs::router()),
        },
    ],
    [
        Host {
            name: "tower+replywire-written",
            serve: || {
                serve_hyper(TowerToHyperService::new(tower::service_fn(
                    ours::http::<Incoming>,
                )))
            },
        },
        Host {
            name: "tower+replywire",
            serve: || serve_hyper(TowerToHyperService::new(ours::hosted())),
        },
        Host {
            name: "tower",
            serve: || {
                serve_hyper(TowerToHyperService::new(tower::service_fn(
                    theirs::http::<Incoming>,
                )))
            },
        },
    ],
    [
        Host {
            name: "actix-web+replywire-written",
            serve: || actix(ours::actix),
        },
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
