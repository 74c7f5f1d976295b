//! The Dial command for an order.

use switchboard_core::{Error, ErrorKind, PhoneNumber, PlaceRequest, Result};

use crate::{
    account::Account,
    api::Dial,
    config::{CALLEE_NAME, LONGEST_CALL, SHORTEST_LIMIT},
    reference,
};

/// The number that a call is made from: the order's, or else the account's.
fn caller<'a>(account: &'a Account, order: &'a PlaceRequest) -> Option<&'a PhoneNumber> {
    let own = order.from.as_ref().map(|from| &from.number);
    own.or(account.config.from_number.as_ref())
}

/// The request to send. If this fails, nothing was sent.
pub(crate) fn request(account: &Account, order: &PlaceRequest) -> Result<Dial> {
    let config = &account.config;
    let missing = |key: &'static str, message: &'static str| {
        let error = Error::new(ErrorKind::Configuration, message).with_field(key);
        account.failed("calls.place", error)
    };
    let connection = config.connection_id.as_ref().ok_or_else(|| {
        missing("connection_id", "is not set: set it to a Call Control application of the account")
    })?;
    let from = caller(account, order)
        .ok_or_else(|| missing("from_number", "is not set: set it to a number of the account"))?;
    let agent = account.agent(order).ok_or_else(|| {
        missing(
            "agent_id",
            "is not set and the call names no agent: set it, or map the call's agent profile to a Telnyx assistant",
        )
    })?;
    // A Dial command has no field for it: another version would speak.
    if order.agent_version.is_some() {
        return Err(missing(
            "agent_version",
            "cannot be chosen at Telnyx, which dials with the version that is in use: leave it out",
        ));
    }
    let to = order.call.to.e164();
    let task_variable = order.task_variable.as_ref().unwrap_or(&config.task_variable);
    let mut dial = Dial::new(connection, from.e164(), to, agent.as_str(), order.idempotency_key)
        .client_state(reference::encode(&order.attempt.to_string()))
        .max_duration(order.max_duration.clamp(SHORTEST_LIMIT, LONGEST_CALL))
        .variable(task_variable, order.briefing(false));
    if let Some(name) = &order.call.callee_name {
        dial = dial.variable(CALLEE_NAME, name);
    }
    if let Some(words) = order.first_message.as_ref().filter(|words| !words.is_empty()) {
        dial = dial.greeting(words);
    }
    if let Some(url) = &order.webhook_url {
        dial = dial.webhook_url(url);
    }
    if config.detect_machines {
        dial = dial.detect_machines();
    }
    if config.record {
        dial = dial.record();
    }
    Ok(dial)
}
