//! The body of a Dial command.

use std::{collections::BTreeMap, fmt, time::Duration};

use serde::Serialize;
use url::Url;
use uuid::Uuid;

/// A Dial command with an assistant (`telnyx` 4.189.0, `call_dial_params`).
///
/// It calls one number, once: it has no way to name several, and always asks that no other route is
/// tried after a time-out, which would ring the same phone again. `Debug` shows no values.
#[derive(Clone, Serialize)]
pub struct Dial {
    connection_id: String,
    from: String,
    to: String,
    assistant: AssistantOfCall,
    command_id: String,
    retry_on_timeout: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_limit_secs: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answering_machine_detection: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<&'static str>,
}

/// The assistant, and what it is told for this call alone.
#[derive(Clone, Serialize)]
struct AssistantOfCall {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    greeting: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    dynamic_variables: BTreeMap<String, String>,
}

impl Dial {
    /// A call over this connection from one number to another, both in E.164, by this assistant.
    /// Another Dial command with the same id is ignored for 60 seconds.
    pub fn new(
        connection_id: impl Into<String>,
        from: impl Into<String>,
        to: impl Into<String>,
        assistant: impl Into<String>,
        command_id: Uuid,
    ) -> Self {
        Self {
            connection_id: connection_id.into(),
            from: from.into(),
            to: to.into(),
            assistant: AssistantOfCall {
                id: assistant.into(),
                greeting: None,
                dynamic_variables: BTreeMap::new(),
            },
            command_id: command_id.to_string(),
            retry_on_timeout: false,
            client_state: None,
            webhook_url: None,
            time_limit_secs: None,
            answering_machine_detection: None,
            record: None,
        }
    }

    /// Text that comes back in every event of the call, in Base64.
    #[must_use]
    pub fn client_state(mut self, base64: impl Into<String>) -> Self {
        self.client_state = Some(base64.into());
        self
    }

    /// The first words of the assistant.
    #[must_use]
    pub fn greeting(mut self, words: impl Into<String>) -> Self {
        self.assistant.greeting = Some(words.into());
        self
    }

    /// A variable of the assistant's instructions.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.assistant.dynamic_variables.insert(name.into(), value.into());
        self
    }

    /// The longest duration of the call: 30 s to 4 h; the provider's default is 4 h.
    #[must_use]
    pub fn max_duration(mut self, longest: Duration) -> Self {
        self.time_limit_secs = Some(longest.as_secs());
        self
    }

    /// Where the events of this call are delivered, instead of the connection's URL.
    #[must_use]
    pub fn webhook_url(mut self, url: &Url) -> Self {
        self.webhook_url = Some(url.as_str().to_owned());
        self
    }

    /// Finds out whether a machine answers, which costs extra.
    #[must_use]
    pub fn detect_machines(mut self) -> Self {
        self.answering_machine_detection = Some("premium");
        self
    }

    /// Records the call from the answer on.
    #[must_use]
    pub fn record(mut self) -> Self {
        self.record = Some("record-from-answer");
        self
    }
}

impl fmt::Debug for Dial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dial").finish_non_exhaustive()
    }
}
