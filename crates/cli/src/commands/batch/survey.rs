//! What a batch would do: which rows are right, which are calls already, what the calling rules say,
//! and what the new calls need. Nothing is sent, and nothing is written.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use switchboard::{
    Country, ErrorKind, Policy, ValidCall,
    core::{RuleDecision, RuleVerdict, text::mask},
};
use switchboard_batch::{Checked, Checker, Rejection, Table};

use super::{
    earlier::{self, Earlier},
    outlook::Outlook,
    rules,
};
use crate::{
    cli::Common,
    commands::{
        plan::Planner,
        rules::source::{self, Asking},
    },
    failure::Outcome,
    output::Output,
    setup,
};

/// One row, as it was read.
#[derive(Debug, Serialize)]
pub(super) struct ReadRow {
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
    /// What the calling rules say; left out for a row that is wrong or a call already, and if they
    /// are off.
    #[serde(skip_serializing_if = "Option::is_none")]
    rules: Option<RowRules>,
    /// `call_of_this_batch` or `possible_duplicate` for a row that would not be a new call.
    #[serde(skip_serializing_if = "Option::is_none")]
    earlier: Option<&'static str>,
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

/// What a batch would do.
pub(super) struct Survey {
    pub(super) rows: Vec<ReadRow>,
    name: String,
    /// Wrong rows, by reason.
    reasons: BTreeMap<String, usize>,
    /// Rows that are calls of an earlier run.
    same_rows: usize,
    /// Rows that are held back, and since when the first of their calls is there.
    duplicates: usize,
    duplicates_since: Option<Timestamp>,
    /// Rows whose own window opens later, with the first and the last opening.
    later: usize,
    opens: Option<(Timestamp, Timestamp)>,
    verdicts: rules::Counted,
    outlook: Outlook,
    policy: Policy,
    asking: Asking,
    now: Timestamp,
}

impl Survey {
    /// Reads the table. `pace` is the most rows that are started in a minute.
    pub(super) async fn read(
        common: &Common,
        table: &Table,
        mut checker: Checker,
        pace: Option<u32>,
        output: Output,
    ) -> Outcome<Self> {
        let source = source::of(setup::read(common)?)?;
        checker.set_fallback(source.policy.default_country);
        let (policy, planner) = (source.policy.clone(), Planner::new(source.policy.clone(), None));
        let mut survey = Self {
            rows: Vec::with_capacity(table.len()),
            name: checker.keys().name().to_owned(),
            reasons: BTreeMap::new(),
            same_rows: 0,
            duplicates: 0,
            duplicates_since: None,
            later: 0,
            opens: None,
            verdicts: rules::Counted::default(),
            outlook: Outlook::new(&policy),
            policy,
            asking: source.asking(common, None, output).await?,
            now: Timestamp::now(),
        };
        let spinner = output.spinner(format!("reading {} rows", table.len()));
        for row in table.rows() {
            let checked = checker.check(row, survey.now);
            survey.add(checked, &checker, &planner).await?;
        }
        spinner.finish_and_clear();
        survey.outlook.finish(&survey.policy, pace);
        Ok(survey)
    }

    async fn add(&mut self, row: Checked, checker: &Checker, planner: &Planner) -> Outcome<()> {
        let Checked { number, line, call, default_country_used, .. } = row;
        let (call, rejection) = match call {
            Ok(call) => (Some(call), None),
            Err(rejection) => (None, Some(rejection)),
        };
        let earlier = match &call {
            Some(call) => self.earlier(call, checker).await?,
            None => Earlier::None,
        };
        let asked = match &call {
            Some(call) if earlier == Earlier::None => self.ask(call).await?,
            Some(_) | None => Ok(None),
        };
        let (decision, rejection) = match asked {
            Ok(decision) => (decision, rejection),
            Err(refused) => (None, Some(refused)),
        };
        let call = call.filter(|_| rejection.is_none());
        if let Some(decision) = &decision {
            self.verdicts.add(decision);
        }
        if let Some(call) = call.as_ref().filter(|_| earlier == Earlier::None) {
            let refused = decision.as_ref().is_some_and(rules::is_refused);
            self.new_call(call, refused, planner);
        }
        if let Some(rejection) = &rejection {
            *self.reasons.entry(rejection.reason.clone()).or_default() += 1;
        }
        self.rows.push(ReadRow {
            row: number,
            line,
            to: call.as_ref().map(|call| call.to.masked()),
            country: call.as_ref().map(ValidCall::country),
            default_country_used,
            reason: rejection.as_ref().map(|one| one.reason.clone()),
            // Messages repeat parts of cells, and any cell may contain a phone number.
            detail: rejection.map(|one| mask(&one.detail)),
            rules: decision.as_ref().map(RowRules::from),
            earlier: match earlier {
                Earlier::None => None,
                Earlier::SameRow => Some("call_of_this_batch"),
                Earlier::Duplicate(_) => Some("possible_duplicate"),
            },
        });
        Ok(())
    }

