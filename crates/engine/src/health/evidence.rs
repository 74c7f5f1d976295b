//! What a failed placing request says of those who were asked.

use switchboard_core::{Delivery, Error, ErrorKind, PlaceError, Refusal};

/// Of whom it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blame {
    /// The provider answered in order: it would not take this call, which depends on the call.
    Answered,
    /// It speaks against the account: its key does not work, or its answers make no sense. Its
    /// neighbours on the same platform may do well.
    AgainstProvider,
    /// It speaks against the provider, and perhaps against what it rides on: nobody was there, or
    /// the server failed.
    AgainstPlatform,
    /// Nothing: what never left for our own reasons, or a call that was placed.
    Nothing,
}

/// Reads a failure of a placing request.
pub(crate) fn blame(failed: &PlaceError) -> Blame {
    let error = failed.error();
    let nobody_there =
        matches!(error.kind(), ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport);
    match failed.delivery() {
        Delivery::NotSent if nobody_there => Blame::AgainstPlatform,
        // What never left for another reason is our own fault: a bad field, a missing agent, a key
        // that cannot work.
        Delivery::NotSent | Delivery::Placed => Blame::Nothing,
        Delivery::Unknown if nobody_there || is_server_error(error) => Blame::AgainstPlatform,
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

/// True where a read that failed so found nobody: an answer that refuses the key shows that
/// somebody answers.
pub(crate) fn is_nobody_there(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport)
        || is_server_error(error)
}

fn is_server_error(error: &Error) -> bool {
    error.status().is_some_and(|status| (500..600).contains(&status))
}
