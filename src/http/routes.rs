//! Every route of the portal in one table: method, address, who it is for, handler.
//!
//! The router is built from it, and tests walk through it with every role. A route of the agent API stands in
//! `agents::TABLE` instead.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::routing::{MethodRouter, get, post};

use tower_http::limit::RequestBodyLimitLayer;

use super::state::AppState;
use super::{
    account, activity, choices, confirmations, door, exports, health, ledger, ledger_page, notices,
    overview, pauses, programs, proofs, publishing, receipts, reference, requests,
};

/// Largest body of an ordinary form, in bytes.
const FORM: usize = 32 * 1024;
/// Largest body of a notice in all its languages, in bytes.
const NOTICE: usize = 2 * 1024 * 1024;

/// Who a route is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Anybody who reaches the server.
    Anybody,
    /// Employees who are signed in.
    SignedIn,
    /// Employees with the role `publisher`.
    Publisher,
    /// Employees with the role `privacy_officer` or `representative`.
    Stopper,
}

/// One route.
pub struct Route {
    /// Its method.
    pub method: Method,
    /// Its address, as axum writes it.
    pub path: &'static str,
    /// Who it is for.
    pub audience: Audience,
    handler: fn() -> MethodRouter<AppState>,
}

const fn look(
    path: &'static str,
    audience: Audience,
    handler: fn() -> MethodRouter<AppState>,
) -> Route {
    Route {
        method: Method::GET,
        path,
        audience,
        handler,
    }
}

const fn act(
    path: &'static str,
    audience: Audience,
    handler: fn() -> MethodRouter<AppState>,
) -> Route {
    Route {
        method: Method::POST,
        path,
        audience,
        handler,
    }
}

use Audience::{Anybody, Publisher, SignedIn, Stopper};

/// Pages and forms: inside the session and CSRF layers.
pub const PORTAL: &[Route] = &[
    look("/", SignedIn, || get(overview::show)),
    look("/choices", SignedIn, || get(choices::list)),
    act("/choices/off", SignedIn, || post(choices::all_off)),
    act("/choices/{program}/{category}", SignedIn, || {
        post(choices::choose)
    }),
    look(
        "/choices/{program}/{category}/confirmations",
        SignedIn,
        || get(confirmations::of_choice),
    ),
    look("/activity", SignedIn, || get(activity::show)),
    look("/requests", SignedIn, || get(requests::list)),
    act("/requests", SignedIn, || post(requests::create)),
    look("/requests/new", SignedIn, || get(requests::new)),
    look("/requests/{id}", SignedIn, || get(requests::show)),
    look("/notices", SignedIn, || get(notices::list)),
    look("/notices/{notice}/{version}", SignedIn, || {
        get(notices::show)
    }),
    look(
        "/notices/{notice}/{version}/document.json",
        SignedIn,
        || get(notices::document),
    ),
    act(
        "/notices/{notice}/{version}/acknowledgement",
        SignedIn,
        || post(notices::acknowledge),
    ),
    look("/receipts", SignedIn, || get(receipts::list)),
    look("/receipts/all.tlog-proofs", SignedIn, || get(receipts::all)),
    look("/receipts/{entry}", SignedIn, || get(receipts::show)),
    look("/receipts/{entry}/consent-record.jsonld", SignedIn, || {
        get(exports::consent_record)
    }),
    look("/receipts/{entry}/consent-receipt.jsonld", SignedIn, || {
        get(exports::consent_receipt)
    }),
    look("/receipts/{entry}/kantara-1.1.json", SignedIn, || {
        get(exports::kantara)
    }),
    look("/ledger", Anybody, || get(ledger_page::show)),
    look("/programs", Anybody, || get(programs::list)),
    look("/docs/api", Anybody, || get(reference::show)),
    look("/account", SignedIn, || get(account::show)),
    act("/account/password", SignedIn, || {
        post(account::change_password)
    }),
    act("/account/sign-out-everywhere", SignedIn, || {
        post(account::sign_out_everywhere)
    }),
    look("/sign-in", Anybody, || get(door::show)),
    act("/sign-in", Anybody, || post(door::sign_in)),
    act("/sign-out", SignedIn, || post(door::sign_out)),
    look("/invitations/{token}", Anybody, || get(door::invitation)),
    act("/invitations/{token}", Anybody, || post(door::accept)),
    look("/manage/programs", Stopper, || get(pauses::list)),
    look("/manage/programs/{program}/pause", Stopper, || {
        get(pauses::show)
    }),
    act("/manage/programs/{program}/pause", Stopper, || {
        post(pauses::pause)
    }),
    look(
        "/manage/programs/{program}/pause/confirmations",
        Stopper,
        || get(confirmations::of_pause),
    ),
    look("/manage/notices", Publisher, || get(publishing::list)),
    act("/manage/notices", Publisher, || {
        post(publishing::publish).layer(DefaultBodyLimit::max(NOTICE))
    }),
    look("/manage/notices/new", Publisher, || get(publishing::new)),
    act("/manage/notices/new", Publisher, || {
        post(publishing::change).layer(DefaultBodyLimit::max(NOTICE))
    }),
    act("/manage/notices/preview", Publisher, || {
        post(publishing::preview).layer(DefaultBodyLimit::max(NOTICE))
    }),
];

/// Plain answers for machines and operators: no session, no pages.
pub const MACHINES: &[Route] = &[
    look("/ledger/checkpoint", Anybody, || get(ledger::checkpoint)),
    look("/ledger/checkpoint/witnessed", Anybody, || {
        get(ledger::witnessed)
    }),
    look("/ledger/log.vkey", Anybody, || get(ledger::vkey)),
    look("/ns", Anybody, || get(exports::terms)),
    look("/ledger/tile/{*path}", Anybody, ledger::tiles),
    look("/ledger/documents/{index}", Anybody, || {
        get(ledger::document)
    }),
    look("/ledger/proof/inclusion", Anybody, || {
        get(proofs::inclusion)
    }),
    look("/ledger/proof/consistency", Anybody, || {
        get(proofs::consistency)
    }),
    look("/healthz", Anybody, || get(health::alive)),
    look("/readyz", Anybody, || get(health::ready)),
    look("/metrics", Anybody, || get(health::metrics)),
];

/// The portal's pages and forms.
pub(super) fn portal() -> Router<AppState> {
    build(PORTAL)
        .layer(DefaultBodyLimit::max(FORM))
        // Also where a handler has no use for the body.
        .layer(RequestBodyLimitLayer::new(NOTICE))
}

/// What machines and operators read.
pub(super) fn machines() -> Router<AppState> {
    build(MACHINES)
}

fn build(routes: &[Route]) -> Router<AppState> {
    routes.iter().fold(Router::new(), |router, route| {
        router.route(route.path, (route.handler)())
    })
}