    async fn earlier(&mut self, call: &ValidCall, checker: &Checker) -> Outcome<Earlier> {
        let Some(ledger) = &self.asking.ledger else {
            return Ok(Earlier::None);
        };
        let earlier = earlier::of(ledger, &self.policy, checker.keys(), call, self.now).await?;
        match earlier {
            Earlier::None => {}
            Earlier::SameRow => self.same_rows += 1,
            Earlier::Duplicate(since) => {
                self.duplicates += 1;
                let first = self.duplicates_since.map_or(since, |first| first.min(since));
                self.duplicates_since = Some(first);
            }
        }
        Ok(earlier)
    }

    /// What the rules say about a row when it may be sent. `None` if they are off.
    async fn ask(&self, call: &ValidCall) -> Outcome<Result<Option<RuleDecision>, Rejection>> {
        let at = call.window.opens.map_or(self.now, |opens| opens.max(self.now));
        match self.asking.rules.check(&Arc::new(call.clone()), at, self.now).await {
            Ok(checked) => Ok(Ok(checked.off.is_none().then_some(checked.decision))),
            Err(error) if error.kind() == ErrorKind::InvalidRequest => {
                Ok(Err(Rejection::from(error)))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn new_call(&mut self, call: &ValidCall, refused: bool, planner: &Planner) {
        if refused {
            return;
        }
        if let Some(opens) = call.window.opens.filter(|opens| *opens > self.now) {
            self.later += 1;
            let (first, last) = self.opens.unwrap_or((opens, opens));
            self.opens = Some((first.min(opens), last.max(opens)));
        }
        if let Ok(plan) = planner.plan(&call.to_request()) {
            self.outlook.add(&self.policy, &plan, &call.tenant);
        }
    }

    /// Rows that are wrong.
    pub(super) fn wrong(&self) -> usize {
        self.reasons.values().sum()
    }

    /// Rows that the calling rules refuse.
    pub(super) fn refused(&self) -> usize {
        self.verdicts.refused()
    }

    /// The calls that would be placed.
    pub(super) fn new_calls(&self) -> usize {
        self.outlook.calls
    }

    /// Prints the counts on stderr. `then` says what happens now.
    pub(super) fn show(&self, then: &str, output: Output) {
        let (all, wrong) = (self.rows.len(), self.wrong());
        output.note(format!(
            "batch {:?}: {} of {all} rows are valid{then}",
            self.name,
            all - wrong
        ));
        for (reason, rows) in &self.reasons {
            output.note(format!("  {rows} cannot be called: {reason}"));
        }
        if self.same_rows > 0 {
            output.note(format!("  {} are calls of this batch already", self.same_rows));
        }
        if let Some(since) = self.duplicates_since {
            output.note(format!(
                "  {} are held back: since {since:.0}, these people were called with the same task or are waiting to be",
                self.duplicates
            ));
        }
        if let Some((first, last)) = self.opens {
            output.note(format!(
                "  {} may be called later only: the first from {first:.0}, the last from {last:.0}",
                self.later
            ));
        }
        self.outlook.show(&self.policy, output);
        self.verdicts.show(&self.asking, self.now, output);
    }

    /// The counts as JSON.
    pub(super) fn json(&self) -> Value {
        json!({
            "batch": self.name,
            "rows": self.rows.len(),
            "valid": self.rows.len() - self.wrong(),
            "reasons": self.reasons,
            "calls_of_this_batch": self.same_rows,
            "possible_duplicates": self.duplicates,
            "refused_by_rules": self.refused(),
            "new_calls": self.outlook,
        })
    }
}

/// A row as cells.
pub(super) fn cells(read: &ReadRow) -> Vec<String> {
    let country = read.country.map_or_else(String::new, |country| country.to_string());
    let dialled = read.default_country_used.then(|| "read as dialled".to_owned());
    let rules = read.rules.as_ref().map(RowRules::remark).filter(|remark| !remark.is_empty());
    let earlier = read.earlier.map(|earlier| match earlier {
        "call_of_this_batch" => "is a call of this batch already".to_owned(),
        _ => "held back as a duplicate".to_owned(),
    });
    let remarks = read.detail.clone().into_iter().chain(earlier).chain(dialled).chain(rules);
    vec![
        read.row.to_string(),
        read.line.to_string(),
        read.to.clone().unwrap_or_default(),
        country,
        remarks.collect::<Vec<_>>().join("; "),
    ]
}
