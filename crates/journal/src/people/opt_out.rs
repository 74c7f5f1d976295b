//! Who asked not to be called again, and who took it back.

use std::fmt::Debug;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_core::{CallId, Error, ErrorKind, Result};

use super::text::{LONGEST_NAME, LONGEST_WORDS, checked, kept};

/// How an opt-out became known. `Debug` omits the code.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptOutSource {
    /// The callee said so in a call.
    CalleeSaid,
    /// The callee wrote so.
    Written,
    /// A provider refused a call because the callee does not want calls. Contains its code.
    Provider(String),
    /// An operator decided so.
    Operator,
}

impl OptOutSource {
    /// The word in JSON and journals.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::CalleeSaid => "callee_said",
            Self::Written => "written",
            Self::Provider(_) => "provider",
            Self::Operator => "operator",
        }
    }
}

impl Debug for OptOutSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A person's request not to be called again. `Debug` shows when and how.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OptOut {
    /// When they expressed it.
    pub at: Timestamp,
    /// How it became known.
    pub how: OptOutSource,
    /// Who recorded it, for example `engine` or the name of an operator.
    pub by: String,
    /// When it was recorded. [`OptOut::new`] takes the time at which it was expressed.
    pub recorded_at: Timestamp,
    /// The call in which it was expressed, or that a provider refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// What was said, or a remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl OptOut {
    /// An opt-out that was expressed and recorded now.
    pub fn new(how: OptOutSource, by: impl Into<String>, at: Timestamp) -> Self {
        Self { at, how, by: by.into(), recorded_at: at, call: None, note: None }
    }

    /// The same opt-out with other fields set.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// As a journal keeps it: texts are shortened, and phone numbers in them are masked. It is
    /// never rejected: an opt-out must not be lost because of what was written about it.
    #[must_use]
    pub fn into_kept(mut self) -> Self {
        if let OptOutSource::Provider(code) = &mut self.how {
            *code = kept(code, LONGEST_NAME);
        }
        self.by = kept(&self.by, LONGEST_NAME);
        self.note = self.note.map(|note| kept(&note, LONGEST_WORDS));
        self
    }

    /// True if both are the same news: they became known in the same way from the same call.
    pub fn repeats(&self, earlier: &Self) -> bool {
        self.how == earlier.how && self.call == earlier.call && self.at <= earlier.at
    }
}

impl Debug for OptOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { at, how, call, .. } = self;
        f.debug_struct("OptOut")
            .field("at", at)
            .field("how", how)
            .field("call", call)
            .finish_non_exhaustive()
    }
}

/// A person's own request to be called again after all. `Debug` shows when.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TakeBack {
    /// When they requested it: later than they asked not to be called.
    pub at: Timestamp,
    /// Their words. Phone numbers in them are masked.
    pub words: String,
    /// Who recorded it.
    pub by: String,
    /// When it was recorded. [`TakeBack::new`] takes the time at which it was requested.
    pub recorded_at: Timestamp,
}

impl TakeBack {
    /// A request that was made and recorded now.
    pub fn new(words: impl Into<String>, by: impl Into<String>, at: Timestamp) -> Self {
        Self { at, words: words.into(), by: by.into(), recorded_at: at }
    }

    /// The same request with other fields set.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// As a journal keeps it, with phone numbers masked.
    ///
    /// # Errors
    /// `InvalidRequest` if it is no evidence: it has no words or no name, or they are too long.
    pub fn into_kept(mut self) -> Result<Self> {
        self.words = checked("words", &self.words, LONGEST_WORDS)?;
        self.by = checked("by", &self.by, LONGEST_NAME)?;
        Ok(self)
    }
}

impl Debug for TakeBack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TakeBack").field("at", &self.at).finish_non_exhaustive()
    }
}

/// What was recorded about whether a person wants to be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum OptOutEvent {
    /// They do not want to be called again.
    OptedOut(OptOut),
    /// They want to be called again after all.
    TakenBack(TakeBack),
}

/// The opt-outs that were not taken back, in the order in which they were recorded.
pub fn in_force(events: &[OptOutEvent]) -> impl Iterator<Item = &OptOut> {
    let after = events.iter().rposition(|event| matches!(event, OptOutEvent::TakenBack(_)));
    let events = events.iter().skip(after.map_or(0, |place| place + 1));
    events.filter_map(|event| match event {
        OptOutEvent::OptedOut(opt_out) => Some(opt_out),
        OptOutEvent::TakenBack(_) => None,
    })
}

/// Since when a person with these events does not want to be called.
pub fn opted_out(events: &[OptOutEvent]) -> Option<Timestamp> {
    in_force(events).map(|opt_out| opt_out.at).min()
}

/// What a journal does with an opt-out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptOutNews {
    /// The person was not opted out: it is recorded.
    New,
    /// They were opted out, and this is further evidence: it is recorded.
    Further,
    /// It [repeats](OptOut::repeats) what is recorded.
    Nothing,
}

/// What a journal does with an opt-out of a person with these events.
pub fn opt_out_news(events: &[OptOutEvent], opt_out: &OptOut) -> OptOutNews {
    let mut recorded = in_force(events).peekable();
    if recorded.peek().is_none() {
        OptOutNews::New
    } else if recorded.any(|earlier| opt_out.repeats(earlier)) {
        OptOutNews::Nothing
    } else {
        OptOutNews::Further
    }
}

/// Checks that a person with these events can take back that they do not want to be called.
///
/// # Errors
/// As for [`People::take_back_opt_out`](super::People::take_back_opt_out).
pub fn check_take_back(events: &[OptOutEvent], request: &TakeBack) -> Result<()> {
    let Some(last) = in_force(events).map(|opt_out| opt_out.at).max() else {
        return Err(Error::new(
            ErrorKind::NotFound,
            "the person is not opted out: there is nothing to take back",
        )
        .with_code("not_opted_out"));
    };
    if request.at <= last {
        return Err(Error::invalid(
            "at",
            format!(
                "is not later than {last}, when the person asked not to be called: \
                 only a later request of theirs takes it back"
            ),
        ));
    }
    Ok(())
}
