//! Showing phone numbers in full: on a terminal only, and the audit log says who did.

use jiff::Timestamp;
use serde_json::json;
use switchboard::{
    Journal,
    router::{AuditEntry, AuditTopic},
};

use crate::{
    commands::call::NumberDisplay,
    failure::{Failure, Outcome},
    output::Output,
    setup,
};

/// How numbers are shown. With `--reveal` in full, which is written down first.
///
/// # Errors
/// Wrong input if stdout is not a terminal; an audit log that cannot be written.
pub(super) async fn allow(
    journal: &dyn Journal,
    reveal: bool,
    subject: &str,
    calls: usize,
    output: Output,
) -> Outcome<NumberDisplay> {
    if !reveal {
        return Ok(NumberDisplay::Masked);
    }
    if !output.is_terminal() {
        return Err(Failure::input(
            "--reveal",
            "shows whole phone numbers to whoever reads the terminal, and stdout is none: \
             leave it out; programs read them with --json or from switchboard calls export",
        ));
    }
    let entry = AuditEntry {
        topic: AuditTopic::Call,
        subject: subject.to_owned(),
        what: json!({"reveal": "numbers", "calls": calls}),
        by: setup::operator(None)
            .map_err(|_| Failure::input("--reveal", "is written to the audit log with your name, and the environment names no user: set USER"))?,
        at: Timestamp::now(),
    };
    journal.append_audit(&entry).await?;
    Ok(NumberDisplay::Full)
}
