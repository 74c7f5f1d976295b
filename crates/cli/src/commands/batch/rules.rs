//! What the calling rules say about all rows, in a few lines.

use jiff::Timestamp;
use switchboard::core::{RuleDecision, RuleVerdict};
use switchboard_batch::Verdicts;

use crate::{commands::rules::source::Asking, output::Output, rules_state};

/// The most times until which rows wait that are listed.
const MOST_TIMES: usize = 6;

/// True if the rules would never let this row pass.
pub(super) fn is_refused(decision: &RuleDecision) -> bool {
    match decision.verdict {
        RuleVerdict::Allow => false,
        RuleVerdict::Wait => decision.wait_until.is_none(),
        RuleVerdict::Refuse => true,
    }
}

/// What was decided about the rows.
#[derive(Debug, Default)]
pub(super) struct Counted(Verdicts);

impl Counted {
    pub(super) fn add(&mut self, decision: &RuleDecision) {
        self.0.add(decision);
    }

    pub(super) fn refused(&self) -> usize {
        self.0.refused
    }

    /// Prints them on stderr, where the other counts are.
    pub(super) fn show(&self, asking: &Asking, now: Timestamp, output: Output) {
        if let Some(reason) = asking.rules.off() {
            output.note(format!(
                "the calling rules are off ({reason}): no row was asked about, and only opt-outs are checked before a call"
            ));
            return;
        }
        let tables = asking.rules.tables();
        let all = self.0.rows();
        output.note(format!(
            "the calling rules, tables {}: no rule stops {} of {all} rows",
            tables.version(),
            self.0.allowed
        ));
        for (until, rows) in self.0.waiting.iter().take(MOST_TIMES) {
            let wait = if *rows == 1 { "waits" } else { "wait" };
            output.note(format!("  {rows} of {all} {wait} until {until}"));
        }
        match self.0.waiting.len().saturating_sub(MOST_TIMES) {
            0 => {}
            more => output.note(format!("  others wait until {more} other times")),
        }
        if self.0.refused > 0 {
            let are = if self.0.refused == 1 { "is" } else { "are" };
            output.note(format!("  {} of {all} {are} refused:", self.0.refused));
            for (rule, by) in &self.0.refused_by {
                output.note(format!("    {} {} ({rule}, {})", by.rows, by.lack(), by.as_of));
            }
        }
        for (rule, rows) in &self.0.warned_by {
            output.note(format!("  {rule} warns about {rows}"));
        }
        if asking.ledger.is_none() && all > 0 {
            output.note("  there is no ledger yet, so nothing is known about the callees");
        }
        rules_state::note_age(tables, now, output);
    }
}
