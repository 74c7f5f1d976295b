//! Rows that could never apply, or never object. They would look like protection and give none.

use jiff::civil;
use switchboard_core::CalleeKind;

use super::error::Errors;
use super::row::Row;
use super::word::{Effect, Line, Unless};
use crate::rule::Rule;

/// The date of the built-in tables.
pub(super) const AS_OF: civil::Date = civil::Date::constant(2026, 11, 29);

/// Policies of the product that nobody may lift or replace.
pub(super) const FIRM: [&str; 5] = ["P-OPT-OUT", "P-SUPPRESSION", "P-ZONE", "P-AI", "P-RECORDING"];

pub(super) fn check(
    row: &Row,
    rule: &Rule,
    is_law: &dyn Fn(&str) -> bool,
    errors: &mut Errors<'_>,
) {
    if row.is_own && FIRM.contains(&row.id.as_str()) {
        errors.add(
            Some("id"),
            format!("{} may not be replaced: it protects people whoever operates this", row.id),
        );
    }
    if row.is_own && row.is_policy() && is_law(&row.id) {
        errors.add(
            Some("checked"),
            format!("{} is no policy of this product: say what was read for it", row.id),
        );
    }
    dates(row, errors);
    callees(row, errors);
    unless(row, rule, errors);
    let says = matches!(rule, Rule::Say(_));
    if row.effect == Effect::Say && !says {
        errors.add(
            Some("effect"),
            "say is for rules of first words, as `say ai start`: write gate or warn".to_owned(),
        );
    }
}

fn dates(row: &Row, errors: &mut Errors<'_>) {
    if let (Some(from), Some(until)) = (row.from, row.until)
        && from > until
    {
        errors.add(
            Some("until"),
            format!("it ends on {until}, before it begins on {from}: correct one of the dates"),
        );
    } else if let Some(until) = row.until
        && row.is_own
        && until < AS_OF
    {
        errors.add(
            Some("until"),
            format!("it ended on {until}, before the tables' date of {AS_OF}: remove the row"),
        );
    }
}

fn callees(row: &Row, errors: &mut Errors<'_>) {
    let businesses = |line: &Line| matches!(line, Line::TollFree | Line::Emergency);
    if row.callee == Some(CalleeKind::Consumer)
        && !row.lines.is_empty()
        && row.lines.iter().all(businesses)
    {
        errors.add(
            Some("line"),
            "toll-free and emergency lines belong to businesses, and the row is about consumers: correct the column callee"
                .to_owned(),
        );
    }
}

fn unless(row: &Row, rule: &Rule, errors: &mut Errors<'_>) {
    let has = |one| row.unless.contains(&one);
    let mut add = |message: &str| errors.add(Some("unless"), message.to_owned());
    if has(Unless::Consent) && has(Unless::Written) {
        add("consent holds whenever written does: remove written");
    }
    if let Rule::Need { written, within } = rule {
        if has(Unless::Consent) {
            add(match (written, within) {
                (true, _) => {
                    "consent in any form would lift a rule that asks for written consent: write `need express`, or remove consent"
                }
                (false, Some(_)) => {
                    "consent of any age would lift a rule that limits its age: remove consent"
                }
                (false, None) => "the rule already asks for consent: remove consent",
            });
        }
        if has(Unless::Written) && !(*written && within.is_some()) {
            add("the rule already takes written consent: remove written");
        }
    }
    if has(Unless::Published) && row.callee == Some(CalleeKind::Consumer) {
        add(
            "published is about the numbers of businesses, and the row is about consumers: remove it",
        );
    }
    if let Rule::ZoneKnown = rule
        && !row.unless.is_empty()
    {
        add("a fact does not tell where somebody is: leave it empty");
    }
}
