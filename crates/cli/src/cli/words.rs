//! Words of calls, as they are typed.

use switchboard::CallStatus;

/// A status, as it is printed; `-` may stand for `_`.
pub(super) fn status(word: &str) -> Result<CallStatus, String> {
    parse_word(word).ok_or_else(|| {
        "is not a status: use received, scheduled, admitted, attempting, in_progress, closed, \
         refused, needs_approval, indeterminate or stalled"
            .to_owned()
    })
}

/// Parses a word as JSON and tables spell it; `-` may stand for `_`.
pub(super) fn parse_word<T: serde::de::DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(word.trim().replace('-', "_").into()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_read_as_they_are_shown() {
        assert_eq!(status("in_progress"), Ok(CallStatus::InProgress));
        assert_eq!(status("needs-approval"), Ok(CallStatus::NeedsApproval));
        assert!(status("ringing").is_err());
    }
}
