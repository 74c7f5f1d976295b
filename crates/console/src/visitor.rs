//! Somebody who is signed in.

use axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderValue, StatusCode, header, request::Parts};
use switchboard_api::{
    caller::{Allowed, Caller, Scope, ScopeName},
    problem::Problem,
    service::SessionSecret,
    surface::Visit,
};

use crate::{
    console::{Console, SIGN_IN},
    cookies::Theme,
    failure::Failure,
    frame::{Frame, Place},
};

/// Somebody who is signed in, and their request.
#[derive(Debug)]
pub(crate) struct Visitor {
    console: Console,
    visit: Visit,
    /// The same caller, who has not asked for numbers and words.
    masked: Caller,
    secret: SessionSecret,
    theme: Theme,
    /// The path and query of the page.
    pub(crate) address: String,
}

/// Why a page is not shown.
#[derive(Debug)]
pub(crate) enum Turned {
    /// They have to sign in first, and come back to this address.
    SignIn {
        to: String,
        fragment: bool,
    },
    Failed(Problem),
}

impl IntoResponse for Turned {
    fn into_response(self) -> Response {
        match self {
            Self::Failed(problem) => Failure::from(problem).into_response(),
            // A part of a page cannot be replaced by another page: the whole page goes there.
            Self::SignIn { to, fragment: true } => {
                let mut response = StatusCode::NO_CONTENT.into_response();
                if let Ok(to) = HeaderValue::from_str(&to) {
                    response.headers_mut().insert("hx-redirect", to);
                }
                response
            }
            Self::SignIn { to, fragment: false } => Redirect::to(&to).into_response(),
        }
    }
}

impl FromRequestParts<Console> for Visitor {
    type Rejection = Turned;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Turned> {
        let address = parts.uri.path_and_query().map_or("/console", |it| it.as_str()).to_owned();
        let sign_in = || {
            let next: String = url::form_urlencoded::byte_serialize(address.as_bytes()).collect();
            let to = match parts.method.is_safe() {
                true => format!("{SIGN_IN}?next={next}"),
                false => SIGN_IN.to_owned(),
            };
            Turned::SignIn { to, fragment: parts.headers.contains_key("hx-request") }
        };
        let secret = console.door().session(&parts.headers).ok_or_else(sign_in)?;
        let visit = Visit::new(console.service(), parts, &secret).await.map_err(Turned::Failed)?;
        let visit = visit.ok_or_else(sign_in)?;
        let masked = visit.caller.without(ScopeName::CallsContent);
        let theme = Theme::of(&parts.headers);
        Ok(Self { console: console.clone(), visit, masked, secret, theme, address })
    }
}

impl Visitor {
    /// The caller as they have to be where numbers and words were asked for, and for writes.
    pub(crate) fn whole(&self) -> &Caller {
        &self.visit.caller
    }

    /// The proof that they have a scope, to read without numbers and words.
    pub(crate) fn may<S: Scope>(&self) -> Result<Allowed<'_, S>, Problem> {
        self.masked.allowed::<S>()
    }

    /// True if they have a scope.
    pub(crate) fn has(&self, scope: ScopeName) -> bool {
        self.visit.caller.has(scope)
    }

    pub(crate) fn secret(&self) -> &SessionSecret {
        &self.secret
    }

    /// What is around a page.
    pub(crate) fn frame(&self, place: Place, title: impl Into<String>) -> Frame {
        let key = self.whole().key();
        let who = if key.name.is_empty() { key.id.as_str() } else { key.name.as_str() };
        let tenant = key.tenant.as_ref().map_or("every tenant", |tenant| tenant.as_str());
        Frame::new(
            place,
            title.into(),
            |scope| self.has(scope),
            (who.to_owned(), tenant.to_owned()),
            self.theme,
            self.secret.form_token(),
            self.console.settings().simulated,
            &self.address,
        )
    }
}

/// The answer that sends a browser on after a form.
pub(crate) fn go_to(address: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(to) = HeaderValue::from_str(address) {
        response.headers_mut().insert(header::LOCATION, to);
    }
    response
}
