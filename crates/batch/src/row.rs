//! A row, and why it does not become a call.

use std::fmt;

use switchboard_core::{CallRequest, Error, ErrorKind};

/// One row. Rows count from 1, without the header and blank rows.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its number.
    pub number: usize,
    /// The line on which it starts, counted from 1.
    pub line: u64,
    /// The number to call as it is written, if the row has one.
    pub to: Option<String>,
    /// The request, or why the row cannot be read.
    pub request: Result<CallRequest, RowFault>,
}

/// Why a row cannot be read. No cell is repeated, since it may contain a phone number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// The field that is wrong, if it is about one.
    pub field: Option<String>,
    /// The problem and the fix, behind a colon.
    pub problem: String,
}

impl RowFault {
    pub(crate) fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { field: Some(field.into()), problem: problem.into() }
    }

    pub(crate) fn of_row(problem: impl Into<String>) -> Self {
        Self { field: None, problem: problem.into() }
    }
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = &self.field {
            write!(f, "{field}: ")?;
        }
        f.write_str(&self.problem)
    }
}

/// Why a row did not become a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The field that is wrong, if it is about one.
    pub field: Option<String>,
    /// The reason with the field and the fix, for people.
    pub detail: String,
    /// The reason as a code, for JSON.
    pub reason: String,
}

impl Rejection {
    /// The row is the same as an earlier one.
    pub fn repeated(first: usize) -> Self {
        Self {
            field: None,
            detail: format!(
                "is the same as row {first}: if you mean both, give each its own idempotency_key"
            ),
            reason: ErrorKind::PossibleDuplicate.as_str().to_owned(),
        }
    }

    /// The detail without the field and the fix, and the fix.
    pub fn problem_and_fix(&self) -> (&str, Option<&str>) {
        let of_field = self.field.as_deref().and_then(|field| {
            let rest = self.detail.strip_prefix(field)?;
            rest.strip_prefix(": ")
        });
        let text = of_field.unwrap_or(&self.detail);
        match text.rsplit_once(": ") {
            Some((problem, fix)) => (problem, Some(fix)),
            None => (text, None),
        }
    }
}

impl From<RowFault> for Rejection {
    fn from(fault: RowFault) -> Self {
        Self { detail: fault.to_string(), field: fault.field, reason: "invalid_request".to_owned() }
    }
}

impl From<Error> for Rejection {
    fn from(error: Error) -> Self {
        Self {
            field: error.field().map(str::to_owned),
            reason: error.code().unwrap_or(error.kind().as_str()).to_owned(),
            detail: error.to_string(),
        }
    }
}
