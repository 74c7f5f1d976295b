//! A request to place a call.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use switchboard::{CallRequest, core};
use utoipa::ToSchema;

use crate::{
    problem::{Problem, Result},
    wire::{AgreedTime, CalleeKind, CalleeLine, Consent, Money, Outcome, Purpose, RuleOverride},
};

/// The appointment to arrange.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Appointment {
    /// The date, for example `2026-02-14`.
    pub date: Option<String>,
    /// The local time, for example `20:00`.
    pub time: Option<String>,
    /// A preferred time in words, for example `after 5pm`.
    pub time_preference: Option<String>,
    /// The number of people, 1 to 50.
    pub party_size: Option<u32>,
}

/// When to call the same person again.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Redial {
    /// The outcomes after which to redial: `no_answer`, `busy`, `voicemail`, `failed`.
    pub on: Vec<Outcome>,
    /// The maximum number of redials, 1 to 10.
    pub times: u32,
    /// How long to wait after the last ring, in seconds, 60 to 604,800.
    pub gap_seconds: u32,
    /// How often this person's phone may ring in any 24 hours at most, across all calls of the
    /// tenant, 1 to 20. The default is 3.
    pub per_day: Option<u32>,
}

macro_rules! new_call {
    ($(#[$doc:meta])* $name:ident $({ $(#[$extra_doc:meta])* $extra:ident: $type:ty })?) => {
        #[derive(Clone, Deserialize, ToSchema)]
        $(#[$doc])*
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$extra_doc])* pub $extra: $type,)?
            /// The number to call, in E.164. With a `default_country` it may also be written as it
            /// is dialled there.
            #[schema(examples("+442079460123"))]
            pub to: String,
            /// What the agent should accomplish, in plain language. At most 8,000 characters.
            #[schema(examples("Book a table for two on Friday at eight, in the name of Ada."))]
            pub task: String,
            /// The tenant that the call belongs to. Only operators' keys need it, and have to name
            /// it.
            pub tenant: Option<String>,
            /// The country in which numbers without `+` are dialled, for example `GB`.
            pub default_country: Option<String>,
            /// The agent profile. Left out: the default of the configuration.
            pub agent: Option<String>,
            /// The language to speak, for example `en` or `es-MX`.
            pub language: Option<String>,
            /// The callee's name.
            pub callee_name: Option<String>,
            /// The name of the callee's business.
            pub business_name: Option<String>,
            /// On whose behalf the agent calls, as it should say it.
            pub on_behalf_of: Option<String>,
            /// The number that the callee can call back, written like `to`.
            pub callback_number: Option<String>,
            /// The first sentence that the agent says. At most 2,000 characters.
            pub first_message: Option<String>,
            /// Additional instructions. At most 50 of 2,000 characters.
            #[serde(default)]
            pub instructions: Vec<String>,
            /// The appointment to arrange.
            pub appointment: Option<Appointment>,
            /// The customer's id in the provider's CRM.
            pub lead_id: Option<String>,
            /// An IANA time zone, for example `America/New_York`.
            pub timezone: Option<String>,
            /// Asks the provider to give the call priority.
            #[serde(default)]
            pub urgent: bool,
            /// The maximum length of the call in seconds, 30 to 3,600.
            pub max_duration_seconds: Option<u32>,
            /// The earliest time of the call: RFC 3339, or with a `timezone` the local time there.
            pub not_before: Option<String>,
            /// The latest time of the call, written like `not_before`.
            pub not_after: Option<String>,
            /// The maximum estimated cost of the call.
            pub max_cost: Option<Money>,
            /// Labels that routes can match. At most 32.
            #[serde(default)]
            pub tags: Vec<String>,
            /// Your key-value pairs, stored with the call and never sent to a provider. At most 32.
            #[serde(default)]
            pub metadata: BTreeMap<String, String>,
            /// The name of the batch that the call belongs to.
            pub batch: Option<String>,
            /// Allows the same person to be called with the same task shortly after another call.
            #[serde(default)]
            pub allow_duplicate: bool,
            /// Allows failover if a provider is out of credit or over a budget.
            #[serde(default)]
            pub failover_on_quota: bool,
            /// When to call the same person again. Left out: never.
            pub redial: Option<Redial>,
            /// Why the callee is called. The calling rules need it, unless the route or the agent
            /// profile says it.
            pub purpose: Option<Purpose>,
            /// Who is called. Left out: a consumer, except for a reservation.
            pub callee_kind: Option<CalleeKind>,
            /// The kind of line, where the number does not show it. Left out: mobile.
            pub callee_line: Option<CalleeLine>,
            /// The IANA time zone in which the callee is known to be. It replaces the zones of the
            /// number.
            #[schema(examples("America/New_York"))]
            pub callee_timezone: Option<String>,
            /// The IANA time zone in which the callee may be. It is added to the zones of the
            /// number.
            pub callee_timezone_guess: Option<String>,
            /// The country, state or province in which the callee is known to be, as ISO 3166.
            #[schema(examples("US-FL"))]
            pub callee_region: Option<String>,
            /// The callee's consent to be called by an artificial voice.
            pub consent: Option<Consent>,
            /// When the callee asked to be called: RFC 3339, or with a `timezone` the local time
            /// there.
            pub requested_at: Option<String>,
            /// Where the business publishes this number for this matter, for example a web address.
            /// At most 500 characters.
            pub published_number: Option<String>,
            /// The existing relationship: a reference to the order, contract or appointment. At
            /// most 200 characters.
            pub relationship: Option<String>,
            /// The time that the callee chose for the call.
            pub agreed_time: Option<AgreedTime>,
            /// True if the call is recorded. Left out: what the route or the agent profile says.
            pub recording: Option<bool>,
            /// The policy rules that an operator lifts for this call. Needs the scope
            /// `calls:override`. At most 32.
            #[serde(default)]
            pub overrides: Vec<RuleOverride>,
        }

        impl $name {
            /// The request of the library, without a key and a tenant.
            ///
            /// # Errors
            /// `invalid_request` for an amount of money or a time that is none.
            pub fn to_request(&self) -> Result<CallRequest> {
                let max_cost = self.max_cost.as_ref().map(money).transpose()?;
                let zone = self.timezone.as_deref();
                let consent = self.consent.as_ref().map(|it| it.to_core(zone)).transpose()?;
                let agreed_time =
                    self.agreed_time.as_ref().map(|it| it.to_core(zone)).transpose()?;
                let overrides =
                    self.overrides.iter().map(|it| it.to_core(zone)).collect::<Result<_>>()?;
                Ok(CallRequest::new(self.to.as_str(), self.task.as_str()).with(|call| {
                    call.default_country = self.default_country.clone();
                    call.agent = self.agent.clone();
                    call.language = self.language.clone();
                    call.callee_name = self.callee_name.clone();
                    call.business_name = self.business_name.clone();
                    call.on_behalf_of = self.on_behalf_of.clone();
                    call.callback_number = self.callback_number.clone();
                    call.first_message = self.first_message.clone();
                    call.instructions = self.instructions.clone();
                    call.appointment = self.appointment.as_ref().map(Appointment::to_core);
                    call.lead_id = self.lead_id.clone();
                    call.timezone = self.timezone.clone();
                    call.urgent = self.urgent;
                    call.max_duration_seconds = self.max_duration_seconds;
                    call.not_before = self.not_before.clone();
                    call.not_after = self.not_after.clone();
                    call.max_cost = max_cost;
                    call.tags = self.tags.clone();
                    call.metadata = self.metadata.clone();
                    call.batch = self.batch.clone();
                    call.allow_duplicate = self.allow_duplicate;
                    call.failover_on_quota = self.failover_on_quota;
                    call.redial = self.redial.as_ref().map(Redial::to_core);
                    call.purpose = self.purpose.map(Into::into);
                    call.callee_kind = self.callee_kind.map(Into::into);
                    call.callee_line = self.callee_line.map(Into::into);
                    call.callee_timezone = self.callee_timezone.clone();
                    call.callee_timezone_guess = self.callee_timezone_guess.clone();
                    call.callee_region = self.callee_region.clone();
                    call.consent = consent;
                    call.requested_at = self.requested_at.clone();
                    call.published_number = self.published_number.clone();
                    call.relationship = self.relationship.clone();
                    call.agreed_time = agreed_time;
                    call.recording = self.recording;
                    call.overrides = overrides;
                }))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

new_call! {
    /// A request to call somebody. Only `to` and `task` are required.
    #[schema(as = CallRequest)]
    NewCall
}

new_call! {
    /// A request to call somebody, one of a batch.
    BatchCall {
        /// A key of its own, as the header `Idempotency-Key` of a single request.
        #[schema(examples("5f0c1b7f-6b1e-4d2a-9a55-2a100199f2f0"))]
        idempotency_key: String
    }
}

new_call! {
    /// A row of a batch as a line of JSON. `tenant` may be left out, and has to be the batch's; a
    /// `batch` is set by the batch itself.
    BatchLine {
        /// A key of its own. Left out: the row is the call of this person with this task in the
        /// batches of this name.
        #[schema(examples("5f0c1b7f-6b1e-4d2a-9a55-2a100199f2f0"))]
        idempotency_key: Option<String>
    }
}

impl From<BatchCall> for NewCall {
    fn from(one: BatchCall) -> Self {
        Self {
            to: one.to,
            task: one.task,
            tenant: one.tenant,
            default_country: one.default_country,
            agent: one.agent,
            language: one.language,
            callee_name: one.callee_name,
            business_name: one.business_name,
            on_behalf_of: one.on_behalf_of,
            callback_number: one.callback_number,
            first_message: one.first_message,
            instructions: one.instructions,
            appointment: one.appointment,
            lead_id: one.lead_id,
            timezone: one.timezone,
            urgent: one.urgent,
            max_duration_seconds: one.max_duration_seconds,
            not_before: one.not_before,
            not_after: one.not_after,
            max_cost: one.max_cost,
            tags: one.tags,
            metadata: one.metadata,
            batch: one.batch,
            allow_duplicate: one.allow_duplicate,
            failover_on_quota: one.failover_on_quota,
            redial: one.redial,
            purpose: one.purpose,
            callee_kind: one.callee_kind,
            callee_line: one.callee_line,
            callee_timezone: one.callee_timezone,
            callee_timezone_guess: one.callee_timezone_guess,
            callee_region: one.callee_region,
            consent: one.consent,
            requested_at: one.requested_at,
            published_number: one.published_number,
            relationship: one.relationship,
            agreed_time: one.agreed_time,
            recording: one.recording,
            overrides: one.overrides,
        }
    }
}

impl NewCall {
    /// A call with nothing but a number and a task.
    pub fn new(to: impl Into<String>, task: impl Into<String>) -> Self {
        Self {
            to: to.into(),
            task: task.into(),
            tenant: None,
            default_country: None,
            agent: None,
            language: None,
            callee_name: None,
            business_name: None,
            on_behalf_of: None,
            callback_number: None,
            first_message: None,
            instructions: Vec::new(),
            appointment: None,
            lead_id: None,
            timezone: None,
            urgent: false,
            max_duration_seconds: None,
            not_before: None,
            not_after: None,
            max_cost: None,
            tags: Vec::new(),
            metadata: BTreeMap::new(),
            batch: None,
            allow_duplicate: false,
            failover_on_quota: false,
            redial: None,
            purpose: None,
            callee_kind: None,
            callee_line: None,
            callee_timezone: None,
            callee_timezone_guess: None,
            callee_region: None,
            consent: None,
            requested_at: None,
            published_number: None,
            relationship: None,
            agreed_time: None,
            recording: None,
            overrides: Vec::new(),
        }
    }
}

impl Appointment {
    fn to_core(&self) -> core::Appointment {
        core::Appointment {
            date: self.date.clone(),
            time: self.time.clone(),
            time_preference: self.time_preference.clone(),
            party_size: self.party_size,
        }
    }
}

impl Redial {
    fn to_core(&self) -> core::Redial {
        core::Redial {
            on: self.on.iter().copied().map(core::Outcome::from).collect::<BTreeSet<_>>(),
            times: self.times,
            gap_seconds: self.gap_seconds,
            per_day: self.per_day.unwrap_or(core::Redial::DEFAULT_PER_DAY),
        }
    }
}

fn money(money: &Money) -> Result<core::Money> {
    core::Money::parse(&money.amount, &money.currency).map_err(|error| {
        let field = error.field().unwrap_or("amount").to_owned();
        Problem::invalid(
            format!("max_cost.{field}"),
            "is not an amount of money",
            "write it as {\"amount\": \"0.50\", \"currency\": \"USD\"}",
        )
    })
}
