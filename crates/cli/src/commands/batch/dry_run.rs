//! `--dry-run`: how each row is read, and what the calling rules say about it. Nothing is sent, and
//! nothing is written.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use switchboard::{
    Country, ErrorKind, ValidCall,
    core::{RuleDecision, RuleVerdict, text::mask},
};
use switchboard_batch::{Checked, Checker, Rejection, Table};

use crate::{
    cli::Common,
    commands::{
        batch::rules,
        rules::source::{self, Asking},
    },
    exit::Exit,
    failure::Outcome,
    output::Output,
    setup,
};

/// One row, as it was read.
#[derive(Debug, Serialize)]
struct ReadRow {
    row: usize,
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<Country>,
    /// True if the number has no + and was read as dialled in a country.
    default_country_used: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// What the calling rules say; left out for a row that is wrong, and if they are off.
    #[serde(skip_serializing_if = "Option::is_none")]
    rules: Option<RowRules>,
}

/// What the calling rules say about a row.
#[derive(Debug, Serialize)]
struct RowRules {
    verdict: RuleVerdict,
    wait_until: Option<Timestamp>,
    /// The rules that stop it.
    stopped_by: Vec<String>,
}

impl From<&RuleDecision> for RowRules {
    fn from(decision: &RuleDecision) -> Self {
        Self {
            verdict: decision.verdict,
            wait_until: decision.wait_until,
            stopped_by: decision.stops().map(|stop| stop.rule.clone()).collect(),
        }
    }
}

impl RowRules {
    fn remark(&self) -> String {
        match (self.verdict, self.wait_until) {
            (RuleVerdict::Allow, _) => String::new(),
            (RuleVerdict::Wait, Some(at)) => format!("waits until {at:.0}"),
            (RuleVerdict::Wait, None) | (RuleVerdict::Refuse, _) => {
                format!("refused: {}", self.stopped_by.join(", "))
            }
        }
    }
}

/// Prints each row as it was read, what is wrong with it, and what the rules say.
pub(super) async fn run(
    common: &Common,
    table: &Table,
    mut checker: Checker,
    output: Output,
) -> Outcome {
    let source = source::of(setup::read(common)?)?;
    checker.set_fallback(source.policy.default_country);
    let asking = source.asking(common, None, output).await?;
    let now = Timestamp::now();
    let (mut rows, mut verdicts) = (Vec::with_capacity(table.len()), rules::Counted::default());
    for row in table.rows() {
        let Checked { number, line, call, default_country_used, .. } = checker.check(row, now);
        let asked = match call {
            Ok(call) => {
                let decision = ask(&asking, &call, now).await?;
                decision.map(|decision| (call, decision))
            }
            Err(rejection) => Err(rejection),
        };
        let (call, decision, rejection) = match asked {
            Ok((call, decision)) => (Some(call), decision, None),
            Err(rejection) => (None, None, Some(rejection)),
        };
        if let Some(decision) = &decision {
            verdicts.add(decision);
        }
        rows.push(ReadRow {
            row: number,
            line,
            to: call.as_ref().map(|call| call.to.masked()),
            country: call.as_ref().map(ValidCall::country),
            default_country_used,
            reason: rejection.as_ref().map(|one| one.reason.clone()),
            // Messages repeat parts of cells, and any cell may contain a phone number.
            detail: rejection.map(|one| mask(&one.detail)),
            rules: decision.as_ref().map(RowRules::from),
        });
    }
    let wrong = rows.iter().filter(|row| row.reason.is_some()).count();
    if output.json {
        rows.iter().for_each(|row| output.object_line(row));
    } else {
        output.table(&["row", "line", "to", "country", "remarks"], rows.iter().map(cells));
    }
    output.note(format!(
        "batch {:?}: {} of {} rows are valid; nothing was sent, and the ledger was not checked for earlier calls",
        checker.keys().name(),
        rows.len() - wrong,
        rows.len()
    ));
    verdicts.show(&asking, now, output);
    Ok(if wrong > 0 || verdicts.refused() > 0 { Exit::NotPlaced } else { Exit::Done })
}

fn cells(read: &ReadRow) -> Vec<String> {
    let country = read.country.map_or_else(String::new, |country| country.to_string());
    let dialled = read.default_country_used.then(|| "read as dialled".to_owned());
    let rules = read.rules.as_ref().map(RowRules::remark).filter(|remark| !remark.is_empty());
    let remarks: Vec<_> = read.detail.clone().into_iter().chain(dialled).chain(rules).collect();
    vec![
        read.row.to_string(),
        read.line.to_string(),
        read.to.clone().unwrap_or_default(),
        country,
        remarks.join("; "),
    ]
}

/// What the rules say about a row when it may be sent. `None` if they are off.
async fn ask(
    asking: &Asking,
    call: &ValidCall,
    now: Timestamp,
) -> Outcome<Result<Option<RuleDecision>, Rejection>> {
    let at = call.window.opens.map_or(now, |opens| opens.max(now));
    match asking.rules.check(&Arc::new(call.clone()), at, now).await {
        Ok(checked) => Ok(Ok(checked.off.is_none().then_some(checked.decision))),
        Err(error) if error.kind() == ErrorKind::InvalidRequest => Ok(Err(Rejection::from(error))),
        Err(error) => Err(error.into()),
    }
}
