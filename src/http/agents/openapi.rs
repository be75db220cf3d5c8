//! `GET /openapi.json`: the agent API, described (OpenAPI 3.1). Generated from the handlers, so that it cannot drift.

use axum::Json;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{acks, changes, evaluations, metadata, records, search, snapshot, stream, tasks};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Sayso agent API",
        description = "Ask before you capture, report what you captured, answer what people ask for. The check is \
                       OpenID AuthZEN 1.0. Problems are RFC 9457. X-Request-ID is echoed. Unknown fields are ignored; a \
                       name that stands twice in an object is refused. For people: /docs/api.",
        license(name = "AGPL-3.0-or-later", identifier = "AGPL-3.0-or-later"),
    ),
    paths(evaluations::one, evaluations::many, search::subject, search::resource, search::action, metadata::show, snapshot::show, stream::open, changes::poll, acks::confirm, records::create, tasks::list, tasks::attest),
    modifiers(&AgentKeyScheme),
    tags(
        (name = "check", description = "May I collect this now?"),
        (name = "changes", description = "What has changed, and that it has stopped"),
        (name = "records", description = "What was captured"),
        (name = "tasks", description = "What stores have to do"),
    )
)]
struct AgentApi;

struct AgentKeyScheme;

impl Modify for AgentKeyScheme {
    fn modify(&self, document: &mut Document) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
        let scheme = scheme
            .bearer_format("sayso_agent_<id>_<secret>_<crc32>")
            .build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("agent_key", SecurityScheme::Http(scheme));
    }
}

/// The description.
pub fn description() -> Document {
    AgentApi::openapi()
}

/// The description, as JSON.
pub async fn openapi() -> Json<Document> {
    Json(description())
}
