//! When a waiting call is due.

use jiff::{Timestamp, Zoned, tz::TimeZone};
use serde_json::{Value, json};
use switchboard::{Call, CallStatus, ValidCall, core::time_zone};

/// When a waiting call is due.
#[derive(Debug)]
pub(super) struct Due {
    /// In the time zone of the request, or in UTC.
    at: Zoned,
    why: &'static str,
}

impl Due {
    /// When a call is due, by its request; `None` if it does not wait for a time.
    pub(super) fn of(call: &Call, request: Option<&ValidCall>) -> Option<Self> {
        if !is_waiting(call) {
            return None;
        }
        let opens = request.and_then(|request| request.window.opens);
        let at = opens.max(call.redial_at)?;
        let zone = request.and_then(|request| time_zone(request.timezone.as_deref()?).ok());
        let why = if call.redial_at.is_none() {
            "its window opens then"
        } else if call.redial_at < opens {
            "the person was not reached, and its window opens then"
        } else {
            "the person was not reached, and it is redialled then"
        };
        Some(Self { at: at.to_zoned(zone.unwrap_or(TimeZone::UTC)), why })
    }

    /// The time.
    pub(super) fn timestamp(&self) -> Timestamp {
        self.at.timestamp()
    }

    /// Why it is due then, as a clause.
    pub(super) const fn why(&self) -> &'static str {
        self.why
    }

    /// The time, for a table.
    pub(super) fn at(&self) -> String {
        let zone = self.at.time_zone().iana_name().unwrap_or("UTC");
        format!("{} {zone}", self.at.strftime("%Y-%m-%d %H:%M:%S"))
    }

    /// The time and the reason on one line, or since when the call is due.
    pub(super) fn describe(&self, now: Timestamp) -> String {
        if self.at.timestamp() <= now {
            return format!("since {}", self.at());
        }
        format!("{}: {}", self.at(), self.why)
    }

    /// The time and the reason as JSON.
    pub(super) fn json(&self) -> Value {
        json!({"at": self.at.timestamp(), "local": self.at.to_string(), "why": self.why})
    }
}

/// True for a call without an attempt in progress.
pub(super) fn is_waiting(call: &Call) -> bool {
    matches!(call.status, CallStatus::Received | CallStatus::Scheduled | CallStatus::Admitted)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;

    use switchboard::{CallId, CallRequest, journal::NewCall};

    use super::*;

    #[test]
    fn a_waiting_call_is_due_when_its_window_opens_or_at_its_redial() {
        let now: Timestamp = "2027-01-15T12:00:00Z".parse().unwrap();
        let (window, redial) = ("2027-01-15T20:00:00Z", "2027-01-15T21:00:00Z");
        for (not_before, redial_at, zone, shown) in [
            (None, None, None, None),
            (Some(window), None, None, Some("2027-01-15 20:00:00 UTC: its window opens then")),
            // Vancouver keeps daylight saving time all year from 2026 on.
            (
                Some(window),
                None,
                Some("America/Vancouver"),
                Some("2027-01-15 13:00:00 America/Vancouver: its window opens then"),
            ),
            (
                None,
                Some(redial),
                Some("Europe/London"),
                Some(
                    "2027-01-15 21:00:00 Europe/London: the person was not reached, and it is redialled then",
                ),
            ),
            (
                Some(window),
                Some(redial),
                None,
                Some(
                    "2027-01-15 21:00:00 UTC: the person was not reached, and it is redialled then",
                ),
            ),
            (
                Some(redial),
                Some(window),
                None,
                Some(
                    "2027-01-15 21:00:00 UTC: the person was not reached, and its window opens then",
                ),
            ),
        ] {
            let mut request = CallRequest::new("+442079460018", "Ask for a table.");
            request.not_before = not_before.map(str::to_owned);
            request.timezone = zone.map(str::to_owned);
            let request = Arc::new(request.validate(now).unwrap());
            let new = NewCall::new(CallId::new(uuid::Uuid::now_v7()), Arc::clone(&request), now);
            let mut call = new.received();
            call.redial_at = redial_at.map(|at| at.parse().unwrap());
            let due = Due::of(&call, Some(&request)).map(|due| due.describe(now));
            assert!(
                due.as_deref().zip(shown).is_none_or(|(due, shown)| due.starts_with(shown))
                    && due.is_some() == shown.is_some(),
                "{due:?}, {shown:?}"
            );
        }
    }
}
