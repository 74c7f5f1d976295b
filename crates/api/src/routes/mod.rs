//! Paths, headers and status codes: one file for each group. A handler reads a request, calls one
//! function of the service, and writes the answer.
//!
//! | file | purpose |
//! |---|---|
//! | `calls.rs` | placing and reading calls |
//! | `me.rs` | the caller's own key |
//! | `pages.rs` | the document, and the pages of problems |
//! | `params.rs` | ids, queries and preferences |

mod calls;
mod me;
mod pages;
mod params;

use axum::{Router, middleware};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Service, headers,
    problem::{Code, Problem},
};

/// Every operation of the document.
pub(crate) fn operations() -> OpenApiRouter<Service> {
    OpenApiRouter::with_openapi(crate::document::begin())
        .routes(routes!(calls::place))
        .routes(routes!(calls::get))
        .routes(routes!(me::get))
        .routes(routes!(pages::openapi))
}

/// The API as a router. A program that adds routes of its own merges them into this one, and calls
/// [`complete`] on the whole.
pub fn incomplete(service: &Service) -> Router {
    let (router, _) = operations().split_for_parts();
    router.route("/problems/{code}", axum::routing::get(pages::problem)).with_state(service.clone())
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
