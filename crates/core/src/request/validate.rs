//! Validation of a request.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::{Timestamp, civil};

use crate::{
    BatchName, CallKey, CallRequest, CallWindow, Country, CountryError, Error, ErrorKind,
    IdempotencyKey, Language, Outcome, PhoneNumber, ProfileName, Redial, Result, RowKey, TenantId,
    ValidAppointment, ValidCall,
    request::{moment, valid::LONGEST_CALL},
};

const LONGEST_TASK: usize = 8_000;
const LONGEST_NAME: usize = 200;
const LONGEST_KEY: usize = 255;
const LONGEST_LINE: usize = 2_000;
const MOST_INSTRUCTIONS: usize = 50;
const MOST_LABELS: usize = 32;
const SHORTEST_CALL: u32 = 30;
const MOST_REDIALS: u32 = 10;
const SHORTEST_GAP: u32 = 60;
const LONGEST_GAP: u32 = 7 * 24 * 3_600;
const MOST_A_DAY: u32 = 20;

impl CallRequest {
    /// Checks every field. `now` is needed to reject a window that is over, and other times that
    /// can only be mistakes, for example consent that was given in the future.
    ///
    /// # Errors
    /// `NumberNotAllowed` for a number that must not be called, otherwise `InvalidRequest`. Both
    /// name the field, what is wrong and how to fix it.
    pub fn validate(&self, now: Timestamp) -> Result<ValidCall> {
        self.check(Some(now))
    }

    /// Checks a request that was valid before, such as a stored one: every field, but not whether
    /// its times are over by now.
    ///
    /// # Errors
    /// As [`CallRequest::validate`].
    pub fn revalidate(&self) -> Result<ValidCall> {
        self.check(None)
    }

    fn check(&self, now: Option<Timestamp>) -> Result<ValidCall> {
        let country = self.default_country.as_deref().map(country).transpose()?;
        let to = phone("to", &self.to, country)?;
        let task = text("task", &self.task, LONGEST_TASK)?;
        if task.is_empty() {
            return Err(Error::invalid("task", "is empty: say what the agent should accomplish"));
        }
        if self.instructions.len() > MOST_INSTRUCTIONS {
            return Err(Error::invalid(
                "instructions",
                format!(
                    "has {} entries: give at most {MOST_INSTRUCTIONS}",
                    self.instructions.len()
                ),
            ));
        }
        let window = self.window(now)?;
        let appointment = self.valid_appointment()?;
        if let Some(max_cost) = self.max_cost
            && max_cost.micros() <= 0
        {
            return Err(Error::invalid(
                "max_cost",
                format!("{max_cost} is not greater than zero: leave it out for no limit"),
            ));
        }
        Ok(ValidCall {
            to,
            task,
            agent: name("agent", self.agent.as_deref())?.map(ProfileName::from),
            language: self.language.as_deref().map(language).transpose()?,
            callee_name: name("callee_name", self.callee_name.as_deref())?,
            business_name: name("business_name", self.business_name.as_deref())?,
            on_behalf_of: name("on_behalf_of", self.on_behalf_of.as_deref())?,
            callback_number: self
                .callback_number
                .as_deref()
                .map(|number| phone("callback_number", number, country))
                .transpose()?,
            first_message: self
                .first_message
                .as_deref()
                .map(|line| text("first_message", line, LONGEST_LINE))
                .transpose()?,
            instructions: self
                .instructions
                .iter()
                .map(|line| text("instructions", line, LONGEST_LINE))
                .collect::<Result<_>>()?,
            appointment,
            lead_id: name("lead_id", self.lead_id.as_deref())?,
            timezone: self.timezone.as_deref().map(timezone).transpose()?,
            urgent: self.urgent,
            max_duration: self.max_duration_seconds.map(duration).transpose()?,
            window,
            max_cost: self.max_cost,
            tags: labels(&self.tags)?,
            metadata: metadata(&self.metadata)?,
            key: self.key()?,
            batch: self.batch.as_deref().map(batch).transpose()?,
            tenant: name("tenant", self.tenant.as_deref())?
                .map_or_else(TenantId::default, TenantId::from),
            allow_duplicate: self.allow_duplicate,
            failover_on_quota: self.failover_on_quota,
            redial: self.redial.as_ref().map(redial).transpose()?,
            facts: self.facts(now)?,
        })
    }

