//! Whether it is known which of a provider's calls an attempt is.

use switchboard_core::{AttemptId, Call};
use switchboard_journal::{Identity, identity};

/// True where the attempt's call at the provider is known, it is proven that there is none, or
/// nobody asks any more.
pub(crate) fn is_identified(call: &Call, attempt: AttemptId) -> bool {
    call.attempts.last().is_none_or(|last| last.id != attempt) || identity(call) == Identity::Known
}
