//! The calling rules for phones that nobody has: hours, holidays and caps are shown and stop nothing.

use switchboard::rules::Tables;
use switchboard_testkit::OPEN_RULES;

use crate::failure::{Failure, Outcome};

/// The tables with all these rows.
pub(super) fn tables() -> Outcome<Tables> {
    with(OPEN_RULES)
}

/// The tables, with one rule of the built-in ones as it is.
pub(super) fn tables_but(rule: &str) -> Outcome<Tables> {
    let others =
        OPEN_RULES.split_inclusive('\n').filter(|line| line.split('\t').next() != Some(rule));
    with(&others.collect::<String>())
}

fn with(rows: &str) -> Outcome<Tables> {
    Tables::builtin()
        .with_rows("open_rules.tsv", rows)
        .map_err(|errors| Failure::local(format!("the rules of the simulation: {errors}")))
}
