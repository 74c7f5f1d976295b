//! The content of a call: transcript and recording.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{Raw, redact::redacted_debug};

/// The speaker of an utterance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The voice agent.
    Agent,
    /// The person who was called.
    Callee,
    /// Any other speaker, with the provider's name for it.
    Other(String),
}

/// One utterance. `Debug` omits the text.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct TranscriptEntry {
    /// The speaker.
    pub speaker: Speaker,
    /// The text of the utterance.
    pub text: String,
    /// The time since the start of the call. Serialized as seconds.
    #[serde(with = "crate::seconds::option", default)]
    pub offset: Option<Duration>,
}

/// A transcript of a call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    /// The utterances in the order in which they were said.
    pub entries: Vec<TranscriptEntry>,
    /// The provider's response.
    pub raw: Raw,
}

/// An audio recording of a call. `Debug` omits the URL, because anyone who has it can fetch the
/// audio.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// The URL of the audio file. It may expire.
    pub url: Url,
    /// The length of the recording. Serialized as seconds.
    #[serde(with = "crate::seconds::option", default)]
    pub duration: Option<Duration>,
    /// The audio format, for example `mp3`.
    pub format: Option<String>,
    /// The provider's response.
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

redacted_debug!(TranscriptEntry { speaker, offset });
