//! The placing request in the provider's terms.

use switchboard_core::PlaceRequest;

use crate::api::CreateCall;

/// The metadata field that holds the id of our attempt.
pub(crate) const REFERENCE: &str = "switchboard_attempt";

/// The request to send. CALL-E has no field for the first words, so they are the first instruction;
/// the region and the language are left to it, because one that contradicts the number or the task
/// is refused.
pub(crate) fn request(order: &PlaceRequest) -> CreateCall {
    let request = CreateCall::new(order.briefing(true), order.call.to.e164())
        .metadata(REFERENCE, order.attempt.to_string());
    match &order.webhook_url {
        Some(url) => request.webhook_url(url),
        None => request,
    }
}
