//! How long each kind of data is kept, and which data is due for deletion.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use switchboard_core::Result;

use crate::{refusal::unreadable, row::micros};

/// How long each kind of data is kept after a call last changed. `None`, the default, means
/// forever.
///
/// A provider's response may contain the transcript and the URL of the recording. So responses are
/// destroyed with whichever of the three is due first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// Transcripts.
    pub transcripts: Option<Duration>,
    /// URLs of recordings. The recordings themselves are at the provider.
    pub recordings: Option<Duration>,
    /// Unmodified responses and webhooks of providers. What was derived from them stays: state,
    /// summary, cost.
    pub raw_answers: Option<Duration>,
    /// Personal data: everything that an [erasure](crate::Ledger::erase) destroys.
    pub people: Option<Duration>,
    /// Events that were published, after they happened, with their deliveries. They contain no
    /// personal data.
    pub events: Option<Duration>,
    /// Consents to be called, after they were recorded or withdrawn and the person's phone last
    /// rang: whichever is last.
    pub consents: Option<Duration>,
}

impl Retention {
    /// How long consents are kept where nothing else is said: five years.
    pub const CONSENTS: Duration = Duration::from_secs(5 * 366 * 24 * 60 * 60);

    /// How long events are kept where nothing else is said: a week.
    pub const EVENTS: Duration = Duration::from_secs(7 * 24 * 60 * 60);

    /// Consents of which nothing happened since then are deleted.
    pub(crate) fn consents_until(&self, at: Timestamp) -> Option<i64> {
        let kept = self.consents?;
        Some(micros(at.checked_sub(kept).unwrap_or(Timestamp::MIN)))
    }

    /// Events that happened before this time are forgotten.
    pub(crate) fn forgets_before(&self, at: Timestamp) -> Option<Timestamp> {
        self.events.map(|kept| at.checked_sub(kept).unwrap_or(Timestamp::MIN))
    }
}

/// How many calls lost which data, and how many events were forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Swept {
    /// Calls that lost their transcript.
    pub transcripts: u64,
    /// Calls that lost the URL of their recording.
    pub recordings: u64,
    /// Calls that lost the responses of their provider.
    pub raw_answers: u64,
    /// Calls that were erased.
    pub people: u64,
    /// Rows of batches that lost their cells.
    pub batch_rows: u64,
    /// Published events that were forgotten.
    pub events: u64,
    /// Consents that were deleted.
    pub consents: u64,
}

/// A kind of content with its own retention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Transcript,
    Recording,
    Answers,
}

pub(crate) const PARTS: [Part; 3] = [Part::Transcript, Part::Recording, Part::Answers];

impl Part {
    /// The key in `meta` with the progress of the last sweep.
    pub(crate) const fn mark(self) -> &'static str {
        match self {
            Self::Transcript => "swept_transcripts",
            Self::Recording => "swept_recordings",
            Self::Answers => "swept_answers",
        }
    }

    /// The kind of the event that records the deletion.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Transcript => "transcript_swept",
            Self::Recording => "recording_swept",
            Self::Answers => "answers_swept",
        }
    }

    /// The kinds of events that contain it.
    pub(crate) const fn held_by(self) -> &'static [&'static str] {
        match self {
            Self::Transcript => &["transcribed"],
            Self::Recording => &["recorded"],
            Self::Answers => &["answered", "reported", "not_dialled", "transcribed", "recorded"],
        }
    }
}

impl Swept {
    pub(crate) fn count(&mut self, part: Part) {
        match part {
            Part::Transcript => self.transcripts += 1,
            Part::Recording => self.recordings += 1,
            Part::Answers => self.raw_answers += 1,
        }
    }

    /// True if no call lost anything, and no consent was deleted.
    pub(crate) fn is_nothing(self) -> bool {
        self == Self { events: self.events, ..Self::default() }
    }
}

/// The progress of earlier sweeps, in the order of [`PARTS`]: calls that last changed before that
/// time have already lost this content.
pub(crate) type Marks = [Option<i64>; 3];

/// The data that is due for deletion.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schedule {
    /// Calls that last changed at or before this time are erased.
    people: Option<i64>,
    /// Calls that last changed in this range (from, to) lose this content.
    parts: [Option<(i64, i64)>; 3],
}

impl Schedule {
    pub(crate) fn new(retention: &Retention, marks: Marks, at: Timestamp) -> Self {
        let due = |kept: Option<Duration>| {
            Some(micros(at).saturating_sub(i64::try_from(kept?.as_micros()).unwrap_or(i64::MAX)))
        };
        let answers = [retention.raw_answers, retention.transcripts, retention.recordings];
        let kept =
            [retention.transcripts, retention.recordings, answers.into_iter().flatten().min()];
        let mut parts = [None; 3];
        for ((part, kept), mark) in parts.iter_mut().zip(kept).zip(marks) {
            *part = due(kept).map(|to| (mark.unwrap_or(i64::MIN), to));
        }
        Self { people: due(retention.people), parts }
    }

    /// The range in which a call may be due: after the first time, until the second.
    pub(crate) fn range(&self) -> Option<(i64, i64)> {
        let people = self.people.map(|to| (i64::MIN, to));
        self.parts
            .into_iter()
            .chain([people])
            .flatten()
            .reduce(|(from, to), (other_from, other_to)| (from.min(other_from), to.max(other_to)))
    }

