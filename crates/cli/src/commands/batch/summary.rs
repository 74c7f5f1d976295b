//! The summary that a batch ends with, as JSON or as a table.

use std::{collections::BTreeMap, path::PathBuf};

use jiff::Timestamp;
use serde::Serialize;
use switchboard::{CallStatus, Country, Currency, Money, Outcome, ProviderId};

use crate::{commands::batch::refusals::TOO_MANY, output::Output};

/// The object that `--json` prints last.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    /// The name of the batch.
    pub(super) batch: String,
    /// Rows in the table.
    pub(super) rows: usize,
    /// Rows that became a call in this run.
    pub(super) submitted: usize,
    /// Of these, rows whose earlier call was refused without a phone ringing.
    pub(super) tried_again: usize,
    /// Rows that became a call in an earlier run.
    pub(super) replayed: usize,
    /// The time of the first of these calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) replayed_since: Option<Timestamp>,
    /// Of these, rows whose details have changed since.
    pub(super) with_other_details: usize,
    /// Rows whose call is settled, by status.
    pub(super) settled: BTreeMap<&'static str, usize>,
    /// Rows whose call reached a phone, by outcome.
    pub(super) outcomes: BTreeMap<Outcome, usize>,
    /// Rows that did not become a call.
    pub(super) rejected: usize,
    /// Of these, rows that were held back as duplicates of another call.
    pub(super) held_back: usize,
    /// The time of the first of these other calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) held_back_since: Option<Timestamp>,
    /// Rejected rows and refused calls, by reason.
    pub(super) reasons: BTreeMap<String, usize>,
    /// Rows whose call is not settled and is not waited for.
    pub(super) unsettled: usize,
    /// Of these, calls that were not sent yet.
    pub(super) not_sent: usize,
    /// Rows that were not started.
    pub(super) not_started: usize,
    /// True if the batch stopped because the transcripts of two calls do not show the first words
    /// that a rule asks for.
    pub(super) first_words_missing: bool,
    /// The refusal that paused the batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) paused_by: Option<String>,
    /// Numbers that were read as dialled in a default country, by the country they belong to.
    pub(super) default_country_used: BTreeMap<Country, usize>,
    /// Providers that refused their credential.
    pub(super) credentials_refused: Vec<ProviderId>,
    /// Calls that rang twice because of a fault. The ledger prevents it.
    pub(super) rang_twice: usize,
    /// The sum of the bills.
    pub(super) cost: Bill,
    /// The table of results.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) results: Option<PathBuf>,
    /// Calls that were sent, and left before they were settled.
    #[serde(skip)]
    pub(super) lost: usize,
    /// Calls that were left before they were sent: no phone rang.
    #[serde(skip)]
    pub(super) left_unsent: usize,
}

/// The sum of the bills, and how many calls have none: an unknown cost is not zero.
#[derive(Debug, Serialize)]
pub(super) struct Bill {
    #[serde(flatten)]
    pub(super) sum: Money,
    pub(super) calls_without_bill: usize,
}

impl Summary {
    pub(super) fn new(batch: &str, rows: usize, currency: Currency) -> Self {
        Self {
            batch: batch.to_owned(),
            rows,
            submitted: 0,
            tried_again: 0,
            replayed: 0,
            replayed_since: None,
            with_other_details: 0,
            settled: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            rejected: 0,
            held_back: 0,
            held_back_since: None,
            reasons: BTreeMap::new(),
            unsettled: 0,
            not_sent: 0,
            not_started: 0,
            first_words_missing: false,
            paused_by: None,
            default_country_used: BTreeMap::new(),
            credentials_refused: Vec::new(),
            rang_twice: 0,
            cost: Bill { sum: Money::from_micros(0, currency), calls_without_bill: 0 },
            results: None,
            lost: 0,
            left_unsent: 0,
        }
    }

    /// The number of rows whose call has this status.
    pub(super) fn count(&self, status: CallStatus) -> usize {
        self.settled.get(status.as_str()).copied().unwrap_or_default()
    }

