//! Whether it is known which of a provider's calls an attempt is.

use switchboard_core::{AttemptId, Call};
use switchboard_journal::{Identity, identity};

/// True if the provider's call for this attempt is known, or proven not to exist, or no longer
/// matters.
pub(crate) fn is_identified(call: &Call, attempt: AttemptId) -> bool {
    call.attempts.last().is_none_or(|last| last.id != attempt) || identity(call) == Identity::Known
}
