//! `POST /access/v1/search/{subject,resource,action}`: AuthZEN's searches (section 8).
//!
//! An unknown name or type finds nothing; a missing or wrongly typed one is 400. What is searched for is not looked at in
//! the request.

use std::borrow::Cow;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::AgentAuth;
use super::entities::{
    ACTION, Action, Fault, RESOURCE, RequestContext, Resource, SUBJECT, Subject, min_seq,
};
use super::json::JsonBody;
use super::page::Binding;
use super::problem::Problem;
use crate::app::App;
use crate::app::search::{self, Found, MAX_FOUND};
use crate::domain::dialect::Dialect;
use crate::domain::field::{Field, fields};
use crate::domain::property::Given;
use crate::domain::question::Question;

/// A search. What is searched for needs its type only; an action that is searched for is left out.
#[derive(Debug, Default, ToSchema)]
pub struct Search<'a> {
    /// The person about whom.
    #[schema(value_type = Option<Subject>)]
    subject: Field<Subject<'a>>,
    /// What is to be done.
    #[schema(value_type = Option<Action>)]
    action: Field<Action<'a>>,
    /// The kind of data.
    #[schema(value_type = Option<Resource>)]
    resource: Field<Resource<'a>>,
    /// What goes with the search.
    #[schema(value_type = Option<RequestContext>)]
    context: Field<RequestContext>,
    /// Which part of the results.
    #[schema(value_type = Option<PageRequest>)]
    page: Field<PageRequest<'a>>,
}

fields!('de Search<'de>: "subject" = subject, "action" = action, "resource" = resource, "context" = context, "page" = page);

/// Which part of the results.
#[derive(Debug, Default, ToSchema)]
pub struct PageRequest<'a> {
    /// `next_token` of the answer before. Everything else in the request must be the same as then.
    #[schema(value_type = Option<String>)]
    token: Field<Cow<'a, str>>,
    /// At most so many results; never more than 1000.
    #[schema(value_type = Option<u64>)]
    limit: Field<u64>,
}

fields!('de PageRequest<'de>: "token" = token, "limit" = limit);

/// What a search finds.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchAnswer {
    /// With a request that asked for a page, and where there is more.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<PageAnswer>,
    /// What was found.
    results: Vec<Hit>,
}

/// Where to go on.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageAnswer {
    /// To be sent as `page.token`; empty at the end.
    next_token: String,
    /// Number of results in this answer.
    count: usize,
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
    program: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Subject,
    Resource,
    Action,
}

const TYPE: Fault = "Give the type of what is searched for as a text.";
const PAGE: Fault = "Give page, if any, as an object, and in it token (a text) and limit (a whole number from 0), if any.";
const TOKEN: Fault =
    "Send next_token of the answer before, with a request that is otherwise the same.";

impl Search<'_> {
    /// The question behind the search, with an empty word for what is searched for; `None`: nobody and nothing can be
    /// found, because the type of what is searched for is none of ours.
    fn question(&self, kind: Kind, dialect: &Dialect) -> Result<Option<Question<'_>>, Fault> {
        let subject = self.subject.get().ok_or(SUBJECT)?;
        let resource = self.resource.get().ok_or(RESOURCE)?;
        let (subject_type, employee) = if kind == Kind::Subject {
            (subject.kind.get().ok_or(TYPE)?.as_ref(), "")
        } else {
            subject.type_and_id(None).ok_or(SUBJECT)?
        };
        let (resource_type, category) = if kind == Kind::Resource {
            (resource.kind.get().ok_or(TYPE)?.as_ref(), "")
        } else {
            resource.type_and_id(None).ok_or(RESOURCE)?
        };
        let mut question = Question::about(employee, "", category);
        let (app, data) = resource.said().ok_or(RESOURCE)?;
        question.app = app;
        question.given = Given {
            subject: subject.said().ok_or(SUBJECT)?,
            resource: data,
            ..Given::NOTHING
        };
        if kind != Kind::Action {
            let action = self.action.get().ok_or(ACTION)?;
            let name = action.name.get().ok_or(ACTION)?;
            let (program, deed) = action.said().ok_or(ACTION)?;
            question.program = dialect.program(name, program);
            question.given.action = deed;
        }
        question.min_seq = min_seq(&self.context)?;
        let known = subject_type == dialect.subject && resource_type == dialect.resource;
        Ok(known.then_some(question))
    }

    /// The token and the limit.
    fn page(&self) -> Result<(Option<&str>, usize), Fault> {
        let page = match &self.page {
            Field::Is(page) if !page.token.is_wrong() && !page.limit.is_wrong() => page,
            Field::Missing | Field::Null => return Ok((None, MAX_FOUND)),
            Field::Is(_) | Field::Wrong => return Err(PAGE),
        };
        let limit = page.limit.get().map_or(MAX_FOUND, |limit| {
            usize::try_from(*limit).map_or(MAX_FOUND, |limit| limit.min(MAX_FOUND))
        });
        let token = page.token.get().map(AsRef::as_ref);
        Ok((token.filter(|token| !token.is_empty()), limit))
    }
}

