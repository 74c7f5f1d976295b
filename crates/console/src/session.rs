//! How it is known who sends a request: by the session of a key, or by what a proxy says.

use std::sync::Arc;

use http::request::Parts;
use subtle::ConstantTimeEq;
use switchboard_api::{
    Code, Problem,
    caller::{Caller, ProxySignIn},
    problem::Result,
    service::SessionSecret,
    surface::Visit,
};

use crate::{SignIn, console::Console, cookies::Door};

/// How it is known who sends a request.
#[derive(Debug, Clone)]
pub(crate) enum Session {
    /// They pasted a key, and the browser has a session's secret.
    Key(SessionSecret),
    /// A proxy names them in each request.
    Proxy(Arc<ProxySignIn>),
}

impl Session {
    /// The token of forms.
    pub(crate) fn form_token(&self, console: &Console, who: &Caller) -> String {
        match self {
            Self::Key(secret) => secret.form_token(),
            Self::Proxy(_) => console.service().form_token(who),
        }
    }
}

/// Who sends a request, which is counted. `None`: they have to sign in.
pub(crate) async fn enter(console: &Console, parts: &Parts) -> Result<Option<(Visit, Session)>> {
    let service = console.service();
    match &console.settings().sign_in {
        SignIn::Key => {
            let Some(secret) = console.door().session(&parts.headers) else { return Ok(None) };
            let visit = Visit::new(service, parts, &secret).await?;
            Ok(visit.map(|visit| (visit, Session::Key(secret))))
        }
        SignIn::Proxy(sign_in) => {
            let person = person(console, sign_in, parts)?;
            let visit = Visit::of(service, parts, Arc::new(person))?;
            Ok(Some((visit, Session::Proxy(Arc::clone(sign_in)))))
        }
    }
}

/// True if a form has the token of whoever sends it.
pub(crate) fn is_form_token(console: &Console, parts: &Parts, sent: &str) -> Result<bool> {
    match &console.settings().sign_in {
        SignIn::Key => {
            let Some(secret) = console.door().session(&parts.headers) else { return Ok(false) };
            Ok(sent.as_bytes().ct_eq(secret.form_token().as_bytes()).into())
        }
        SignIn::Proxy(sign_in) => {
            let person = person(console, sign_in, parts)?;
            Ok(console.service().is_form_token(&person, sent))
        }
    }
}

fn person(console: &Console, sign_in: &ProxySignIn, parts: &Parts) -> Result<Caller> {
    if *console.door() == Door::Closed {
        let detail = "this server is reached over plain http, so nobody can sign in";
        return Err(Problem::new(Code::SignInRefused, detail)
            .fix("end TLS at the proxy, and write public_url of [server] with https://"));
    }
    console.service().person(sign_in, parts)
}
