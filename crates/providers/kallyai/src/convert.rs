//! From KallyAI's terms to neutral ones. Nothing is guessed: a status that is not in the table
//! stays unrecognised, and a value that cannot be read is absent, with the raw answer kept beside
//! it.

use std::time::Duration;

use jiff::Timestamp;
use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use switchboard_core::{
    AgentId, Cost, Credits, Direction, Error, ErrorKind, Outcome, PhoneNumber, ProviderCall,
    ProviderCallId, ProviderId, ProviderState, Recording, Result, Speaker, Transcript,
    TranscriptEntry,
};
use switchboard_http::usable_id;
use url::Url;

use crate::wire::{CallRecord, RecordingRecord, TranscriptRecord};

/// Status words: those that document 003 lists, those that document 002's cancel, stop and
/// reschedule imply, and the filter values of inbound calls. Compared without case, with hyphens
/// and spaces as underscores.
const STATES: [(&str, ProviderState); 27] = [
    ("success", ProviderState::Ended(Outcome::Completed)),
    ("completed", ProviderState::Ended(Outcome::Completed)),
    ("no_answer", ProviderState::Ended(Outcome::NoAnswer)),
    ("missed", ProviderState::Ended(Outcome::NoAnswer)),
    ("busy", ProviderState::Ended(Outcome::Busy)),
    ("voicemail", ProviderState::Ended(Outcome::Voicemail)),
    ("failed", ProviderState::Ended(Outcome::Failed)),
    ("cancelled", ProviderState::Ended(Outcome::Cancelled)),
    ("canceled", ProviderState::Ended(Outcome::Cancelled)),
    ("stopped", ProviderState::Ended(Outcome::Cancelled)),
    ("rejected", ProviderState::Ended(Outcome::Cancelled)),
    ("scheduled", ProviderState::Scheduled),
    ("rescheduled", ProviderState::Scheduled),
    ("queued", ProviderState::Queued),
    ("pending", ProviderState::Queued),
    ("initiated", ProviderState::Queued),
    ("dialing", ProviderState::Ringing),
    ("dialling", ProviderState::Ringing),
    ("ringing", ProviderState::Ringing),
    ("active", ProviderState::InProgress),
    ("answered", ProviderState::InProgress),
    ("connected", ProviderState::InProgress),
    ("in_progress", ProviderState::InProgress),
    ("ongoing", ProviderState::InProgress),
    ("started", ProviderState::InProgress),
    ("transferred", ProviderState::InProgress),
    ("taken_over", ProviderState::InProgress),
];

/// Reads a status word.
pub fn state(word: &str) -> ProviderState {
    let word = word.trim().to_ascii_lowercase().replace(['-', ' '], "_");
    STATES
        .iter()
        .find(|(known, _)| *known == word)
        .map_or(ProviderState::Unrecognised, |(_, state)| *state)
}

/// The provider's word for a state, if its documents have one.
pub fn word(state: ProviderState) -> Option<&'static str> {
    match state {
        ProviderState::Ended(Outcome::Completed) => Some("success"),
        ProviderState::Ended(Outcome::NoAnswer) => Some("no_answer"),
        ProviderState::Ended(Outcome::Busy) => Some("busy"),
        ProviderState::Ended(Outcome::Voicemail) => Some("voicemail"),
        ProviderState::Ended(Outcome::Failed) => Some("failed"),
        ProviderState::Ended(Outcome::Cancelled) => Some("cancelled"),
        ProviderState::Scheduled => Some("scheduled"),
        ProviderState::Queued => Some("queued"),
        ProviderState::InProgress => Some("in_progress"),
        ProviderState::Ended(
            Outcome::Declined | Outcome::Menu | Outcome::InvalidNumber | Outcome::Blocked,
        )
        | ProviderState::NotDialled(_)
        | ProviderState::Ringing
        | ProviderState::Unrecognised => None,
    }
}