    /// Rows of batches that were accepted until this time, and are no calls, lose their cells.
    pub(crate) fn batches(&self) -> Option<i64> {
        self.people
    }

    /// True if a call that last changed at that time is to be erased.
    pub(crate) fn takes_person(&self, changed: i64) -> bool {
        self.people.is_some_and(|to| changed <= to)
    }

    /// The content that a call that last changed at that time loses.
    pub(crate) fn takes(&self, changed: i64) -> impl Iterator<Item = Part> + Send + use<> {
        let parts = self.parts;
        PARTS
            .into_iter()
            .zip(parts)
            .filter(move |(_, range)| {
                range.is_some_and(|(from, to)| from < changed && changed <= to)
            })
            .map(|(part, _)| part)
    }

    /// Handled webhooks that were received until this time lose their body, regardless of their
    /// call.
    pub(crate) fn webhooks(&self) -> Option<i64> {
        let [.., answers] = self.parts;
        answers.map(|(_, to)| to).max(self.people)
    }

    /// True if a call that last changed at that time loses anything.
    pub(crate) fn takes_any(&self, changed: i64) -> bool {
        self.takes_person(changed) || self.takes(changed).next().is_some()
    }

    /// The progress of this sweep, for the next one. It is a day earlier than actually reached,
    /// because a process whose clock is behind may still close calls.
    pub(crate) fn marks(&self) -> impl Iterator<Item = (Part, i64)> {
        const DAY: i64 = 86_400_000_000;
        PARTS
            .into_iter()
            .zip(self.parts)
            .filter_map(|(part, range)| Some((part, range?.1.saturating_sub(DAY))))
    }
}

/// `calls.content` without this part; `None` if it did not contain it.
pub(crate) fn strip(content: &str, part: Part) -> Result<Option<String>> {
    let mut value: Value = serde_json::from_str(content)
        .map_err(|source| unreadable("the content of a call", source))?;
    let Some(fields) = value.as_object_mut() else {
        return Ok(None);
    };
    let changed = match part {
        Part::Transcript => fields.remove("transcript").is_some(),
        Part::Recording => fields.remove("recording").is_some(),
        Part::Answers => {
            let mut changed = fields.remove("raw").is_some();
            for name in ["transcript", "recording"] {
                if let Some(raw) = fields.get_mut(name).and_then(|part| part.get_mut("raw"))
                    && !raw.is_null()
                {
                    *raw = Value::Null;
                    changed = true;
                }
            }
            changed
        }
    };
    Ok(changed.then(|| value.to_string()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    fn schedule(retention: Retention, marks: Marks) -> Schedule {
        Schedule::new(&retention, marks, Timestamp::from_microsecond(100 * 3_600_000_000).unwrap())
    }

    fn hour(n: i64) -> i64 {
        n * 3_600_000_000
    }

    #[test]
    fn nothing_is_due_where_nothing_is_asked_for() {
        assert_eq!(schedule(Retention::default(), [Some(1); 3]).range(), None);
    }

    #[test]
    fn answers_never_outlive_what_they_repeat() {
        let transcripts = schedule(
            Retention {
                transcripts: Some(10 * HOUR),
                raw_answers: Some(50 * HOUR),
                ..Retention::default()
            },
            [None; 3],
        );
        let due = |changed| transcripts.takes(changed).collect::<Vec<_>>();
        assert_eq!(due(hour(90)), [Part::Transcript, Part::Answers]);
        assert_eq!(due(hour(90) + 1), []);
    }

    #[test]
    fn a_sweep_goes_on_where_the_last_one_ended() {
        let retention =
            Retention { recordings: Some(HOUR), people: Some(2 * HOUR), ..Retention::default() };
        let first = schedule(retention, [None; 3]);
        let marks: Vec<_> =
            first.marks().map(|(part, mark)| (part, mark / 3_600_000_000)).collect();
        assert_eq!(marks, [(Part::Recording, 75), (Part::Answers, 75)]);
        let next = schedule(retention, [None, Some(hour(75)), Some(hour(75))]);
        assert_eq!(next.takes(hour(75)).count(), 0);
        assert_eq!(next.takes(hour(76)).count(), 2);
        assert!(next.takes_person(hour(98)) && !next.takes_person(hour(99)));
        assert_eq!(next.range(), Some((i64::MIN, hour(99))));
    }

    #[test]
    fn a_part_is_taken_out_and_the_rest_left() {
        let content = r#"{"raw":[null],"summary":"s","transcript":{"entries":[],"raw":{"a":1}}}"#;
        assert_eq!(strip(content, Part::Recording).unwrap(), None);
        assert_eq!(
            strip(content, Part::Transcript).unwrap().unwrap(),
            r#"{"raw":[null],"summary":"s"}"#
        );
        let bare = strip(content, Part::Answers).unwrap().unwrap();
        assert_eq!(bare, r#"{"summary":"s","transcript":{"entries":[],"raw":null}}"#);
        assert_eq!(strip(&bare, Part::Answers).unwrap(), None);
    }
}
