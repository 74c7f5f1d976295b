//! A call as JSON, and the options that set a field of it.

use std::path::PathBuf;

use clap::Args;
use switchboard::{CallRequest, Money};

/// The fields of a request that calls often have.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct DetailArgs {
    /// The callee's name.
    #[arg(long, value_name = "NAME")]
    pub(crate) callee_name: Option<String>,
    /// The name of the callee's business.
    #[arg(long, value_name = "NAME")]
    pub(crate) business_name: Option<String>,
    /// The first sentence that the agent says.
    #[arg(long, value_name = "TEXT")]
    pub(crate) first_message: Option<String>,
    /// A further instruction for the agent. May be repeated.
    #[arg(long, value_name = "TEXT")]
    pub(crate) instruction: Vec<String>,
    /// The earliest time of the call, for example 2026-02-14T20:00:00Z, or with --timezone the
    /// local time there.
    #[arg(long, value_name = "TIME")]
    pub(crate) not_before: Option<String>,
    /// The latest time of the call, written like --not-before.
    #[arg(long, value_name = "TIME")]
    pub(crate) not_after: Option<String>,
    /// The time zone of the call's times, for example America/New_York.
    #[arg(long, value_name = "ZONE")]
    pub(crate) timezone: Option<String>,
    /// The longest that the call may last, 30 to 3600 seconds.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) max_duration_seconds: Option<u32>,
    /// The most that the call may cost by its estimate, for example '0.50 USD'.
    #[arg(long, value_name = "AMOUNT", value_parser = money)]
    pub(crate) max_cost: Option<Money>,
    /// A label that routes can match. May be repeated.
    #[arg(long, value_name = "TAG")]
    pub(crate) tag: Vec<String>,
    /// Your own data, kept with the call and never sent to a provider. May be repeated.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) metadata: Vec<(String, String)>,
    /// The customer's id in the provider's CRM.
    #[arg(long, value_name = "ID")]
    pub(crate) lead_id: Option<String>,
    /// The customer of yours for whom the call is placed.
    #[arg(long, value_name = "TENANT")]
    pub(crate) tenant: Option<String>,
    /// Ask the provider to give the call priority.
    #[arg(long)]
    pub(crate) urgent: bool,
    /// If a provider is out of credit or over a budget, let the next one take the call.
    #[arg(long)]
    pub(crate) failover_on_quota: bool,
}

impl DetailArgs {
    /// Sets those that were given in a request.
    pub(crate) fn put_into(self, call: &mut CallRequest) {
        call.callee_name = self.callee_name.or(call.callee_name.take());
        call.business_name = self.business_name.or(call.business_name.take());
        call.first_message = self.first_message.or(call.first_message.take());
        call.instructions.extend(self.instruction);
        call.not_before = self.not_before.or(call.not_before.take());
        call.not_after = self.not_after.or(call.not_after.take());
        call.timezone = self.timezone.or(call.timezone.take());
        call.max_duration_seconds = self.max_duration_seconds.or(call.max_duration_seconds);
        call.max_cost = self.max_cost.or(call.max_cost);
        call.tags.extend(self.tag);
        call.metadata.extend(self.metadata);
        call.lead_id = self.lead_id.or(call.lead_id.take());
        call.tenant = self.tenant.or(call.tenant.take());
        call.urgent |= self.urgent;
        call.failover_on_quota |= self.failover_on_quota;
    }
}

/// The request as JSON.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct JsonRequestArgs {
    /// A file with the call as the JSON of POST /v1/calls; - reads stdin. Options replace its
    /// fields.
    #[arg(long, value_name = "FILE")]
    pub(crate) json_request: Option<PathBuf>,
}

fn seconds(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| "write a whole number of seconds, for example 600".to_owned())
}

fn money(text: &str) -> Result<Money, String> {
    let (amount, currency) = text
        .trim()
        .split_once(' ')
        .ok_or("write an amount and its currency, for example '0.50 USD'")?;
    Money::parse(amount, currency.trim()).map_err(|error| error.message().to_owned())
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.to_owned()))
}
