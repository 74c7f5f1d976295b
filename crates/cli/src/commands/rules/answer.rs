//! What `rules check` prints.

use serde_json::{Value, json};
use switchboard::{
    RulesChecked, ValidCall,
    core::{RuleEffect, RuleFinding, RuleVerdict, time_zone},
    jiff::{Timestamp, civil, tz::TimeZone},
    rules::Tables,
};

use crate::{output::Output, rules_state, wrap::wrapped};

/// The most zones that are shown.
const ZONES: usize = 4;

/// What the rules say, and what they were asked with.
pub(super) struct Answer<'a> {
    pub(super) call: &'a ValidCall,
    pub(super) checked: &'a RulesChecked,
    pub(super) tables: &'a Tables,
    /// True if a ledger was asked about the callee.
    pub(super) with_ledger: bool,
    /// True if there is a configuration.
    pub(super) has_config: bool,
}

impl Answer<'_> {
    /// As JSON: the decision, and what only people would look up.
    pub(super) fn json(&self) -> Value {
        let decision = &self.checked.decision;
        let mut value = json!(decision);
        let findings: Vec<Value> = decision.findings.iter().map(|one| self.finding(one)).collect();
        let local = decision.wait_until.map(|at| {
            let zones = decision.zones.iter();
            zones.map(|one| json!({"zone": one.zone, "time": local(at, &one.zone)})).collect()
        });
        if let Some(object) = value.as_object_mut() {
            object.insert("to".to_owned(), json!(self.call.to.masked()));
            object.insert("country".to_owned(), json!(self.call.country()));
            object.insert("off".to_owned(), json!(self.checked.off));
            object.insert("findings".to_owned(), Value::Array(findings));
            object.insert("zones".to_owned(), json!(decision.zones));
            object.insert("wait_until".to_owned(), json!(decision.wait_until));
            object.insert("wait_until_local".to_owned(), local.unwrap_or(Value::Null));
            object.insert("tables_are_old".to_owned(), json!(decision.tables_are_old));
            object.insert("ledger_asked".to_owned(), json!(self.with_ledger));
            object.insert("configuration_read".to_owned(), json!(self.has_config));
        }
        value
    }

    fn finding(&self, finding: &RuleFinding) -> Value {
        let mut value = json!(finding);
        let row = self.tables.row(&finding.rule);
        if let Some(object) = value.as_object_mut() {
            object.insert("source".to_owned(), json!(row.map(|row| row.source.as_str())));
            object.insert("checked".to_owned(), json!(row.map(|row| row.checked.as_str())));
            object.insert("lifted_by".to_owned(), json!(self.lifted_by(&finding.rule)));
        }
        value
    }

    /// The fields that would lift a rule.
    fn lifted_by(&self, rule: &str) -> Vec<&'static str> {
        let row = self.tables.row(rule);
        let mut fields: Vec<&str> =
            row.into_iter().flat_map(|row| row.unless.iter().map(|one| one.field())).collect();
        fields.dedup();
        if self.tables.may_be_lifted(rule) {
            fields.push("overrides");
        }
        fields
    }

    fn verdict(&self) -> String {
        let decision = &self.checked.decision;
        match (decision.verdict, decision.wait_until) {
            (RuleVerdict::Allow, _) => format!(
                "allowed: no rule of these tables, as of {}, stops this",
                self.tables.as_of()
            ),
            (RuleVerdict::Wait, Some(at)) => {
                let zones = decision.zones.iter().map(|one| one.zone.as_str());
                format!(
                    "waits until {at:.0}: {}",
                    shown(zones.map(|zone| wall(at, zone)).collect())
                )
            }
            (RuleVerdict::Wait, None) | (RuleVerdict::Refuse, _) => {
                match decision.stops().count() {
                    1 => "refused: 1 rule stops this".to_owned(),
                    more => format!("refused: {more} rules stop this"),
                }
            }
        }
    }
}

pub(super) fn show(answer: &Answer<'_>, output: Output) {
    let decision = &answer.checked.decision;
    let (to, country) = (answer.call.to.masked(), answer.call.country());
    output.line(format!("{to}  {} ({country})  at {:.0}", country.name(), decision.at));
    let zones: Vec<_> =
        decision.zones.iter().map(|one| format!("{} in {}", clock(one.time), one.zone)).collect();
    if !zones.is_empty() {
        print(output, "there: ", &shown(zones));
    }
    if let Some(reason) = &answer.checked.off {
        print(
            output,
            "",
            &format!(
                "The rules are off in this configuration ({reason}). Calls are not held to this, unless the callee opted out."
            ),
        );
    }
    print(output, "", &answer.verdict());
    for finding in &decision.findings {
        let word = match finding.effect {
            RuleEffect::Stops => "stops: ",
            RuleEffect::Warns => "warns: ",
        };
        output.line("");
        print(output, word, &finding.message);
        let indent = " ".repeat(word.len());
        if let Some(until) = finding.until {
            let zone = decision.zones.first().map_or("UTC", |one| one.zone.as_str());
            print(output, &indent, &format!("lets it pass at {}", wall(until, zone)));
        }
        let lifted = answer.lifted_by(&finding.rule);
        let needs = finding.needs.as_deref().filter(|needs| !lifted.contains(needs));
        if let Some(needs) = needs {
            print(output, &indent, &format!("satisfied by {needs}"));
        }
        match (lifted.is_empty(), needs) {
            (true, None) => print(output, &indent, "nothing lifts it"),
            (true, Some(_)) => {}
            (false, _) => print(output, &indent, &format!("lifted by {}", lifted.join(", "))),
        }
    }
    output.line("");
    let known = match (answer.has_config, answer.with_ledger) {
        (_, true) => "the ledger was asked about the callee",
        (true, false) => "there is no ledger, so nothing is known about the callee",
        (false, false) => {
            "there is neither a configuration nor a ledger: these are the built-in rules alone"
        }
    };
    let versions = format!(
        "tables {}, time zones {}; {known}; nothing was sent",
        decision.tables, decision.time_zones
    );
    print(output, "", &versions);
    rules_state::note_age(answer.tables, decision.at, output);
}

/// Some of these, and how many more there are.
fn shown(all: Vec<String>) -> String {
    let more = all.len().saturating_sub(ZONES);
    let mut text = all.into_iter().take(ZONES).collect::<Vec<_>>().join(", ");
    if more > 0 {
        text.push_str(&format!(", and {more} more zones"));
    }
    text
}

fn local(at: Timestamp, zone: &str) -> civil::DateTime {
    time_zone(zone).unwrap_or(TimeZone::UTC).to_datetime(at)
}

/// A time as a clock there shows it.
fn wall(at: Timestamp, zone: &str) -> String {
    format!("{} in {zone}", clock(local(at, zone)))
}

fn clock(time: civil::DateTime) -> String {
    time.strftime("%a %Y-%m-%d %H:%M").to_string()
}

/// Prints text after a word, in lines that fit a terminal.
fn print(output: Output, word: &str, text: &str) {
    for line in wrapped(word, text) {
        output.line(line);
    }
}
