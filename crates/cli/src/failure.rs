//! Why a command stopped: text on stderr, and JSON on stdout for programs.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeStruct};
use switchboard::{ConfigError, Error, ErrorKind};

use crate::{credential::RefusedCredentials, exit::Exit};

/// The result of a command.
pub(crate) type Outcome<T = Exit> = Result<T, Failure>;

/// The reason why a command stopped. As JSON: `{"kind", "code", "field", "message"}`.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    kind: &'static str,
    code: Option<String>,
    field: Option<String>,
    message: String,
    shown: Box<str>,
    refused: Box<RefusedCredentials>,
}

impl Failure {
    /// Bad input. `field` names the argument or setting, `message` says what is wrong and the fix.
    pub(crate) fn input(field: impl Into<String>, message: impl Into<String>) -> Self {
        let (field, message) = (field.into(), message.into());
        Self {
            exit: Exit::BadInput,
            kind: ErrorKind::InvalidRequest.as_str(),
            code: None,
            shown: format!("{field}: {message}").into(),
            field: Some(field),
            message,
            refused: Box::default(),
        }
    }

    /// A failure on this machine, such as a file or a port.
    pub(crate) fn local(message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            exit: Exit::Failed,
            kind: "local",
            code: None,
            field: None,
            shown: message.clone().into(),
            message,
            refused: Box::default(),
        }
    }
}

impl Failure {
    /// The kind, as in JSON.
    pub(crate) fn kind(&self) -> &'static str {
        self.kind
    }

    /// The field or option that is wrong.
    pub(crate) fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// The same under another name of its field, where it is shown. Programs still read the field.
    pub(crate) fn named(mut self, name: &str) -> Self {
        let rest = self.field.as_ref().and_then(|field| self.shown.strip_prefix(field.as_str()));
        if let Some(rest) = rest {
            self.shown = format!("{name}{rest}").into();
        }
        self
    }

    /// The refused credential, if that is what failed.
    pub(crate) fn refused(&self) -> &RefusedCredentials {
        &self.refused
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            exit: Exit::of_kind(error.kind()),
            kind: error.kind().as_str(),
            code: error.code().map(str::to_owned),
            field: error.field().map(str::to_owned),
            message: error.message().to_owned(),
            shown: error.to_string().into(),
            refused: Box::new(RefusedCredentials::of_error(&error)),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let field = match error.problems() {
            [only] if !only.key.is_empty() => Some(only.key.clone()),
            _ => None,
        };
        Self {
            exit: Exit::BadInput,
            kind: ErrorKind::Configuration.as_str(),
            code: None,
            field,
            message: error.to_string(),
            shown: error.to_string().into(),
            refused: Box::default(),
        }
    }
}

impl From<switchboard_api::Problem> for Failure {
    fn from(problem: switchboard_api::Problem) -> Self {
        let shown = problem.to_json(None, None);
        let fix = shown.get("fix").and_then(serde_json::Value::as_str);
        let detail = problem.detail();
        let message = fix.map_or_else(|| detail.to_owned(), |fix| format!("{detail}: {fix}"));
        let is_input = problem.status().is_client_error();
        let field = problem.wrong_field().map(str::to_owned);
        Self {
            exit: if is_input { Exit::BadInput } else { Exit::Failed },
            kind: if is_input { ErrorKind::InvalidRequest.as_str() } else { "local" },
            code: Some(problem.code().as_str().to_owned()),
            shown: field
                .as_ref()
                .map_or_else(|| message.clone(), |field| format!("{field}: {message}"))
                .into(),
            field,
            message,
            refused: Box::default(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl Serialize for Failure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Failure", 4)?;
        out.serialize_field("kind", self.kind)?;
        out.serialize_field("code", &self.code)?;
        out.serialize_field("field", &self.field)?;
        out.serialize_field("message", &self.message)?;
        out.end()
    }
}
