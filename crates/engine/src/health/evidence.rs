//! What a failed placing request says about the provider and its platform.

use switchboard_core::{Delivery, Error, ErrorKind, PlaceError, Refusal};

/// Whom a failure counts against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blame {
    /// Nobody: the provider works, and refused this call for a reason that depends on the call.
    Answered,
    /// The provider's account: its key does not work, or its answers make no sense. Others on the
    /// same platform may work well.
    AgainstProvider,
    /// The provider, and perhaps its platform: it did not answer, or the server failed.
    AgainstPlatform,
    /// Nobody: the request was not sent for our own reasons, or the call was placed.
    Nothing,
}

/// Whom this failure of a placing request counts against.
pub(crate) fn blame(failed: &PlaceError) -> Blame {
    let error = failed.error();
    let no_answer =
        matches!(error.kind(), ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport);
    match failed.delivery() {
        Delivery::NotSent if no_answer => Blame::AgainstPlatform,
        // A request that was not sent for another reason is our own fault: a bad field, a missing
        // agent, an unusable key.
        Delivery::NotSent | Delivery::Placed => Blame::Nothing,
        Delivery::Unknown if no_answer || is_server_error(error) => Blame::AgainstPlatform,
        Delivery::Unknown => Blame::AgainstProvider,
        Delivery::Refused(refusal) => match refusal {
            Refusal::ThisProvider if error.kind() == ErrorKind::Unauthorized => {
                Blame::AgainstProvider
            }
            Refusal::ThisProvider
            | Refusal::RateLimited
            | Refusal::Quota
            | Refusal::NeedsApproval
            | Refusal::Everyone => Blame::Answered,
        },
    }
}

/// True if this error of a read means that there was no answer. A refused key is an answer: the
/// platform is up.
pub(crate) fn is_unanswered(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport)
        || is_server_error(error)
}

fn is_server_error(error: &Error) -> bool {
    error.status().is_some_and(|status| (500..600).contains(&status))
}