/// A call, or `None` for a record without an id.
pub(crate) fn call(provider: &ProviderId, record: CallRecord) -> Option<ProviderCall> {
    let raw = record.raw().clone();
    let submission = record.submission.unwrap_or_default();
    let status_word = record.status.unwrap_or_default();
    let mut report = ProviderCall::new(
        provider.clone(),
        ProviderCallId::from(usable_id(record.call_id)?),
        state(&status_word),
        status_word,
    );
    report.direction = Some(Direction::Outbound);
    report.to =
        submission.respondent_phone.as_deref().and_then(|number| PhoneNumber::parse(number).ok());
    report.task = submission.task_description;
    report.agent = submission.task_category.map(AgentId::from);
    report.created_at = record.created_at;
    report.duration = record.duration_seconds.and_then(seconds);
    report.summary = record.highlights;
    report.next_steps = record.next_steps;
    report.cost = record.credits_used.and_then(credits).map(Cost::Credits);
    report.raw = raw;
    Some(report)
}

/// Credits, to a millionth; further decimals are rounded up, so that a bill is never too small.
pub(crate) fn credits(amount: Decimal) -> Option<Credits> {
    Credits::new(amount.round_dp_with_strategy(6, RoundingStrategy::AwayFromZero)).ok()
}

/// Seconds with a fraction, exact to the microsecond; `None` for a negative number.
pub(crate) fn seconds(amount: Decimal) -> Option<Duration> {
    let micros = amount.checked_mul(Decimal::from(1_000_000))?.round().to_u64()?;
    Some(Duration::from_micros(micros))
}

pub(crate) fn transcript(record: TranscriptRecord) -> Transcript {
    let raw = record.raw().clone();
    let entries = record.entries.unwrap_or_default().into_iter().map(|line| TranscriptEntry {
        speaker: speaker(line.speaker.unwrap_or_default()),
        text: line.content.unwrap_or_default(),
        offset: line.timestamp.as_deref().and_then(offset),
    });
    Transcript { entries: entries.collect(), raw }
}

fn speaker(word: String) -> Speaker {
    if word.eq_ignore_ascii_case("AI") {
        Speaker::Agent
    } else if word.eq_ignore_ascii_case("HUMAN") {
        Speaker::Callee
    } else {
        Speaker::Other(word)
    }
}

/// The offset into the call, written as `00:00:05`, `00:05`, `5` or `5.2`.
fn offset(text: &str) -> Option<Duration> {
    let parts: Vec<&str> = text.trim().split(':').collect();
    if parts.len() > 3 {
        return None;
    }
    let total = parts.iter().try_fold(Decimal::ZERO, |total, part| {
        let part: Decimal = part.parse().ok()?;
        total.checked_mul(Decimal::from(60))?.checked_add(part)
    })?;
    seconds(total)
}

pub(crate) fn recording(record: RecordingRecord) -> Result<Recording> {
    let raw = record.raw().clone();
    let text = record.url.ok_or_else(|| Error::new(ErrorKind::Decode, "the answer has no url"))?;
    let url = Url::parse(&text)
        .map_err(|source| Error::new(ErrorKind::Decode, "url: not a URL").with_source(source))?;
    Ok(Recording {
        url,
        duration: record.duration_seconds.and_then(seconds),
        format: record.format,
        raw,
    })
}

