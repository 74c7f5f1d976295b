//! Which error codes are a person's wish to be left alone, and which are not.

use switchboard_core::{
    AttemptError, Error, ErrorKind, ProviderCall, ProviderCallId, ProviderId, ProviderState,
    Suppression,
};

#[test]
fn only_a_code_about_the_persons_wish_is_one() {
    use Suppression::{DoNotCallList, OptedOut};
    let rows = [
        ("number_opted_out", Some(OptedOut)),
        ("Number_Opted_Out", Some(OptedOut)),
        ("number_on_dnc", Some(DoNotCallList)),
        ("suppression_violation", Some(DoNotCallList)),
        ("blocked_number", None),
        ("consent_denied", None),
        ("tcpa_violation", None),
        ("content_blocked", None),
        ("safety_violation", None),
        ("no_answer", None),
        ("the number_opted_out of this", None),
        ("", None),
    ];
    for (code, wish) in rows {
        let error = Error::new(ErrorKind::Blocked, "The person opted out.").with_code(code);
        assert_eq!(AttemptError::from(&error).suppression(), wish, "{code}");
        let id = ProviderCallId::from("call-1");
        let provider = ProviderId::from_static("kaicalls");
        let mut call = ProviderCall::new(provider, id, ProviderState::Queued, "failed");
        call.failure_code = Some(code.to_owned());
        assert_eq!(call.suppression(), wish, "{code}");
    }
    let wordy = Error::new(ErrorKind::Blocked, "number_opted_out");
    assert_eq!(AttemptError::from(&wordy).suppression(), None, "a message is no code");
}
