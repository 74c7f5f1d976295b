//! The placing request in the provider's terms.

use switchboard_core::{Error, ErrorKind, PlaceRequest, Result};

use crate::{
    account::Account,
    api::CreateCall,
    config::{CALLEE_NAME, LONGEST_CALL, SHORTEST_LIMIT},
};

/// The metadata field that holds the id of our attempt.
pub(crate) const REFERENCE: &str = "switchboard_attempt";
/// The most characters of a customer's name (OpenAPI, `CreateCustomerDTO`).
const LONGEST_NAME: usize = 40;

/// The request to send. If this fails, nothing was sent.
pub(crate) fn request(account: &Account, order: &PlaceRequest) -> Result<CreateCall> {
    let config = &account.config;
    let missing = |key: &'static str, message: &'static str| {
        let error = Error::new(ErrorKind::Configuration, message).with_field(key);
        account.failed("calls.place", error)
    };
    let from = account.number(order).ok_or_else(|| {
        missing("phone_number_id", "is not set: set it to Vapi's id of a number of this account")
    })?;
    let assistant = account.assistant(order).ok_or_else(|| {
        missing(
            "agent_id",
            "is not set and the call names no agent: set it, or map the call's agent profile to a Vapi assistant",
        )
    })?;
    let attempt = order.attempt.to_string();
    let mut request = CreateCall::new(assistant.as_str(), from.as_str(), order.call.to.e164())
        .name(&attempt)
        .external_id(&attempt)
        .metadata(REFERENCE, &attempt)
        // The task has all that the agent should know, so that a prompt with this one variable misses
        // nothing.
        .variable(account.task_variable(order), order.briefing(false))
        .max_duration(order.max_duration.clamp(SHORTEST_LIMIT, LONGEST_CALL));
    if let Some(version) = account.version(order) {
        request = request.assistant_version(version);
    }
    if let Some(name) = &order.call.callee_name {
        request = request.variable(CALLEE_NAME, name);
        if name.chars().count() <= LONGEST_NAME {
            request = request.customer_name(name);
        }
    }
    if let Some(first) = order.first_message.as_deref().filter(|first| !first.is_empty()) {
        request = request.first_message(first);
    }
    if let Some(url) = &order.webhook_url {
        request = request.server(url, config.webhook_credential_id.as_deref());
    }
    Ok(request)
}
