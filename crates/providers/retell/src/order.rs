//! The placing request in the provider's terms.

use std::time::Duration;

use switchboard_core::{Error, ErrorKind, PlaceRequest, Result};

use crate::{
    account::Account,
    api::CreateCall,
    config::{LONGEST_CALL, SHORTEST_LIMIT, VersionSelector},
    task,
};

/// The metadata field that holds the id of our attempt.
pub(crate) const REFERENCE: &str = "switchboard_attempt";

/// The request to send. If this fails, nothing was sent.
pub(crate) fn request(account: &Account, order: &PlaceRequest) -> Result<CreateCall> {
    let config = &account.config;
    let missing = |key: &'static str, message: &'static str| {
        let error = Error::new(ErrorKind::Configuration, message).with_field(key);
        account.failed("calls.place", error)
    };
    let own = order.from.as_ref().map(|from| &from.number);
    let from = own.or(config.from_number.as_ref()).ok_or_else(|| {
        missing("from_number", "is not set: set it to a number that Retell has for this account")
    })?;
    let agent = account.agent(order).ok_or_else(|| {
        missing(
            "agent_id",
            "is not set and the call names no agent: set it, or map the call's agent profile to a Retell agent",
        )
    })?;
    let mut request =
        CreateCall::new(from.e164(), order.call.to.e164(), agent.as_str(), order.idempotency_key)
            .metadata(REFERENCE, order.attempt.to_string())
            .max_duration(limit(order.max_duration));
    let version = match &order.agent_version {
        Some(version) => Some(VersionSelector::from(version.as_str())),
        // The configured version is of the configured agent.
        None => config.agent_version.clone().filter(|_| config.agent_id.as_ref() == Some(agent)),
    };
    if let Some(version) = version {
        request = request.agent_version(version);
    }
    let task_variable = order.task_variable.as_ref().unwrap_or(&config.task_variable);
    for (name, text) in task::variables(task_variable, order) {
        request = request.variable(name, text);
    }
    if let Some(url) = &order.webhook_url {
        request = request.webhook_url(url);
    }
    Ok(request)
}

/// The longest duration within the bounds that Retell takes.
fn limit(longest: Duration) -> Duration {
    longest.clamp(SHORTEST_LIMIT, LONGEST_CALL)
}
