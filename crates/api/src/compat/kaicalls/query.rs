//! Queries as KaiCalls reads them: names that are not known have no effect, and a limit above the
//! largest is the largest.

use std::{collections::BTreeMap, convert::Infallible};

use axum::extract::FromRequestParts;
use http::request::Parts;
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    Service,
    problem::{Problem, Result},
};

/// The parameters of a query. The last of several with one name counts.
#[derive(Debug, Default)]
pub(super) struct Query(BTreeMap<String, String>);

impl FromRequestParts<Service> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Service) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()))
    }
}

impl Query {
    /// A text that is not blank.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    /// True if the parameter is there, blank or not.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A text that has to be there.
    pub(super) fn needed(&self, name: &'static str) -> Result<&str> {
        self.text(name).ok_or_else(|| Problem::invalid(name, "is missing", "add it"))
    }

    /// How many entries.
    pub(super) fn limit(&self, usual: usize, most: usize) -> Result<usize> {
        Ok(self.number("limit")?.map_or(usual, |number| number.min(most)))
    }

    /// A number of at least one.
    pub(super) fn number(&self, name: &'static str) -> Result<Option<usize>> {
        let parse = |text: &str| match text.parse::<usize>() {
            Ok(number) if number > 0 => Ok(number),
            _ => Err(Problem::invalid(
                name,
                "is not a number of entries",
                "write a whole number from 1 on",
            )),
        };
        self.text(name).map(parse).transpose()
    }

    /// A time in ISO 8601, or a date: its midnight in UTC.
    pub(super) fn time(&self, name: &'static str) -> Result<Option<Timestamp>> {
        let parse = |text: &str| {
            let date = || {
                let date: Date = text.parse().ok()?;
                Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
            };
            text.parse().ok().or_else(date).ok_or_else(|| {
                let fix = "write it as 2026-02-14T20:00:00Z";
                Problem::invalid(name, "is not a time in ISO 8601", fix)
            })
        };
        self.text(name).map(parse).transpose()
    }
}
