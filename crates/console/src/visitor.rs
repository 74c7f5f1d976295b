//! Somebody who is signed in.

use axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderValue, StatusCode, header, request::Parts};
use switchboard::TenantId;
use switchboard_api::{
    caller::{Allowed, Caller, Scope, ScopeName},
    problem::Problem,
    surface::Visit,
};

use crate::{
    console::{Console, SIGN_IN},
    cookies::{self, Theme},
    failure::Failure,
    frame::{Frame, Place},
    session::{self, Session},
};

/// Somebody who is signed in, and their request.
#[derive(Debug)]
pub(crate) struct Visitor {
    console: Console,
    visit: Visit,
    /// The same caller, who acts for the tenant that they chose.
    chosen: Caller,
    /// The one who chose, and has not asked for numbers and words.
    masked: Caller,
    /// The one who signed in, without numbers and words.
    everybodys: Caller,
    session: Session,
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
        let entered = session::enter(console, parts).await.map_err(Turned::Failed)?;
        let (visit, session) = entered.ok_or_else(sign_in)?;
        let tenant = cookies::tenant(&parts.headers);
        let chosen = tenant.and_then(|tenant| visit.caller.within(&tenant));
        let chosen = chosen.unwrap_or_else(|| Caller::clone(&visit.caller));
        let masked = chosen.without(ScopeName::CallsContent);
        let everybodys = visit.caller.without(ScopeName::CallsContent);
        let theme = Theme::of(&parts.headers);
        Ok(Self {
            console: console.clone(),
            visit,
            chosen,
            masked,
            everybodys,
            session,
            theme,
            address,
        })
    }
}

impl Visitor {
    /// Who signed in.
    pub(crate) fn who(&self) -> &Caller {
        &self.visit.caller
    }

    /// The tenant whose things are shown: the key's, or the one that was chosen. `None`: everybody's.
    pub(crate) fn tenant(&self) -> Option<&TenantId> {
        self.chosen.tenant()
    }

    /// The proof that they have a scope, to read without numbers and words.
    pub(crate) fn may<S: Scope>(&self) -> Result<Allowed<'_, S>, Problem> {
        Self::of::<S>(&self.masked, &self.everybodys)
    }

    /// The proof that they have a scope, where numbers and words were asked for, and for writes.
    pub(crate) fn may_in_full<S: Scope>(&self) -> Result<Allowed<'_, S>, Problem> {
        Self::of::<S>(&self.chosen, &self.visit.caller)
    }

    /// The proof that they have a scope, whichever tenant they chose.
    pub(crate) fn may_for_everybody<S: Scope>(&self) -> Result<Allowed<'_, S>, Problem> {
        self.everybodys.allowed::<S>()
    }

    /// What concerns every tenant does not depend on the one that was chosen.
    fn of<'a, S: Scope>(chosen: &'a Caller, all: &'a Caller) -> Result<Allowed<'a, S>, Problem> {
        let concerns_all = S::NAME.is_some_and(ScopeName::is_for_operators);
        if concerns_all { all.allowed::<S>() } else { chosen.allowed::<S>() }
    }

    /// True if they have a scope.
    pub(crate) fn has(&self, scope: ScopeName) -> bool {
        self.visit.caller.has(scope)
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// What is around a page.
    pub(crate) fn frame(&self, place: Place, title: impl Into<String>) -> Frame {
        let key = self.who().key();
        let who = if key.name.is_empty() { key.id.as_str() } else { key.name.as_str() };
        let tenant = match (&key.tenant, self.tenant()) {
            (Some(own), _) => (own.as_str().to_owned(), None),
            (None, None) => ("every tenant".to_owned(), Some(String::new())),
            (None, Some(chosen)) => {
                (format!("looks at {chosen}"), Some(chosen.as_str().to_owned()))
            }
        };
        Frame::new(
            place,
            title.into(),
            |scope| self.has(scope),
            who.to_owned(),
            tenant,
            self.theme,
            self.session.form_token(&self.console, self.who()),
            self.console.settings().simulated,
            &self.address,
        )
        .with_sign_out(matches!(self.session, Session::Key(_)))
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
