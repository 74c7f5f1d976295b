//! The error for a call that may be the same as an earlier one.

use switchboard_core::{CallId, Error};
use switchboard_journal::DuplicateOf;

use crate::row::moment;

/// The earlier call was received at `since`, in microseconds.
pub(crate) fn possible_duplicate(call: CallId, since: i64) -> Error {
    match moment(since, format_args!("the call {call}")) {
        Ok(since) => DuplicateOf { call, since }.into(),
        Err(unreadable) => unreadable,
    }
}
