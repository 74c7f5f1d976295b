//! Problems: the table, and what becomes of the library's errors.

use std::collections::HashSet;

use switchboard::{Error, ErrorKind, ProviderId};
use switchboard_api::{Code, Problem};

#[test]
fn every_code_has_a_word_a_status_and_a_page() {
    let mut words = HashSet::new();
    for code in Code::ALL {
        assert!(words.insert(code.as_str()), "{code:?} has another one's word");
        assert_eq!(Code::parse(code.as_str()), Some(*code));
        assert!(code.status().is_client_error() || code.status().is_server_error());
        assert!(!code.title().is_empty() && code.page().len() > 20, "{code:?}");
        assert_eq!(code.page().matches('`').count() % 2, 0, "{code:?}: a quote is open");
    }
}

#[test]
fn a_problem_never_holds_a_number_or_a_providers_words() {
    let error = Error::new(ErrorKind::Provider, "cannot call +1 415 555 0100, said the machine")
        .with_provider(ProviderId::from_static("kallyai"))
        .with_status(500);
    let problem = Problem::from(error);
    assert_eq!(problem.code(), Code::ProviderFailed);
    assert_eq!(problem.detail(), "kallyai answered with HTTP 500 (provider)");
    let error = Error::invalid("to", "+1 415 555 0100 is no number: write it as +442079460123");
    let json = Problem::from(error).to_json(None, None).to_string();
    assert!(!json.contains("5550100") && !json.contains("555 0100"), "{json}");
    assert!(!json.contains("442079460123"), "{json}");
}

#[test]
fn what_is_wrong_and_how_to_fix_it_are_said_once_each() {
    let error = Error::invalid("task", "is empty: say what the agent should accomplish");
    let problem = Problem::from(error);
    assert_eq!(problem.detail(), "is empty");
    assert_eq!(problem.how_to_fix(), Some("say what the agent should accomplish"));
}

#[test]
fn a_failed_placing_request_says_what_it_means_for_the_phone() {
    let told = |code: Code| {
        let body = Problem::new(code, "").of_placing().to_json(None, None);
        body["delivery"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(told(Code::InvalidRequest), "not_sent");
    assert_eq!(told(Code::Stopping), "not_sent");
    assert_eq!(told(Code::JournalUnavailable), "unknown");
    assert_eq!(told(Code::Internal), "unknown");
}
