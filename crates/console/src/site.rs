//! The paths, and the headers of every answer.

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    middleware::{self, Next},
    response::Response,
    routing::{get, post},
};
use http::{HeaderName, HeaderValue, header};
use switchboard_api::{Code, Problem, Service, surface::request_id};

use crate::{
    Settings,
    console::{Console, SIGN_IN},
    cookies::Theme,
    failure::Failure,
    pages,
};

/// Where the console is.
pub const PATH: &str = "/console";

const HEADERS: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'",
    ),
    // With `no-referrer`, browsers would hide the origin of forms too.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// The paths of the console, to be merged with the routes of the API before they are completed.
pub fn router(service: &Service, settings: Settings) -> Router {
    let console = Console::new(service, settings);
    let nothing = || async {
        Failure::from(Problem::new(Code::NotFound, "there is no page at this address"))
    };
    Router::new()
        .route("/console", get(pages::now::show))
        .route("/console/", get(pages::now::show))
        .route(SIGN_IN, get(pages::session::show).post(pages::session::sign_in))
        .route("/console/sign-out", post(pages::session::sign_out))
        .route("/console/theme", post(pages::session::theme))
        .route("/console/tenant", post(pages::session::tenant))
        .route("/console/events", get(pages::session::events))
        .route("/console/calls", get(pages::calls::show))
        .route("/console/calls.csv", get(pages::calls_csv::show))
        .route("/console/calls/{id}", get(pages::call::show))
        .route("/console/calls/{id}/show", post(pages::call::open))
        .route("/console/calls/{id}/stop", post(pages::call_actions::stop))
        .route("/console/calls/{id}/resolve", post(pages::call_actions::resolve))
        .route("/console/calls/{id}/again", post(pages::call_actions::again))
        .route("/console/providers", get(pages::providers::show))
        .route("/console/batches", get(pages::batches::list).post(pages::batches::start))
        .route("/console/batches/check", post(pages::batches::check))
        .route("/console/batches/{id}", get(pages::batches::show))
        .route("/console/batches/{id}/cancel", post(pages::batches::cancel))
        .route(
            "/console/batches/{id}/results.csv",
            get(pages::batches::results).post(pages::batches::whole_results),
        )
        .route("/console/people", get(pages::people::show).post(pages::people::look_up))
        .route("/console/people/opt-out", post(pages::people::opt_out))
        .route("/console/experiments", get(pages::experiments::list))
        .route("/console/experiments/{name}", get(pages::experiments::show))
        .route("/console/experiments/{name}/{what}", post(pages::experiments::change))
        .route("/console/money", get(pages::money::show))
        .route("/console/rates", get(pages::rates::show).post(pages::rates::quote))
        .route("/console/webhooks", get(pages::webhooks::list).post(pages::webhooks::create))
        .route("/console/webhooks/{id}", get(pages::webhooks::show))
        .route("/console/webhooks/{id}/{what}", post(pages::webhooks::act))
        .route("/console/configuration", get(pages::configuration::show))
        .route("/console/configuration/reload", post(pages::configuration::reload))
        .route("/console/api", get(pages::api::show))
        .route("/console/keys", get(pages::keys::show).post(pages::keys::create))
        .route("/console/keys/{id}/rotate", post(pages::keys::rotate))
        .route("/console/keys/{id}/revoke", post(pages::keys::revoke))
        .layer(DefaultBodyLimit::disable())
        .route("/llms.txt", get(pages::llms::show))
        .route("/console/assets/{hash}/{name}", get(pages::files::get))
        .route("/console/{*rest}", get(nothing).post(nothing))
        .layer(middleware::from_fn(complete))
        .with_state(console)
}

/// Adds the headers of every answer, and makes pages of problems.
async fn complete(request: Request, next: Next) -> Response {
    let theme = Theme::of(request.headers());
    let wrote = !request.method().is_safe();
    let id = request_id(request.extensions()).map(|id| id.to_string()).unwrap_or_default();
    let mut response = next.run(request).await;
    if let Some(failure) = response.extensions_mut().remove::<Failure>() {
        response = failure.page(theme, wrote, &id);
    }
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
