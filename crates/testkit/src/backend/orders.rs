//! Orders to place, as the router would hand them over.

use std::{sync::Arc, time::Duration};

use switchboard_core::{AttemptId, CallRequest, PlaceRequest};
use uuid::Uuid;

/// An order for this request.
///
/// # Panics
/// If the request is not valid.
pub fn order_for(request: CallRequest) -> PlaceRequest {
    let now = jiff::Timestamp::constant(1_771_164_000, 0);
    let call = request.validate(now).unwrap_or_else(|error| panic!("{error}"));
    PlaceRequest::new(
        AttemptId::new(Uuid::from_u128(1)),
        Uuid::from_u128(2),
        Arc::new(call),
        Duration::from_secs(300),
    )
}

/// An order to call this number with a plain task.
///
/// # Panics
/// If the number cannot be called.
pub fn order(to: &str) -> PlaceRequest {
    order_for(CallRequest::new(to, "Confirm appointment for tomorrow at 2pm"))
}