    pub(super) fn show(&self, output: Output) {
        let counts = |counts: Vec<(String, usize)>| {
            let parts: Vec<String> =
                counts.into_iter().map(|(name, count)| format!("{name} {count}")).collect();
            if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
        };
        let named = |map: &BTreeMap<&'static str, usize>| {
            map.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
        };
        let unknown = match self.cost.calls_without_bill {
            0 => String::new(),
            calls => format!(", and {calls} calls without a bill"),
        };
        let since = |count: usize, since: Option<Timestamp>| match since {
            Some(since) => format!("{count}, since {since:.0}"),
            None => count.to_string(),
        };
        let rows = [
            ("batch", self.batch.clone()),
            ("rows", self.rows.to_string()),
            (
                "numbers without +, by country",
                counts(
                    self.default_country_used
                        .iter()
                        .map(|(country, count)| (country.to_string(), *count))
                        .collect(),
                ),
            ),
            ("new calls", self.submitted.to_string()),
            ("  tried again after a refusal", self.tried_again.to_string()),
            ("calls of an earlier run", since(self.replayed, self.replayed_since)),
            ("  with changed details", self.with_other_details.to_string()),
            ("settled", counts(named(&self.settled))),
            (
                "outcomes",
                counts(
                    self.outcomes
                        .iter()
                        .map(|(outcome, count)| (outcome.to_string(), *count))
                        .collect(),
                ),
            ),
            ("rejected", self.rejected.to_string()),
            ("  held back", since(self.held_back, self.held_back_since)),
            (
                "reasons",
                counts(
                    self.reasons.iter().map(|(reason, count)| (reason.clone(), *count)).collect(),
                ),
            ),
            ("left at their providers", (self.unsettled - self.not_sent).to_string()),
            ("left in the ledger, not sent", self.not_sent.to_string()),
            ("not started", self.not_started.to_string()),
            ("rang twice", self.rang_twice.to_string()),
            ("billed", format!("{}{unknown}", self.cost.sum)),
        ];
        output.table(&["what", "how many"], rows.map(|(what, value)| vec![what.to_owned(), value]));
    }

    /// Prints what to do next. `fix` is for a batch that paused.
    pub(super) fn advise(&self, fix: &str, output: Output) {
        let batch = quoted(&self.batch);
        if self.count(CallStatus::Indeterminate) + self.count(CallStatus::Stalled) > 0 {
            output.note(
                "some calls may have rung without a known result: switchboard calls list --status indeterminate --status stalled",
            );
        }
        if self.replayed > 0 {
            output.note(format!(
                "{} rows were already calls of the batch {batch} and are not called again; with another --name they would be another batch",
                self.replayed
            ));
        }
        if self.with_other_details > 0 {
            output.note(format!(
                "{} of them have other details now than when they were called; only the person and the task identify a row",
                self.with_other_details
            ));
        }
        if let Some(since) = self.held_back_since {
            output.note(format!(
                "{} rows are held back: since {since:.0}, these people were called with the same task or are waiting to be; --again calls them anyway",
                self.held_back
            ));
        }
        if self.not_sent > 0 {
            let (calls, they, them) = match self.not_sent {
                1 => ("1 call stays in the ledger and was not sent".to_owned(), "it is", "it"),
                calls => (
                    format!("{calls} calls stay in the ledger and were not sent"),
                    "they are",
                    "them",
                ),
            };
            output.note(format!(
                "{calls}: {they} placed when this batch is run again, or by another running process; \
                 to cancel {them}: switchboard calls cancel --batch {batch}"
            ));
        }
        if self.first_words_missing {
            output.note(
                "stopped because agents leave out what they have to say first: switchboard calls show ID names the words; correct the agents, and \
                 run the same command again, which continues with the rows that were not started",
            );
        } else if let Some(by) = &self.paused_by {
            output.note(format!(
                "paused after {TOO_MANY} identical refusals in a row ({by}): {}, and run the same command again, which continues with the rows \
                 that were not started; --no-pause starts all of them in any case",
                fix
            ));
        } else if self.not_started > 0 {
            output.note(
                "run the same command again: it continues with the rows that were not started",
            );
        }
    }
}

/// Quotes a name for a shell.
fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if name.chars().all(plain) {
        return name.to_owned();
    }
    format!("'{}'", name.replace('\'', "'\\''"))
}
