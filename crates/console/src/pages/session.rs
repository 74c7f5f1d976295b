//! Signing in and out, light or dark, and the stream of events.

use std::{net::IpAddr, time::Duration};

use askama::Template;
use axum::{
    body::Body,
    extract::{Query, State},
    response::Response,
};
use futures::StreamExt;
use http::{HeaderMap, StatusCode, header, request::Parts};
use serde::Deserialize;
use switchboard_api::{
    Code, Service,
    caller::EventsRead,
    problem::Problem,
    service::EventQuery,
    surface::{address, follow_events},
};

use crate::{
    SignIn,
    assets::{ASSETS, Assets},
    console::{Console, SIGN_IN},
    cookies::{self, Door, Theme},
    failure::{Failure, page},
    form::{Form, OpenForm},
    session::Session,
    visitor::{Visitor, go_to},
};

/// How often a stream looks whether its session is over.
const LOOK_EVERY: Duration = Duration::from_secs(2);

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
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
    match console.settings().sign_in {
        SignIn::Key => asked(&console, Theme::of(&headers), query.next.as_deref(), None),
        // They are signed in, or that page says why they are not.
        SignIn::Proxy(_) => Ok(go_to(inside(query.next.as_deref()))),
    }
}

/// There is nothing to sign in to or out of here.
fn at_the_proxy() -> Failure {
    let detail = "people sign in and out at the proxy in front of this server";
    Problem::new(Code::SignInRefused, detail).fix("sign in or out there").into()
}

fn asked(
    console: &Console,
    theme: Theme,
    next: Option<&str>,
    wrong: Option<&Problem>,
) -> Result<Response, Failure> {
    let mut response = page(&SignInPage {
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
    if matches!(console.settings().sign_in, SignIn::Proxy(_)) {
        return Err(at_the_proxy());
    }
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
    let Session::Key(secret) = visitor.session() else {
        return Err(at_the_proxy());
    };
    console.service().sign_out(visitor.who(), secret).await?;
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

/// Chooses the tenant whose things are shown from now on, or every tenant.
pub(crate) async fn tenant(visitor: Visitor, Form(fields): Form) -> Result<Response, Failure> {
    if visitor.who().tenant().is_some() {
        let detail = "this sign-in acts for one tenant";
        return Err(Problem::new(Code::TenantNotAllowed, detail).field("tenant").into());
    }
    let mut response = go_to(list(inside(fields.get("back"))));
    if let Some(cookie) = cookies::set_tenant(fields.get("tenant")) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// The page that lists what a page is about, which may be another tenant's.
fn list(address: &str) -> &str {
    let path = address.split('?').next().unwrap_or(address);
    let end = path.match_indices('/').nth(2).map_or(path.len(), |(at, _)| at);
    path.get(..end).unwrap_or(path)
}

/// The stream of events, for the one tab of a browser that follows it. It ends with the session,
/// wherever they signed out, or after the time for which a proxy's word is taken.
pub(crate) async fn events(
    State(console): State<Console>,
    visitor: Visitor,
    parts: Parts,
) -> Result<Response, Failure> {
    let (service, headers) = (console.service(), &parts.headers);
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let after = last.filter(|last| !last.is_empty()).map(str::to_owned);
    let query = EventQuery { after, ..EventQuery::default() };
    let followed =
        follow_events(service, visitor.may_for_everybody::<EventsRead>()?, query).await?;
    let over = over(service.clone(), visitor.session().clone(), address(service, &parts));
    Ok(followed.map(|events| Body::from_stream(events.into_data_stream().take_until(over))))
}

/// Waits until the session is over. A ledger that cannot be read ends nothing.
async fn over(service: Service, session: Session, from: Option<IpAddr>) {
    let secret = match session {
        Session::Key(secret) => secret,
        Session::Proxy(sign_in) => return service.clock().sleep(sign_in.stream_lifetime).await,
    };
    loop {
        service.clock().sleep(LOOK_EVERY).await;
        if let Ok(None) = service.session(&secret, from).await {
            return;
        }
    }
}
