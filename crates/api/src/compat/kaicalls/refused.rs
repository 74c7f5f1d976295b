//! What this surface does not do. Each answer names the way that there is.

use axum::{
    response::Response,
    routing::{self, MethodFilter, MethodRouter},
};
use http::StatusCode;

use crate::{Service, caller::Anything, extract::Permit, problem::kaicalls_error};

pub(super) const AGENTS: &str = "agents are changed at their provider, and profiles of them in \
    the configuration file: [agents.NAME] says which agent a profile has at each provider";
pub(super) const NUMBERS: &str = "numbers are rented and released at their provider: no one \
    number would be true for the calls of several providers";
const LEADS: &str = "there is no CRM here: lead_id is handed to KaiCalls, and your own key-value \
    pairs go with a call as metadata of POST /v1/calls";
const SMS: &str = "text messages are not sent here: use KaiCalls' own API";
const WORKSPACES: &str = "workspaces are KaiCalls' own: tenants here are named by their keys, and \
    their limits and budgets stand in the configuration file";
const EVALS: &str = "evals are KaiCalls' own: agents are compared by experiments, as \
    GET /v1/experiments/{name}/report";
const ANALYTICS: &str = "read GET /v1/usage, and GET /v1/quality with an operator's key";
const RUNS: &str = "use POST /v1/calls/batch, in which each call has an idempotency key";
const REPLAY: &str = "use POST /v1/deliveries/{id}/redeliver for one delivery, and \
    POST /v1/webhook-endpoints/{id}/recover for all since a time";
const SCHEMAS: &str = "read GET /v1/openapi.json";

/// Paths on which nothing is done, whatever the method.
pub(super) const ROWS: [(&str, &str); 29] = [
    ("agents/versions", AGENTS),
    ("phone-numbers/available", NUMBERS),
    ("leads", LEADS),
    ("leads/audit", LEADS),
    ("sms/send", SMS),
    ("sms/update-prompt", SMS),
    ("sms/conversations", SMS),
    ("sms/messages", SMS),
    ("workspaces", WORKSPACES),
    ("evals", EVALS),
    ("evals/run", EVALS),
    ("analytics", ANALYTICS),
    ("analytics/dashboard", ANALYTICS),
    ("analytics/calls", ANALYTICS),
    ("analytics/funnel", ANALYTICS),
    ("analytics/agents", ANALYTICS),
    ("analytics/weekly", ANALYTICS),
    ("analytics/businesses", ANALYTICS),
    ("communication-runs", RUNS),
    ("communication-runs/validate", RUNS),
    ("communication-runs/preview", RUNS),
    ("communication-jobs", RUNS),
    ("communication-attempts", RUNS),
    ("events/replay", REPLAY),
    ("events/backfill", REPLAY),
    ("schemas", SCHEMAS),
    ("sms", SMS),
    ("leads/{id}", LEADS),
    ("workspaces/{id}", WORKSPACES),
];

/// 501, with what to do instead.
pub(super) fn not_supported(instead: &str) -> Response {
    let message = format!("not supported here: {instead}");
    kaicalls_error(StatusCode::NOT_IMPLEMENTED, "not_supported", &message)
}

/// Answers every caller so, whatever the method.
pub(super) fn any(text: &'static str) -> MethodRouter<Service> {
    routing::any(move |_: Permit<Anything>| async move { not_supported(text) })
}

/// The same for these methods.
pub(super) fn on(methods: MethodFilter, text: &'static str) -> MethodRouter<Service> {
    routing::on(methods, move |_: Permit<Anything>| async move { not_supported(text) })
}

/// KaiCalls' keys need a session of its dashboard, and so they are refused to every key.
pub(super) async fn keys() -> Response {
    let message = "keys are not managed with a key here: use /v1/keys with a key that has \
                   keys:manage, or switchboard keys";
    kaicalls_error(StatusCode::FORBIDDEN, "forbidden", message)
}

/// Nobody signs up here.
pub(super) async fn signup() -> Response {
    not_supported("ask whoever runs this server for a key; KaiCalls' accounts are made at KaiCalls")
}
