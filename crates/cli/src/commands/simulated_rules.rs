//! The calling rules for phones that nobody has: hours, holidays and caps are shown and stop nothing.

use switchboard::rules::Tables;

use crate::failure::{Failure, Outcome};

const ROWS: &str = include_str!("simulated_rules.tsv");

/// The tables with all these rows.
pub(super) fn tables() -> Outcome<Tables> {
    with(ROWS)
}

/// The tables, with one rule of the built-in ones as it is.
pub(super) fn tables_but(rule: &str) -> Outcome<Tables> {
    let others = ROWS.split_inclusive('\n').filter(|line| line.split('\t').next() != Some(rule));
    with(&others.collect::<String>())
}

fn with(rows: &str) -> Outcome<Tables> {
    Tables::builtin()
        .with_rows("simulated_rules.tsv", rows)
        .map_err(|errors| Failure::local(format!("the rules of the simulation: {errors}")))
}
