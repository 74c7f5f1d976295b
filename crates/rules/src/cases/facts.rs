//! Reads the facts of a case.

use jiff::{Timestamp, civil, tz::TimeZone};
use switchboard_core::{AgreedTime, CalleeLine, Consent, ConsentKind, ListState, RuleOverride};

use super::Case;
use super::instant::instant;

/// The hours of a consent that names every hour.
const ALWAYS: &str = "mon-sun 00:00-24:00";

/// Adds one fact, written as `name=value`.
pub(super) fn add(case: &mut Case, text: &str) -> Result<(), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| format!("{text:?} is no fact: write it as name=value"))?;
    let (facts, history) = (&mut case.facts, &mut case.history);
    match name {
        "consent" => {
            consent(case).kind = match value {
                "express" => ConsentKind::Express,
                "express_written" => ConsentKind::ExpressWritten,
                _ => {
                    return Err(format!(
                        "{value:?} is no consent: write express or express_written"
                    ));
                }
            }
        }
        "consent_at" => consent(case).at = Some(instant(value)?),
        "consent_hours" => {
            let hours = if value == "yes" { ALWAYS } else { value };
            crate::check_hours(hours).map_err(|error| error.message().to_owned())?;
            consent(case).hours = Some(hours.to_owned());
        }
        "requested_at" => facts.requested_at = Some(instant(value)?),
        "published" => facts.published_number = Some(value.to_owned()),
        "ebr" => facts.relationship = Some(value.to_owned()),
        "agreed" => {
            let (from, to) = value
                .split_once('/')
                .ok_or_else(|| format!("{value:?} is no span of time: write it as FROM/TO"))?;
            facts.agreed_time = Some(AgreedTime { from: instant(from)?, to: instant(to)? });
        }
        "refused" => history.refused = Some(instant(value)?),
        "conversation" => history.conversation = Some(instant(value)?),
        "abandoned" => history.abandoned = Some(instant(value)?),
        "opt_out" => history.opted_out = Some(instant(value)?),
        "calls" => history.rings = value.split(',').map(instant).collect::<Result<_, _>>()?,
        "tz" => facts.callee_timezone = Some(value.to_owned()),
        "tz_guess" => facts.callee_timezone_guess = Some(value.to_owned()),
        "sub" => facts.callee_region = Some(value.parse().map_err(said)?),
        "emergency" => case.emergencies.push(value.parse().map_err(said)?),
        "emergency_line" => facts.callee_line = Some(CalleeLine::Emergency),
        "recording" => facts.recording = Some(value == "on"),
        "say" => case.said = value.parse().map_err(said)?,
        "override" => facts.overrides.extend(value.split(',').map(|rule| RuleOverride {
            rule: rule.trim().to_owned(),
            by: "a case".to_owned(),
            reason: "a case".to_owned(),
            until: Timestamp::MAX,
        })),
        _ => {
            let list = name.strip_prefix("list.").ok_or_else(|| {
                format!("there is no fact {name:?}: the facts are in the documentation of cases")
            })?;
            case.lists.0.push((list.to_owned(), state(value)?));
        }
    }
    Ok(())
}

/// The consent of the case; express until something else is said.
fn consent(case: &mut Case) -> &mut Consent {
    case.facts.consent.get_or_insert_with(|| Consent::new(ConsentKind::Express))
}

fn state(text: &str) -> Result<ListState, String> {
    let wrong = || {
        format!(
            "{text:?} is nothing that a list says: write absent@2026-12-01, listed@2026-12-01 or not_covered@2026-12-01"
        )
    };
    let (word, date) = text.split_once('@').ok_or_else(wrong)?;
    let date: civil::Date = date.parse().map_err(|_| wrong())?;
    let as_of = date.to_zoned(TimeZone::UTC).map_err(|_| wrong())?.timestamp();
    match word {
        "absent" => Ok(ListState::Absent { as_of }),
        "listed" => Ok(ListState::Listed { as_of }),
        "not_covered" => Ok(ListState::NotCovered { as_of }),
        _ => Err(wrong()),
    }
}

fn said(error: switchboard_core::Error) -> String {
    error.message().to_owned()
}
