//! Transport only: parse, call one `app` function, respond.
//!
//! Pages are plain handlers that load first and render afterwards (`page`); who may do what stands in the handler's
//! signature (`visitor`), what was posted is parsed at the edge (`input`), and whatever goes wrong is a `Failure` that
//! becomes a page in one place. To add a URL: a line in `routes::PORTAL` and a handler in the file of its resource.

mod account;
mod activity;
pub mod agents;
mod choices;
mod confirmations;
mod door;
mod drafts;
mod exports;
mod failure;
mod headers;
mod health;
mod input;
mod ledger;
mod ledger_page;
mod notices;
mod numbers;
mod overview;
mod page;
mod pauses;
mod programs;
mod proofs;
mod publishing;
mod receipts;
mod reference;
mod requests;
pub mod routes;
mod state;
mod visitor;
pub mod witness;

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use tokio::net::TcpListener;
use tower::ServiceBuilder;
use tower::util::MapResponseLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::request_id::SetRequestIdLayer;
use tower_http::services::ServeDir;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, SessionManagerLayer};

use crate::app::App;
use crate::app::feeder::Feeder;
use crate::config;
use failure::Failure;
use numbers::Numbers;
use state::AppState;

/// How often ended sessions are cleared away.
const SWEEP: Duration = Duration::from_hours(1);

/// Answers requests until the process is told to stop.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    app: App,
    server: &config::Server,
) -> std::io::Result<()> {
    let secure = server
        .url
        .as_ref()
        .is_some_and(|url| url.starts_with("https:"));
    let router = router(app.clone(), &server.site, secure);
    app.follow();
    let heart = app.heart().clone();
    let feeder = Feeder::new(&app).map_err(std::io::Error::other)?;
    let feeder = feeder.map(|feeder| tokio::spawn(feeder.run()));
    let sweeper = tokio::spawn(async move {
        let mut hours = tokio::time::interval(SWEEP);
        loop {
            hours.tick().await;
            if let Err(error) = app.sweep().await {
                tracing::warn!(%error, "sweep");
            }
        }
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service)
        .with_graceful_shutdown(async move {
            stopped().await;
            // Streams do not end by themselves.
            heart.close();
        })
        .await;
    sweeper.abort();
    if let Some(feeder) = feeder {
        feeder.abort();
    }
    served
}

/// Every route with everything around it. `secure` marks cookies for HTTPS only.
pub fn router(app: App, site: &Path, secure: bool) -> Router {
    // Fails only when it was done before, which is as good.
    let _ = any_spawner::Executor::init_tokio();
    let hours = i64::from(app.settings().holds.session_hours);
    let sessions = SessionManagerLayer::new(app.session_store())
        .with_name("sayso_session")
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(secure)
        .with_expiry(Expiry::OnInactivity(time::Duration::hours(hours)));
    let csrf = CsrfLayer::new().with_rejection_response(|_| failure::of(Failure::CrossSite));
    let numbers = Numbers::new(app.random());
    let state = AppState::new(app, site, secure);

    let portal = routes::portal()
        .fallback(async || Failure::NotFound)
        .method_not_allowed_fallback(async || Failure::Method)
        .layer(csrf)
        .layer(from_fn_with_state(state.clone(), failure::explain))
        .layer(sessions)
        .layer(headers::private())
        .layer(CompressionLayer::new());
    let files = Router::new()
        .nest_service(
            "/static",
            headers::cached(ServeDir::new(site.join("static")).precompressed_gzip()),
        )
        .nest_service(
            "/pkg",
            headers::revalidated(ServeDir::new(site.join("pkg")).precompressed_gzip()),
        );
    portal
        .merge(routes::machines())
        .merge(agents::routes())
        .merge(files)
        // One layer for all: each of its own would be paid for by every request.
        .layer(
            ServiceBuilder::new()
                .layer(SetRequestIdLayer::x_request_id(numbers))
                .layer(headers::trace())
                .layer(MapResponseLayer::new(
                    headers::safe as fn(Response) -> Response,
                )),
        )
        .with_state(state)
}

async fn stopped() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
