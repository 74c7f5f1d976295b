//! What everybody should know about the calling rules of a configuration: that they are off, or that
//! their tables are old.

use switchboard::{Policy, jiff::Timestamp, rules::Tables};

use crate::output::Output;

/// Prints on stderr that the rules are off and why, or that their tables are old.
pub(crate) fn note(policy: &Policy, tables: &Tables, output: Output) {
    match &policy.rules.off {
        Some(reason) => output.note(format!(
            "warning: the calling rules are off ({reason}): only opt-outs are checked before a call"
        )),
        None => note_age(tables, Timestamp::now(), output),
    }
}

/// Prints on stderr that the tables are old, if they are.
pub(crate) fn note_age(tables: &Tables, now: Timestamp, output: Output) {
    if let Some(days) = tables.age_if_old(now) {
        output.note(format!(
            "warning: the tables of calling rules are of {}, {days} days ago: update Switchboard",
            tables.as_of()
        ));
    }
}