/// True if `at` is known and in the range. Something without a time is only in the unlimited range.
pub(crate) fn within(
    at: Option<Timestamp>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
) -> bool {
    match at {
        Some(at) => since.is_none_or(|since| at >= since) && until.is_none_or(|until| at < until),
        None => since.is_none() && until.is_none(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn fixture<T: serde::de::DeserializeOwned>(text: &str) -> T {
        serde_json::from_str(text).unwrap()
    }

    const KALLYAI: ProviderId = ProviderId::from_static("kallyai");

    #[test]
    fn the_answer_of_document_002() {
        let record: CallRecord =
            fixture(include_str!("../tests/fixtures/002/calls_create_answer.json"));
        let call = call(&KALLYAI, record).unwrap();
        assert_eq!(call.state, ProviderState::Ended(Outcome::Completed));
        assert_eq!(call.status_word, "success");
        assert_eq!(call.duration, Some(Duration::from_millis(95_200)));
        assert_eq!(call.cost, Some(Cost::Credits(Credits::from_micros(1_500_000))));
        assert_eq!(call.next_steps.as_deref(), Some("Confirmation number: #12345"));
        assert_eq!(call.created_at, Some("2026-02-13T15:30:00Z".parse().unwrap()));
        assert_eq!((call.to, call.task), (None, None));
    }

    #[test]
    fn the_detail_of_document_003() {
        let call =
            call(&KALLYAI, fixture(include_str!("../tests/fixtures/003/calls_get_answer.json")))
                .unwrap();
        assert_eq!(call.task.as_deref(), Some("Reserve table for 4"));
        assert_eq!(
            call.to.map(|number| number.e164().to_owned()),
            PhoneNumber::parse("+14155551234").ok().map(|n| n.e164().to_owned())
        );
        assert_eq!(call.cost, None);
        assert_eq!(call.raw.value()["submission"]["business_name"], "Italian Bistro");
    }

    #[test]
    fn every_documented_word_goes_both_ways() {
        for word_of_003 in ["success", "no_answer", "busy", "failed", "voicemail", "cancelled"] {
            let read = state(word_of_003);
            assert!(read.outcome().is_some(), "{word_of_003}");
            assert_eq!(word(read), Some(word_of_003));
        }
        for open in ["scheduled", "queued", "in_progress", "In-Progress", "ringing"] {
            assert!(
                state(open).outcome().is_none() && state(open) != ProviderState::Unrecognised,
                "{open}"
            );
        }
    }

    #[test]
    fn a_word_that_nobody_knows_is_kept_and_not_final() {
        let record: CallRecord = fixture(r#"{"call_id": "c1", "status": "teleported"}"#);
        let call = call(&KALLYAI, record).unwrap();
        assert_eq!(
            (call.state, call.status_word.as_str()),
            (ProviderState::Unrecognised, "teleported")
        );
        assert_eq!(call.state.outcome(), None);
    }

    #[test]
    fn strange_values_never_cost_the_id() {
        let record: CallRecord = fixture(
            r#"{"call_id": 42, "status": ["x"], "highlights": {"a": 1}, "duration_seconds": "ninety", "credits_used": true,
                "metadata": "none", "submission": [], "surprise": {"kept": true}}"#,
        );
        let call = call(&KALLYAI, record).unwrap();
        assert_eq!(call.id.as_str(), "42");
        assert_eq!((call.duration, call.cost, call.created_at), (None, None, None));
        assert_eq!(call.raw.value()["surprise"]["kept"], true);
    }

    #[test]
    fn decimals_arrive_as_text_and_as_numbers() {
        for credits in ["1.5", "\"1.5\""] {
            let record: CallRecord =
                fixture(&format!(r#"{{"call_id": "c1", "credits_used": {credits}}}"#));
            assert_eq!(
                call(&KALLYAI, record).unwrap().cost,
                Some(Cost::Credits(Credits::from_micros(1_500_000)))
            );
        }
        assert_eq!(super::credits("0.0000001".parse().unwrap()), Some(Credits::from_micros(1)));
    }

    #[test]
    fn the_transcript_of_document_002() {
        let transcript =
            transcript(fixture(include_str!("../tests/fixtures/002/calls_transcript_answer.json")));
        let spoken: Vec<_> = transcript
            .entries
            .iter()
            .map(|entry| (&entry.speaker, entry.offset.unwrap().as_secs()))
            .collect();
        assert_eq!(spoken, [(&Speaker::Agent, 1), (&Speaker::Callee, 5)]);
        assert_eq!(offset("01:02:03.5"), Some(Duration::from_millis(3_723_500)));
        assert_eq!(offset("soon"), None);
    }

    #[test]
    fn the_recording_of_document_002_is_a_secret() {
        let recording =
            recording(fixture(include_str!("../tests/fixtures/002/calls_recording_answer.json")))
                .unwrap();
        assert_eq!(
            (recording.duration, recording.format.as_deref()),
            (Some(Duration::from_millis(95_200)), Some("mp3"))
        );
        assert!(!format!("{recording:?}").contains("/recordings/"));
        assert_eq!(super::recording(fixture("{}")).unwrap_err().kind(), ErrorKind::Decode);
    }
}
