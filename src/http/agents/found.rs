//! What a search finds, on the wire.

use serde::Serialize;
use utoipa::ToSchema;

/// What a search finds.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchAnswer {
    /// With a request that asked for a page, and where there is more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<PageAnswer>,
    /// What was found.
    pub results: Vec<Hit>,
}

/// Where to go on.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageAnswer {
    /// To be sent as `page.token`; empty at the end.
    pub next_token: String,
    /// Number of results in this answer.
    pub count: usize,
}

/// One result.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Hit {
    /// A person or a kind of data.
    Entity {
        /// Its type, in the agent's words.
        #[serde(rename = "type")]
        kind: String,
        /// Its id.
        id: String,
    },
    /// An action.
    Action {
        /// Its name, in the agent's words.
        name: String,
        /// For which programme, where the name does not say it.
        #[serde(skip_serializing_if = "Option::is_none")]
        properties: Option<ForProgram>,
    },
}

/// For which programme.
#[derive(Debug, Serialize, ToSchema)]
pub struct ForProgram {
    /// The programme's id.
    pub program: String,
}