/// About whom may I collect this?
///
/// # Errors
/// Problems as documented.
#[utoipa::path(
    post, path = "/access/v1/search/subject", tag = "check", request_body = Search,
    responses(
        (status = 200, description = "Who", body = SearchAnswer),
        (status = 400, description = "Malformed, or a token of another request", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Unknown agent", body = Problem, content_type = "application/problem+json"),
    ),
    security(("agent_key" = []))
)]
pub async fn subject(
    State(app): State<App>,
    auth: AgentAuth,
    body: JsonBody,
) -> Result<Json<SearchAnswer>, Problem> {
    answer(&app, auth, &body, Kind::Subject).await
}

/// What may I collect about this person?
///
/// # Errors
/// Problems as documented.
#[utoipa::path(
    post, path = "/access/v1/search/resource", tag = "check", request_body = Search,
    responses(
        (status = 200, description = "Which kinds of data", body = SearchAnswer),
        (status = 400, description = "Malformed, or a token of another request", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Unknown agent", body = Problem, content_type = "application/problem+json"),
    ),
    security(("agent_key" = []))
)]
pub async fn resource(
    State(app): State<App>,
    auth: AgentAuth,
    body: JsonBody,
) -> Result<Json<SearchAnswer>, Problem> {
    answer(&app, auth, &body, Kind::Resource).await
}

/// For which programmes may I collect this about this person?
///
/// # Errors
/// Problems as documented.
#[utoipa::path(
    post, path = "/access/v1/search/action", tag = "check", request_body = Search,
    responses(
        (status = 200, description = "Which actions", body = SearchAnswer),
        (status = 400, description = "Malformed, or a token of another request", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Unknown agent", body = Problem, content_type = "application/problem+json"),
    ),
    security(("agent_key" = []))
)]
pub async fn action(
    State(app): State<App>,
    auth: AgentAuth,
    body: JsonBody,
) -> Result<Json<SearchAnswer>, Problem> {
    answer(&app, auth, &body, Kind::Action).await
}

async fn answer(
    app: &App,
    AgentAuth(agent): AgentAuth,
    body: &JsonBody,
    kind: Kind,
) -> Result<Json<SearchAnswer>, Problem> {
    let search: Search<'_> = body.read()?;
    let question = search.question(kind, &agent.dialect);
    let question = question.map_err(Problem::malformed)?;
    let (token, limit) = search.page().map_err(Problem::malformed)?;
    let word = match kind {
        Kind::Subject => "subject",
        Kind::Resource => "resource",
        Kind::Action => "action",
    };
    let binding = Binding::new(app, &agent, word, &body.0)?;
    let place = token.map(|token| {
        let place = binding.place(token);
        place.ok_or_else(|| Problem::malformed(TOKEN))
    });
    let place = place.transpose()?;
    let page = search::Page {
        after: place.as_deref(),
        limit,
    };
    let found = match (question, kind) {
        (None, _) => Found::default(),
        (Some(question), Kind::Subject) => search::employees(app, &agent, &question, page).await?,
        (Some(asked), Kind::Resource) => search::categories(app, &agent, &asked, page).await?,
        (Some(question), Kind::Action) => search::programs(app, &agent, &question, page).await?,
    };
    let paged = !search.page.is_absent() || found.next.is_some();
    let count = found.names.len();
    let next_token = found
        .next
        .map(|place| binding.token(&place))
        .unwrap_or_default();
    let results = found.names.into_iter();
    Ok(Json(SearchAnswer {
        page: paged.then_some(PageAnswer { next_token, count }),
        results: results
            .map(|name| result(kind, name, &agent.dialect))
            .collect(),
    }))
}

fn result(kind: Kind, id: String, dialect: &Dialect) -> Hit {
    let entity = |kind: &str, id| Hit::Entity {
        kind: kind.to_owned(),
        id,
    };
    match (kind, &dialect.action) {
        (Kind::Subject, _) => entity(&dialect.subject, id),
        (Kind::Resource, _) => entity(&dialect.resource, id),
        (Kind::Action, None) => Hit::Action {
            name: id,
            properties: None,
        },
        (Kind::Action, Some(name)) => Hit::Action {
            name: name.clone(),
            properties: Some(ForProgram { program: id }),
        },
    }
}
