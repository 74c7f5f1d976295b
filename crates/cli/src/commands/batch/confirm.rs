//! Asking before many phones ring.

use std::io::{IsTerminal, stderr, stdin};

use crate::{
    failure::{Failure, Outcome},
    output::Output,
};

/// So many calls are placed without a question.
const FEW: usize = 20;

/// True if so many calls may be placed: they are few, or `--yes` was given, or a person says so.
///
/// # Errors
/// Nobody can be asked.
pub(super) fn may_place(calls: usize, yes: bool, output: Output) -> Outcome<bool> {
    if calls <= FEW || yes {
        return Ok(true);
    }
    if output.json || !stdin().is_terminal() || !stderr().is_terminal() {
        return Err(Failure::input(
            "--yes",
            format!(
                "is missing: this batch places {calls} calls, more than {FEW}, and nobody can be asked here; nothing was sent. Look at \
                 them with --dry-run, and add --yes"
            ),
        ));
    }
    output.question(&format!("Place {calls} calls? [y/N] "));
    let mut answer = String::new();
    let read = stdin().read_line(&mut answer);
    let agreed = read.is_ok() && ["y", "yes"].contains(&answer.trim().to_lowercase().as_str());
    if !agreed {
        output.note("nothing was sent");
    }
    Ok(agreed)
}
