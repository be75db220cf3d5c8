//! Renders pages: status first, then markup, never a stream. The one place that names `leptos_axum`, whose inner API
//! may move.

use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::Response;
use futures::{StreamExt as _, stream};
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use crate::ui::shell::{Document, Frame};

/// A whole page. `body` runs inside the rendering, so that it may hold islands.
pub async fn page(
    frame: Frame,
    status: StatusCode,
    title: impl Into<String>,
    body: impl FnOnce() -> AnyView + Send + 'static,
) -> Response {
    let title = title.into();
    let document = move || {
        let response = expect_context::<ResponseOptions>();
        response.set_status(status);
        if let Some(policy) = use_nonce().and_then(|nonce| policy(&nonce)) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
        let content = body();
        view! {
            <Document frame title>
                {content}
            </Document>
        }
        .into_any()
    };
    leptos_axum::handle_response_inner(
        || {},
        document,
        Request::new(Body::empty()),
        |app, chunks, _| {
            Box::pin(async move {
                let html = app.to_html_stream_in_order().collect::<String>().await;
                Box::pin(stream::once(async move { html }).chain(chunks())) as _
            })
        },
    )
    .await
}

/// A piece of a page, for an island to put in its place. It holds no islands itself.
pub fn piece(body: impl FnOnce() -> AnyView) -> String {
    Owner::new().with(|| body().to_html())
}

fn policy(nonce: &str) -> Option<HeaderValue> {
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; object-src 'none'; \
         base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    );
    HeaderValue::from_str(&policy).ok()
}
