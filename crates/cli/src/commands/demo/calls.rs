//! The calls of the demonstration, as a table that anybody can change.

use std::{io::Read, path::Path};

use serde::Deserialize;
use switchboard::CallRequest;

use crate::failure::{Failure, Outcome};

const BUILT_IN: &str = include_str!("../../../../../examples/calls.csv");

/// What the simulated callee does, beside what the seed draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Callee {
    /// Talks.
    Completed,
    /// Lets it ring.
    NoAnswer,
    /// Talks to somebody else.
    Busy,
    /// Has a machine.
    Voicemail,
    /// Is on a do-not-call list.
    DoNotCall,
    /// Talks, and the provider's answer is lost on its way.
    AnswerLost,
}

/// One call that is asked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    /// Whom to call.
    pub(super) to: String,
    task: String,
    #[serde(default)]
    agent: Option<String>,
    #[serde(default)]
    language: Option<String>,
    /// Words that routes match, with semicolons between.
    #[serde(default)]
    tags: Option<String>,
    #[serde(default)]
    idempotency_key: Option<String>,
    /// For the simulators; it is not sent.
    #[serde(default)]
    pub(super) callee: Option<Callee>,
}

impl Row {
    /// As a product would ask for it.
    pub(super) fn request(&self) -> CallRequest {
        let tags = self.tags.as_deref().unwrap_or_default().split(';');
        CallRequest {
            agent: self.agent.clone(),
            language: self.language.clone(),
            tags: tags.map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
            idempotency_key: self.idempotency_key.clone(),
            ..CallRequest::new(self.to.as_str(), self.task.as_str())
        }
    }
}

/// The rows of a file, or the built-in ones.
pub(super) fn read(file: Option<&Path>) -> Outcome<Vec<Row>> {
    let rows = match file {
        None => parse(BUILT_IN.as_bytes()),
        Some(path) => {
            let problem = |error: &dyn std::fmt::Display| {
                Failure::input("--calls", format!("{}: {error}", path.display()))
            };
            let text = std::fs::read_to_string(path).map_err(|error| problem(&error))?;
            return parse(text.as_bytes()).map_err(|error| problem(&error)).and_then(not_empty);
        }
    };
    rows.map_err(|error| Failure::local(format!("the built-in calls: {error}")))
}

fn parse(text: impl Read) -> Result<Vec<Row>, csv::Error> {
    csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_reader(text)
        .deserialize()
        .collect()
}

fn not_empty(rows: Vec<Row>) -> Outcome<Vec<Row>> {
    if rows.is_empty() {
        return Err(Failure::input(
            "--calls",
            "holds no call: write a line with to and task below the header",
        ));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use jiff::Timestamp;
    use switchboard::ErrorKind;

    use super::*;

    #[test]
    fn the_built_in_calls_show_what_they_have_to() {
        let rows = read(None).unwrap();
        let checked: Vec<_> =
            rows.iter().map(|row| row.request().validate(Timestamp::UNIX_EPOCH)).collect();
        let countries: BTreeSet<_> = checked.iter().flatten().map(|call| call.country()).collect();
        let refused: BTreeSet<_> = checked
            .iter()
            .flat_map(|one| one.as_ref().err())
            .map(|error| error.code().unwrap())
            .collect();
        let american =
            checked.iter().flatten().filter(|call| call.country().as_str() == "US").count();

        assert!(rows.len() >= 40, "{} rows", rows.len());
        assert!(countries.len() >= 12, "{countries:?}");
        assert!(american > 60, "{american} calls that KaiCalls is asked for first");
        assert_eq!(
            refused.into_iter().collect::<Vec<_>>(),
            ["emergency_number", "number_not_e164", "premium_rate_number"]
        );
        for error in checked.iter().flat_map(|one| one.as_ref().err()) {
            assert_eq!(error.kind(), ErrorKind::NumberNotAllowed, "{error}");
        }
    }
}
