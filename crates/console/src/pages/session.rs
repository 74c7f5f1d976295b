//! Signing in and out, light or dark, and the stream of events.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use http::{HeaderMap, StatusCode, header, request::Parts};
use serde::Deserialize;
use switchboard_api::{
    Code,
    caller::EventsRead,
    problem::Problem,
    service::EventQuery,
    surface::{address, follow_events},
};

use crate::{
    assets::{ASSETS, Assets},
    console::{Console, SIGN_IN},
    cookies::{Door, Theme},
    failure::{Failure, page},
    form::{Form, OpenForm},
    visitor::{Visitor, go_to},
};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn<'a> {
    theme: Theme,
    assets: &'static Assets,
    next: &'a str,
    /// Nobody can sign in over plain http from elsewhere.
    closed: bool,
    simulated: bool,
    wrong: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Next {
    next: Option<String>,
}

pub(crate) async fn show(
    State(console): State<Console>,
    headers: HeaderMap,
    Query(query): Query<Next>,
) -> Result<Response, Failure> {
    asked(&console, Theme::of(&headers), query.next.as_deref(), None)
}

fn asked(
    console: &Console,
    theme: Theme,
    next: Option<&str>,
    wrong: Option<&Problem>,
) -> Result<Response, Failure> {
    let mut response = page(&SignIn {
        theme,
        assets: &ASSETS,
        next: inside(next),
        closed: *console.door() == Door::Closed,
        simulated: console.settings().simulated,
        wrong: wrong.map(explained),
    })?;
    if let Some(problem) = wrong {
        *response.status_mut() = problem.status();
    }
    Ok(response)
}

fn explained(problem: &Problem) -> String {
    match problem.code() {
        Code::InvalidKey => {
            "There is no key like this. Look for characters that were lost when it \
                             was copied: a key begins with sb_ and has 62 characters."
                .to_owned()
        }
        Code::MissingScope => "This key may not use the console: it lacks the scope console. The \
                               roles reader, operator and admin have it."
            .to_owned(),
        _ => format!("{}: {}.", problem.code().title(), problem.detail()),
    }
}

/// An address of the console; anything else is not gone to.
fn inside(next: Option<&str>) -> &str {
    let ours = |next: &&str| {
        (*next == "/console" || next.starts_with("/console/") || next.starts_with("/console?"))
            && !next.contains(['\\', '\r', '\n'])
    };
    next.filter(ours).unwrap_or("/console")
}

pub(crate) async fn sign_in(
    State(console): State<Console>,
    parts: Parts,
    OpenForm(fields): OpenForm,
) -> Result<Response, Failure> {
    let next = fields.get("next");
    if *console.door() == Door::Closed {
        return asked(&console, Theme::of(&parts.headers), next, None);
    }
    let lasts = console.settings().session;
    let from = address(console.service(), &parts);
    match console.service().sign_in(fields.shown("key"), from, lasts).await {
        Ok(secret) => {
            let mut response = go_to(inside(next));
            if let Some(cookie) = console.door().set(&secret, lasts) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Err(problem) if problem.status() == StatusCode::SERVICE_UNAVAILABLE => Err(problem.into()),
        Err(problem) => asked(&console, Theme::of(&parts.headers), next, Some(&problem)),
    }
}

pub(crate) async fn sign_out(
    State(console): State<Console>,
    visitor: Visitor,
    Form(_): Form,
) -> Result<Response, Failure> {
    console.service().sign_out(visitor.whole(), visitor.secret()).await?;
    let mut response = go_to(SIGN_IN);
    if let Some(cookie) = console.door().forget() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

pub(crate) async fn theme(Form(fields): Form) -> Response {
    let mut response = go_to(inside(fields.get("back")));
    let theme = Theme::parse(fields.shown("theme"));
    response.headers_mut().append(header::SET_COOKIE, theme.set());
    response
}

/// The stream of events, for the one tab of a browser that follows it.
pub(crate) async fn events(
    State(console): State<Console>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let after = last.filter(|last| !last.is_empty()).map(str::to_owned);
    let query = EventQuery { after, ..EventQuery::default() };
    Ok(follow_events(console.service(), visitor.may::<EventsRead>()?, query).await?)
}
