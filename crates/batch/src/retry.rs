//! Which refused calls may be tried again.

use switchboard_core::{Call, CallStatus, ErrorKind};

/// True if a row may be tried again after its call was refused: no phone rang, and the reason may
/// pass, unlike one that lies with the person, their country, the content, or a cancellation.
pub fn is_worth_retrying(call: &Call) -> bool {
    let kind = call.fault.as_ref().map(|fault| fault.kind);
    call.status == CallStatus::Refused
        && match kind {
            Some(
                ErrorKind::QuotaExceeded
                | ErrorKind::Unauthorized
                | ErrorKind::Forbidden
                | ErrorKind::RateLimited
                | ErrorKind::Connect
                | ErrorKind::Timeout
                | ErrorKind::Transport
                | ErrorKind::Decode
                | ErrorKind::Provider
                | ErrorKind::NoProvider
                | ErrorKind::Expired
                | ErrorKind::Configuration
                | ErrorKind::Unsupported,
            ) => true,
            // Requests that are always refused, cancelled calls, and kinds that later versions add.
            Some(_) | None => false,
        }
}
