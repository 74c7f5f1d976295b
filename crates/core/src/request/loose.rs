//! What a product asks for, as it arrives: text that nobody has checked.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{Money, Outcome, quiet::quiet_debug};

/// What is to be arranged, for calls that book something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Appointment {
    /// The date, as `2026-02-14`.
    pub date: Option<String>,
    /// The local time, as `20:00`.
    pub time: Option<String>,
    /// In words, as `after 5pm`.
    pub time_preference: Option<String>,
    /// For how many people, 1 to 50.
    pub party_size: Option<u32>,
}

/// When the same call may ring again: the caller's own wish, and nobody else's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redial {
    /// After which outcomes: `no_answer`, `busy`, `voicemail`, `failed`.
    pub on: BTreeSet<Outcome>,
    /// How often at most, 1 to 10.
    pub times: u32,
    /// How long after the last ring, in seconds: 60 to 604,800.
    pub gap_seconds: u32,
    /// The most often that this person's phone rings in any 24 hours, over all providers and calls
    /// of the tenant, 1 to 20.
    #[serde(default = "Redial::default_per_day")]
    pub per_day: u32,
}

impl Redial {
    const fn default_per_day() -> u32 {
        3
    }
}

/// A request to call somebody. Only `to` and `task` are required. [`CallRequest::validate`] makes a
/// [`ValidCall`](crate::ValidCall) of it, or says which field is wrong and how to mend it. `Debug`
/// leaves out who is called and what is said.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CallRequest {
    /// Whom to call, in E.164, as `+442079460123`; with a `default_country` also as it is dialled
    /// there.
    pub to: String,
    /// The country, as `GB`, in which a number without `+` is dialled: `020 7946 0123` and `00 44
    /// 20 7946 0123` are then numbers. `None`: every number needs its `+` and calling code, where
    /// the configuration names no country either.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_country: Option<String>,
    /// What the agent shall accomplish, in words; at most 8,000 characters.
    pub task: String,
    /// The agent profile; `None`: the configuration's default.
    pub agent: Option<String>,
    /// What to speak, as `en` or `es-MX`.
    pub language: Option<String>,
    /// The callee's name.
    pub callee_name: Option<String>,
    /// The callee's business.
    pub business_name: Option<String>,
    /// Who asks for the call, as the agent shall say it.
    pub on_behalf_of: Option<String>,
    /// Where the callee can ring back, in E.164 or as `to`.
    pub callback_number: Option<String>,
    /// The agent's opening line.
    pub first_message: Option<String>,
    /// More instructions, one each.
    pub instructions: Vec<String>,
    /// What is to be arranged.
    pub appointment: Option<Appointment>,
    /// The customer's id in the provider's CRM (KaiCalls).
    pub lead_id: Option<String>,
    /// An IANA time zone, as `America/New_York`.
    pub timezone: Option<String>,
    /// True where the provider shall hurry.
    pub urgent: bool,
    /// The longest the call may last, in seconds: 30 to 3,600.
    pub max_duration_seconds: Option<u32>,
    /// Not before this moment, as `2026-02-14T20:00:00Z`, or with a `timezone` as the time of day
    /// there, `2026-02-14T20:00`.
    pub not_before: Option<String>,
    /// Not after this moment, written in the same way.
    pub not_after: Option<String>,
    /// The most that it may be expected to cost.
    pub max_cost: Option<Money>,
    /// Words that routes match.
    pub tags: Vec<String>,
    /// The caller's own words, carried along and never sent to a provider.
    pub metadata: BTreeMap<String, String>,
    /// The caller's own key: the same key is the same call, and another one is another call, even
    /// to the same person with the same task.
    pub idempotency_key: Option<String>,
    /// The batch that the call belongs to; at most 200 characters.
    pub batch: Option<String>,
    /// What a batch makes of one of its rows, in the place of a key of the caller's own: the same
    /// key is the same call. It is no leave to ring the same person with the same task again.
    pub row_key: Option<String>,
    /// Whose call it is; `None`: `default`.
    pub tenant: Option<String>,
    /// True: the same callee and task again is meant, however short a while after the first.
    pub allow_duplicate: bool,
    /// True: where a provider is out of credit or over a budget, the next one may be tried.
    pub failover_on_quota: bool,
    /// When the same call may ring again; `None`: never.
    pub redial: Option<Redial>,
}

impl CallRequest {
    /// A request with what is required.
    pub fn new(to: impl Into<String>, task: impl Into<String>) -> Self {
        Self { to: to.into(), task: task.into(), ..Self::default() }
    }
}

quiet_debug!(CallRequest {
    default_country,
    agent,
    language,
    urgent,
    max_duration_seconds,
    not_before,
    not_after,
    max_cost,
    tags,
    batch,
    tenant,
    allow_duplicate,
    failover_on_quota,
    redial,
});
