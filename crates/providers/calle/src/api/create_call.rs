//! The body of a placing request.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;
use serde_json::{Value, json};
use url::Url;

/// A call to place (`calle-ai` 1.0.1, `POST /v2/calls`).
///
/// It rings one phone: the older requests that take several recipients are not offered. `Debug` shows
/// no values.
#[derive(Clone, Serialize)]
pub struct CreateCall {
    task: String,
    phone: String,
    result_schema: Value,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    metadata: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_url: Option<String>,
}

impl CreateCall {
    /// A call to this number, in E.164, with this task. The result asks whether somebody was reached
    /// and the task done, and for a summary.
    pub fn new(task: impl Into<String>, phone: impl Into<String>) -> Self {
        Self {
            task: task.into(),
            phone: phone.into(),
            result_schema: result_schema(),
            metadata: BTreeMap::new(),
            webhook_url: None,
        }
    }

    /// A field that is given back with the call and its webhooks and has no other use.
    #[must_use]
    pub fn metadata(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.insert(name.into(), value.into());
        self
    }

    /// Where the end of this call is delivered; HTTPS.
    #[must_use]
    pub fn webhook_url(mut self, url: &Url) -> Self {
        self.webhook_url = Some(url.as_str().to_owned());
        self
    }
}

/// The structured result that every call asks for: CALL-E takes a flat, closed JSON Schema.
fn result_schema() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["reached", "task_done", "summary"],
        "properties": {
            "reached": {"type": "boolean", "description": "Whether the person was reached"},
            "task_done": {"type": "boolean", "description": "Whether the task was done"},
            "summary": {"type": "string", "description": "What was said, in two sentences"},
        },
    })
}

impl fmt::Debug for CreateCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateCall").finish_non_exhaustive()
    }
}
