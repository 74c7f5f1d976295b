//! The kind of a request.

use http::{Method, request::Parts};

use super::lists::Of;
use crate::host::{Params, Surface};

pub(super) const KALLYAI: &str = "kallyai";

/// The kind of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    Place,
    List(Of),
    Detail(String),
    Other,
}

impl Asked {
    pub(super) fn of(surface: Surface, parts: &Parts, params: &Params) -> Self {
        let path = parts.uri.path();
        let read = parts.method == Method::GET;
        match path.strip_prefix(surface.place_path) {
            Some("") if parts.method == Method::POST => Self::Place,
            Some("") if read => match params.get("id") {
                Some(id) => Self::Detail(id.to_owned()),
                None if surface.provider == KALLYAI => Self::List(Of::KallyAiCalls),
                None => Self::List(Of::KaiCallsCalls),
            },
            Some(rest) if read && rest.matches('/').count() == 1 => {
                Self::Detail(decoded(rest.trim_start_matches('/')))
            }
            None if read && path == "/api/v1/usage" => Self::List(Of::KaiCallsUsage),
            Some(_) | None => Self::Other,
        }
    }
}

fn decoded(text: &str) -> String {
    Params::parse(&format!("id={text}")).get("id").unwrap_or_default().to_owned()
}
