//! Ids in paths, queries, and preferences.

use std::{collections::BTreeMap, time::Duration};

use axum::extract::{FromRequestParts, Path};
use http::{HeaderMap, request::Parts};
use jiff::Timestamp;
use switchboard::{CallId, journal::server::BatchId};

use crate::{
    Service,
    extract::unknown_field,
    problem::{Problem, Result},
};

/// The longest wait, below what proxies usually allow.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(55);

/// The id of a call in the path. A text that is no id names no call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallPath(pub(crate) CallId);

impl FromRequestParts<Service> for CallPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self> {
        let Path(text) = Path::<String>::from_request_parts(parts, service)
            .await
            .map_err(|_| Problem::not_found("call"))?;
        text.parse().map(Self).map_err(|_| Problem::not_found("call"))
    }
}

/// The id of a batch in the path. A text that is no id names no batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BatchPath(pub(crate) BatchId);

impl FromRequestParts<Service> for BatchPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self> {
        let Path(text) = Path::<String>::from_request_parts(parts, service)
            .await
            .map_err(|_| Problem::not_found("batch"))?;
        text.parse().map(Self).map_err(|_| Problem::not_found("batch"))
    }
}

/// The parameters of a query. Names that an operation does not know are refused.
#[derive(Debug, Default)]
pub(crate) struct Params(BTreeMap<String, Vec<String>>);

impl FromRequestParts<Service> for Params {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Service) -> Result<Self> {
        let mut params = BTreeMap::<String, Vec<String>>::new();
        let query = parts.uri.query().unwrap_or_default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            params.entry(name.into_owned()).or_default().push(value.into_owned());
        }
        Ok(Self(params))
    }
}

impl Params {
    /// Refuses names other than these.
    pub(crate) fn known(&self, known: &[&str]) -> Result<()> {
        match self.0.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(unknown_field(name, name, known.iter().copied())),
            None => Ok(()),
        }
    }

    /// Every value of a parameter that may be repeated.
    pub(crate) fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// The value of a parameter.
    pub(crate) fn one(&self, name: &'static str) -> Result<Option<&str>> {
        match self.all(name) {
            [] => Ok(None),
            [value] => Ok(Some(value)),
            _ => Err(Problem::invalid(name, "is there more than once", "send it once")),
        }
    }

    /// Every parameter but these, as texts that are the same however the query is written.
    pub(crate) fn canonical(&self, except: &[&str]) -> Vec<String> {
        let kept = self.0.iter().filter(|(name, _)| !except.contains(&name.as_str()));
        let mut texts = Vec::new();
        for (name, values) in kept {
            let mut values = values.clone();
            values.sort_unstable();
            texts.extend(values.into_iter().map(|value| format!("{name}={value}")));
        }
        texts
    }

    /// A switch, off if it is left out.
    pub(crate) fn flag(&self, name: &'static str) -> Result<bool> {
        match self.one(name)? {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Problem::invalid(name, "is no switch", "write true or false")),
        }
    }

    /// A time in RFC 3339.
    pub(crate) fn time(&self, name: &'static str) -> Result<Option<Timestamp>> {
        let parse = |text: &str| {
            text.parse().map_err(|_| {
                Problem::invalid(name, "is not a time", "write it as 2026-02-14T20:00:00Z")
            })
        };
        self.one(name)?.map(parse).transpose()
    }

    /// A position.
    pub(crate) fn integer(&self, name: &'static str) -> Result<Option<i64>> {
        let parse = |text: &str| {
            text.parse().map_err(|_| {
                Problem::invalid(name, "is not a whole number", "send what an answer gave you")
            })
        };
        self.one(name)?.map(parse).transpose()
    }

    /// A number of seconds, or of entries.
    pub(crate) fn number(&self, name: &'static str, least: u32, most: u32) -> Result<Option<u32>> {
        let Some(text) = self.one(name)? else {
            return Ok(None);
        };
        match text.parse::<u32>() {
            Ok(number) if (least..=most).contains(&number) => Ok(Some(number)),
            _ => Err(Problem::invalid(
                name,
                "is out of range",
                format!("write a whole number from {least} to {most}"),
            )),
        }
    }
}

/// How long the client prefers to wait: `Prefer: wait=10`. More than may be waited is taken as that.
pub(crate) fn preferred_wait(headers: &HeaderMap) -> Option<Duration> {
    let values = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    let mut preferences = values.flat_map(|value| value.split(','));
    let wait = preferences.find_map(|one| {
        let (name, value) = one.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("wait")
            .then(|| value.trim().trim_matches('"').parse().ok())?
    });
    wait.map(|seconds: u64| Duration::from_secs(seconds).min(LONGEST_WAIT))
}