    fn key(&self) -> Result<Option<CallKey>> {
        let given = words("idempotency_key", self.idempotency_key.as_deref(), LONGEST_KEY)?;
        let derived = name("row_key", self.row_key.as_deref())?;
        if derived.is_some() && self.batch.is_none() {
            return Err(Error::invalid(
                "row_key",
                "needs a batch: name it in batch, or give an idempotency_key instead",
            ));
        }
        match (given, derived) {
            (Some(_), Some(_)) => Err(Error::invalid(
                "row_key",
                "cannot be combined with an idempotency_key: give one of them",
            )),
            (Some(given), None) => Ok(Some(CallKey::Given(IdempotencyKey::from(given)))),
            (None, Some(derived)) => Ok(Some(CallKey::Derived(RowKey::from(derived)))),
            (None, None) => Ok(None),
        }
    }

    /// Parses `not_after`, the latest time of the call.
    ///
    /// # Errors
    /// `not_after` is not an unambiguous time.
    pub fn closes(&self) -> Result<Option<Timestamp>> {
        let zone = self.timezone.as_deref();
        self.not_after.as_deref().map(|text| moment("not_after", text, zone)).transpose()
    }

    fn window(&self, now: Option<Timestamp>) -> Result<CallWindow> {
        let zone = self.timezone.as_deref();
        let opens =
            self.not_before.as_deref().map(|text| moment("not_before", text, zone)).transpose()?;
        let closes = self.closes()?;
        if let Some(closes) = closes {
            if let Some(now) = now
                && closes <= now
            {
                return Err(Error::invalid(
                    "not_after",
                    format!("{closes} is in the past: it is {now} now"),
                ));
            }
            if opens.is_some_and(|opens| opens >= closes) {
                return Err(Error::invalid(
                    "not_before",
                    "is not before not_after: the window is empty",
                ));
            }
        }
        Ok(CallWindow { opens, closes })
    }

    fn valid_appointment(&self) -> Result<Option<ValidAppointment>> {
        let Some(asked) = &self.appointment else {
            return Ok(None);
        };
        let date = match asked.date.as_deref() {
            Some(text) => Some(text.parse::<civil::Date>().map_err(|source| {
                Error::invalid(
                    "appointment.date",
                    format!("{text:?} is not a date: write it as 2026-02-14"),
                )
                .with_source(source)
            })?),
            None => None,
        };
        let time = match asked.time.as_deref() {
            Some(text) => Some(civil::Time::strptime("%H:%M", text).map_err(|source| {
                Error::invalid(
                    "appointment.time",
                    format!("{text:?} is not a time of day: write it as 20:00"),
                )
                .with_source(source)
            })?),
            None => None,
        };
        if let Some(size) = asked.party_size
            && !(1..=50).contains(&size)
        {
            return Err(Error::invalid(
                "appointment.party_size",
                format!("{size} is not between 1 and 50"),
            ));
        }
        Ok(Some(ValidAppointment {
            date,
            time,
            time_preference: name("appointment.time_preference", asked.time_preference.as_deref())?,
            party_size: asked.party_size,
        }))
    }
}

