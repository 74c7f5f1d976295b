//! What was said.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{Raw, quiet::quiet_debug};

/// Who spoke.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The voice agent.
    Agent,
    /// The person.
    Callee,
    /// Whatever else the provider writes, in its own word.
    Other(String),
}

/// One utterance. `Debug` leaves out the words.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct TranscriptEntry {
    /// Who spoke.
    pub speaker: Speaker,
    /// What was said.
    pub text: String,
    /// How far into the call.
    #[serde(with = "crate::seconds::option", default)]
    pub offset: Option<Duration>,
}

/// What was said, in order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    /// The utterances.
    pub entries: Vec<TranscriptEntry>,
    /// The provider's answer.
    pub raw: Raw,
}

/// Where the sound is. The URL is a bearer secret for as long as it lasts: it is not shown by
/// `Debug`.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// Where to fetch it.
    pub url: Url,
    /// How long it plays.
    #[serde(with = "crate::seconds::option", default)]
    pub duration: Option<Duration>,
    /// As `mp3`.
    pub format: Option<String>,
    /// The provider's answer.
    pub raw: Raw,
}

impl std::fmt::Debug for Recording {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recording")
            .field("host", &self.url.host_str())
            .field("duration", &self.duration)
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

quiet_debug!(TranscriptEntry { speaker, offset });
