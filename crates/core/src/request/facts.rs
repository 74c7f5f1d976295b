//! Validates what a request says about the callee and about why they are called.

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    CallFacts, CallRequest, Consent, Error, Region, Result, RuleOverride, WeeklyHours,
    request::{moment, validate::words},
    time_zone,
};

const LONGEST_WORDS: usize = 2_000;
const LONGEST_PLACE: usize = 500;
const LONGEST_NAME: usize = 200;
const MOST_OVERRIDES: usize = 32;
const CLOCKS_DIFFER: Duration = Duration::from_secs(60);

impl CallRequest {
    /// `now` is `None` for a request that was valid before: its times may be over.
    pub(super) fn facts(&self, now: Option<Timestamp>) -> Result<CallFacts> {
        if let Some(agreed) = &self.agreed_time
            && agreed.from >= agreed.to
        {
            return Err(Error::invalid("agreed_time", "is empty: let from be before to"));
        }
        let facts = CallFacts {
            purpose: self.purpose,
            callee_kind: self.callee_kind,
            callee_line: self.callee_line,
            callee_timezone: zone("callee_timezone", self.callee_timezone.as_deref())?,
            callee_timezone_guess: zone(
                "callee_timezone_guess",
                self.callee_timezone_guess.as_deref(),
            )?,
            callee_region: self.callee_region.as_deref().map(str::parse::<Region>).transpose()?,
            consent: self.consent.as_ref().map(consent).transpose()?,
            requested_at: self
                .requested_at
                .as_deref()
                .map(|text| moment("requested_at", text, self.timezone.as_deref()))
                .transpose()?,
            published_number: words(
                "published_number",
                self.published_number.as_deref(),
                LONGEST_PLACE,
            )?,
            relationship: words("relationship", self.relationship.as_deref(), LONGEST_NAME)?,
            agreed_time: self.agreed_time,
            recording: self.recording,
            overrides: overrides(&self.overrides)?,
        };
        if let Some(now) = now {
            times(&facts, now)?;
        }
        Ok(facts)
    }
}

/// Rejects times that can only be mistakes.
fn times(facts: &CallFacts, now: Timestamp) -> Result<()> {
    // Clocks of two machines differ a little.
    let latest = now.checked_add(CLOCKS_DIFFER).unwrap_or(now);
    let past = |field: &'static str, at: Option<Timestamp>| match at {
        Some(at) if at > latest => Err(Error::invalid(
            field,
            format!("{at} is in the future: it is {now} now; give the time at which it happened"),
        )),
        Some(_) | None => Ok(()),
    };
    past("requested_at", facts.requested_at)?;
    past("consent.at", facts.consent.as_ref().and_then(|consent| consent.at))?;
    let over = |field: &'static str, end: Timestamp, fix: &str| {
        if end > now {
            return Ok(());
        }
        Err(Error::invalid(field, format!("{end} is in the past: it is {now} now; {fix}")))
    };
    if let Some(agreed) = &facts.agreed_time {
        over(
            "agreed_time.to",
            agreed.to,
            "agree on another time with the callee, or leave it out",
        )?;
    }
    facts.overrides.iter().try_for_each(|one| {
        over("overrides.until", one.until, "it lifts nothing any more, so leave it out")
    })
}

fn zone(field: &'static str, name: Option<&str>) -> Result<Option<String>> {
    let Some(name) = name else {
        return Ok(None);
    };
    match time_zone(name) {
        Ok(_) => Ok(Some(name.to_owned())),
        Err(error) => Err(error.with_field(field)),
    }
}

fn consent(given: &Consent) -> Result<Consent> {
    if let (Some(at), Some(expires_at)) = (given.at, given.expires_at)
        && expires_at <= at
    {
        return Err(Error::invalid(
            "consent.expires_at",
            "is not after consent.at: correct one of them, or leave expires_at out",
        ));
    }
    Ok(Consent {
        words: words("consent.words", given.words.as_deref(), LONGEST_WORDS)?,
        channel: words("consent.channel", given.channel.as_deref(), LONGEST_NAME)?,
        seller: words("consent.seller", given.seller.as_deref(), LONGEST_NAME)?,
        hours: hours(given.hours.as_deref())?,
        ..given.clone()
    })
}

fn hours(given: Option<&str>) -> Result<Option<String>> {
    let given = words("consent.hours", given, LONGEST_NAME)?;
    if let Some(text) = &given {
        text.parse::<WeeklyHours>().map_err(|error| error.with_field("consent.hours"))?;
    }
    Ok(given)
}

fn overrides(given: &[RuleOverride]) -> Result<Vec<RuleOverride>> {
    if given.len() > MOST_OVERRIDES {
        return Err(Error::invalid(
            "overrides",
            format!("has {} entries: give at most {MOST_OVERRIDES}", given.len()),
        ));
    }
    let required = |field, text: &str, longest| {
        words(field, Some(text), longest).map(Option::unwrap_or_default)
    };
    given
        .iter()
        .map(|one| {
            Ok(RuleOverride {
                rule: required("overrides.rule", &one.rule, LONGEST_NAME)?,
                by: required("overrides.by", &one.by, LONGEST_NAME)?,
                reason: required("overrides.reason", &one.reason, LONGEST_WORDS)?,
                until: one.until,
            })
        })
        .collect()
}