fn redial(asked: &Redial) -> Result<Redial> {
    let within = |field: &'static str, value: u32, least: u32, most: u32| {
        if (least..=most).contains(&value) {
            return Ok(());
        }
        Err(Error::invalid(field, format!("{value} is not between {least} and {most}")))
    };
    if asked.on.is_empty() {
        return Err(Error::invalid(
            "redial.on",
            "is empty: name an outcome, as no_answer, or leave redial out",
        ));
    }
    if let Some(over) = asked.on.iter().find(|outcome| {
        matches!(outcome, Outcome::Completed | Outcome::Cancelled | Outcome::InvalidNumber)
    }) {
        return Err(Error::invalid(
            "redial.on",
            format!("{over} is not an outcome to redial after: take it out"),
        ));
    }
    within("redial.times", asked.times, 1, MOST_REDIALS)?;
    within("redial.gap_seconds", asked.gap_seconds, SHORTEST_GAP, LONGEST_GAP)?;
    within("redial.per_day", asked.per_day, 1, MOST_A_DAY)?;
    Ok(asked.clone())
}

fn country(code: &str) -> Result<Country> {
    code.parse().map_err(|source: CountryError| {
        Error::invalid("default_country", source.to_string()).with_source(source)
    })
}

fn phone(field: &'static str, number: &str, default: Option<Country>) -> Result<PhoneNumber> {
    PhoneNumber::parse_in(number, default).map_err(|source| {
        Error::new(ErrorKind::NumberNotAllowed, source.to_string())
            .with_field(field)
            .with_code(source.code())
            .with_source(source)
    })
}

fn text(field: &'static str, value: &str, longest: usize) -> Result<String> {
    let value = value.trim();
    let length = value.chars().count();
    if length > longest {
        return Err(Error::invalid(
            field,
            format!("has {length} characters: shorten it to {longest}"),
        ));
    }
    match value.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t' | '\r')) {
        Some(c) => {
            Err(Error::invalid(field, format!("has the control character {c:?}: take it out")))
        }
        None => Ok(value.to_owned()),
    }
}

fn name(field: &'static str, value: Option<&str>) -> Result<Option<String>> {
    words(field, value, LONGEST_NAME)
}

pub(super) fn words(
    field: &'static str,
    value: Option<&str>,
    longest: usize,
) -> Result<Option<String>> {
    let Some(value) = value else {
        return Ok(None);
    };
    let value = text(field, value, longest)?;
    if value.is_empty() {
        return Err(Error::invalid(field, "is empty: leave it out instead"));
    }
    Ok(Some(value))
}

/// Batch names are printed on one line, so they must not contain line feeds.
fn batch(value: &str) -> Result<BatchName> {
    let value = name("batch", Some(value))?.unwrap_or_default();
    match value.chars().find(|c| c.is_control()) {
        Some(c) => {
            Err(Error::invalid("batch", format!("has the control character {c:?}: take it out")))
        }
        None => Ok(BatchName::from(value)),
    }
}

fn language(tag: &str) -> Result<Language> {
    tag.parse().map_err(|source: crate::LanguageError| {
        Error::invalid("language", source.to_string()).with_source(source)
    })
}

fn timezone(zone: &str) -> Result<String> {
    crate::time_zone(zone).map(|_| zone.to_owned())
}

fn duration(seconds: u32) -> Result<Duration> {
    if (SHORTEST_CALL..=LONGEST_CALL).contains(&seconds) {
        return Ok(Duration::from_secs(seconds.into()));
    }
    Err(Error::invalid(
        "max_duration_seconds",
        format!("{seconds} is not between {SHORTEST_CALL} and {LONGEST_CALL}"),
    ))
}

fn labels(tags: &[String]) -> Result<BTreeSet<String>> {
    if tags.len() > MOST_LABELS {
        return Err(Error::invalid(
            "tags",
            format!("has {} entries: give at most {MOST_LABELS}", tags.len()),
        ));
    }
    tags.iter().filter_map(|tag| name("tags", Some(tag)).transpose()).collect()
}

fn metadata(pairs: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>> {
    if pairs.len() > MOST_LABELS {
        return Err(Error::invalid(
            "metadata",
            format!("has {} entries: give at most {MOST_LABELS}", pairs.len()),
        ));
    }
    for (key, value) in pairs {
        text("metadata", key, LONGEST_NAME)?;
        text("metadata", value, LONGEST_LINE)?;
    }
    Ok(pairs.clone())
}
