//! Paths, headers and status codes: one file for each group. A handler reads a request, calls one
//! function of the service, and writes the answer.
//!
//! | file | purpose |
//! |---|---|
//! | `calls.rs`, `lists.rs`, `content.rs` | placing, reading and stopping calls |
//! | `batches.rs` | tables of calls |
//! | `plan.rs` | plans, agents, providers, quality |
//! | `money.rs` | usage and rate decks |
//! | `experiments.rs` | experiments |
//! | `events.rs`, `webhooks.rs` | events, webhook endpoints and deliveries |
//! | `hooks.rs` | webhooks of providers |
//! | `keys.rs`, `me.rs` | keys |
//! | `admin.rs` | the configuration, the audit log, the erasure of people |
//! | `rules.rs` | the calling rules |
//! | `people.rs` | what is remembered about people |
//! | `pages.rs` | the document, and the pages of problems |
//! | `params.rs` | ids, queries and preferences |

mod admin;
mod batches;
mod calls;
mod content;
mod events;
mod experiments;
mod hooks;
mod keys;
mod lists;
mod me;
mod money;
mod pages;
mod params;
mod people;
mod plan;
mod rules;
mod webhooks;

pub(crate) use events::stream;

use axum::{Extension, Router, middleware};
use url::Url;
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Service, begin,
    compat::kaicalls,
    headers,
    problem::{Code, Problem},
};

/// The OpenAPI document. With an address, it names the server.
pub fn document(public_url: Option<&Url>) -> OpenApi {
    crate::document::complete(operations().into_openapi(), public_url)
}

/// Every operation of the document.
fn operations() -> OpenApiRouter<Service> {
    OpenApiRouter::with_openapi(begin::begin())
        .routes(routes!(calls::place, lists::list))
        .routes(routes!(lists::batch))
        .routes(routes!(calls::get))
        .routes(routes!(content::history))
        .routes(routes!(content::plan))
        .routes(routes!(content::transcript))
        .routes(routes!(content::recording))
        .routes(routes!(content::stop))
        .routes(routes!(content::resolve))
        .routes(routes!(batches::create, batches::list))
        .routes(routes!(batches::get))
        .routes(routes!(batches::cancel))
        .routes(routes!(batches::results))
        .routes(routes!(plan::plan))
        .routes(routes!(rules::check))
        .routes(routes!(rules::list))
        .routes(routes!(rules::get))
        .routes(routes!(events::list))
        .routes(routes!(events::follow))
        .routes(routes!(webhooks::list, webhooks::create))
        .routes(routes!(webhooks::get, webhooks::change, webhooks::remove))
        .routes(routes!(webhooks::rotate))
        .routes(routes!(webhooks::test))
        .routes(routes!(webhooks::recover))
        .routes(routes!(webhooks::deliveries))
        .routes(routes!(webhooks::redeliver))
        .routes(routes!(plan::agents))
        .routes(routes!(plan::providers))
        .routes(routes!(plan::quality))
        .routes(routes!(money::budgets))
        .routes(routes!(money::usage))
        .routes(routes!(money::decks))
        .routes(routes!(money::quote))
        .routes(routes!(experiments::list))
        .routes(routes!(experiments::get))
        .routes(routes!(experiments::report))
        .routes(routes!(experiments::start))
        .routes(routes!(experiments::ramp))
        .routes(routes!(experiments::stop))
        .routes(routes!(admin::configuration))
        .routes(routes!(admin::reload))
        .routes(routes!(keys::list, keys::create))
        .routes(routes!(keys::revoke))
        .routes(routes!(keys::rotate))
        .routes(routes!(me::get))
        .routes(routes!(admin::audit))
        .routes(routes!(people::opt_out))
        .routes(routes!(people::take_back))
        .routes(routes!(people::consent))
        .routes(routes!(people::show))
        .routes(routes!(admin::erase))
        .routes(routes!(pages::openapi))
}

/// The API as a router. A program that adds routes of its own merges them into this one, and calls
/// [`complete`] on the whole.
pub fn incomplete(service: &Service) -> Router {
    let (router, document) = operations().split_for_parts();
    let document = crate::document::complete(document, Some(service.public_url()));
    let router = router
        .route("/problems/{code}", axum::routing::get(pages::problem))
        .route("/hooks/v1/{provider}/{token}", axum::routing::post(hooks::receive));
    let router = match &service.settings().kaicalls {
        Some(_) => router
            .merge(kaicalls::routes())
            .route(&kaicalls::path("openapi.json"), axum::routing::get(pages::openapi)),
        None => router,
    };
    router.layer(Extension(pages::Document::new(&document))).with_state(service.clone())
}

/// Adds what every answer has: problems for unknown paths and methods, headers, limits, the log.
pub fn complete(service: &Service, router: Router) -> Router {
    router
        .fallback(|| async { Problem::new(Code::NotFound, "there is nothing at this path") })
        .method_not_allowed_fallback(|| async {
            Problem::new(Code::MethodNotAllowed, "the path does not have this method")
        })
        .layer(middleware::from_fn_with_state(service.clone(), headers::layer))
}

/// The whole API.
pub fn router(service: &Service) -> Router {
    complete(service, incomplete(service))
}
