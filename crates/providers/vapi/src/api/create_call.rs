//! The body of a placing request.

use std::{collections::BTreeMap, fmt, time::Duration};

use serde::Serialize;
use url::Url;

/// What a call's webhooks tell: each change of its status, and the report of its end.
const MESSAGES: [&str; 2] = ["status-update", "end-of-call-report"];

/// A call to place (OpenAPI, `CreateCallDTO`).
///
/// It is to one customer, now, by one assistant. It has no way to name several customers, a time, a
/// squad or a workflow, or to skip the check of the number. `Debug` shows no values.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateCall {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    assistant_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    assistant_version: Option<String>,
    phone_number_id: String,
    customer: Customer,
    assistant_overrides: Overrides,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Customer {
    number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// The assistant's settings for this call alone.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Overrides {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    metadata: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    variable_values: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_duration_seconds: Option<u64>,
    monitor_plan: MonitorPlan,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<Server>,
    #[serde(skip_serializing_if = "<[&str]>::is_empty")]
    server_messages: &'static [&'static str],
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct MonitorPlan {
    control_enabled: bool,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Server {
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    credential_id: Option<String>,
    backoff_plan: BackoffPlan,
}

/// How deliveries are repeated; without it, none is.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct BackoffPlan {
    r#type: &'static str,
    max_retries: u8,
    base_delay_seconds: u8,
}

impl CreateCall {
    /// A call by this assistant, from the number with this id of Vapi, to a number in E.164. It can
    /// be ended while it is live.
    pub fn new(
        assistant_id: impl Into<String>,
        phone_number_id: impl Into<String>,
        to_number: impl Into<String>,
    ) -> Self {
        Self {
            name: None,
            assistant_id: assistant_id.into(),
            assistant_version: None,
            phone_number_id: phone_number_id.into(),
            customer: Customer { number: to_number.into(), external_id: None, name: None },
            assistant_overrides: Overrides {
                metadata: BTreeMap::new(),
                variable_values: BTreeMap::new(),
                first_message: None,
                max_duration_seconds: None,
                monitor_plan: MonitorPlan { control_enabled: true },
                server: None,
                server_messages: &[],
            },
        }
    }

    /// The name of the call: at most 40 characters.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The version of the assistant, for example `v3`; without it, the newest.
    #[must_use]
    pub fn assistant_version(mut self, version: impl Into<String>) -> Self {
        self.assistant_version = Some(version.into());
        self
    }

    /// Our id of the customer: at most 40 characters.
    #[must_use]
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.customer.external_id = Some(id.into());
        self
    }

    /// The customer's name: at most 40 characters.
    #[must_use]
    pub fn customer_name(mut self, name: impl Into<String>) -> Self {
        self.customer.name = Some(name.into());
        self
    }

    /// A field that is given back with the call and has no other use.
    #[must_use]
    pub fn metadata(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.assistant_overrides.metadata.insert(name.into(), value.into());
        self
    }

    /// A variable of the assistant's prompt.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.assistant_overrides.variable_values.insert(name.into(), value.into());
        self
    }

    /// The first words that the assistant says, instead of its own.
    #[must_use]
    pub fn first_message(mut self, words: impl Into<String>) -> Self {
        self.assistant_overrides.first_message = Some(words.into());
        self
    }

    /// The longest duration of the call, in whole seconds: 10 s to 12 h; the provider's default is
    /// 10 minutes.
    #[must_use]
    pub fn max_duration(mut self, longest: Duration) -> Self {
        self.assistant_overrides.max_duration_seconds = Some(longest.as_secs());
        self
    }

    /// Where the events of this call are delivered, instead of the address of the assistant, number or
    /// account, and the credential that signs them. Deliveries that fail are repeated.
    #[must_use]
    pub fn server(mut self, url: &Url, credential_id: Option<&str>) -> Self {
        self.assistant_overrides.server = Some(Server {
            url: url.as_str().to_owned(),
            credential_id: credential_id.map(str::to_owned),
            backoff_plan: BackoffPlan {
                r#type: "exponential",
                max_retries: 5,
                base_delay_seconds: 5,
            },
        });
        self.assistant_overrides.server_messages = &MESSAGES;
        self
    }
}

impl fmt::Debug for CreateCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateCall").finish_non_exhaustive()
    }
}
