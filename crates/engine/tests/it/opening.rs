//! How the first words of a call reach a provider.

use jiff::Timestamp;
use proptest::prelude::*;
use switchboard_core::{
    CallFacts, CallRequest, PlaceRequest, ProviderId, ProviderInfo, Purpose, ValidCall,
};
use switchboard_engine::opening::{for_provider, of};
use switchboard_rules::{Said, Saying};

const REQUIRED: &str = "ai,on_behalf_of,purpose,recording";

fn call(to: &str, change: impl FnOnce(&mut CallRequest)) -> ValidCall {
    let mut request = CallRequest::new(to, "Book a table for two at eight");
    request.on_behalf_of = Some("Ana Silva".to_owned());
    request.callback_number = Some("+14155550166".to_owned());
    request.instructions = vec!["Ask for the terrace.".to_owned()];
    change(&mut request);
    request.validate(Timestamp::UNIX_EPOCH).unwrap()
}

fn facts(purpose: Purpose, recording: bool) -> CallFacts {
    CallFacts::default().with(|facts| {
        facts.purpose = Some(purpose);
        facts.recording = Some(recording);
    })
}

fn info(takes_first_message: bool) -> ProviderInfo {
    let mut info = ProviderInfo::new(ProviderId::from_static("any"));
    info.takes_first_message = takes_first_message;
    info
}

#[test]
fn first_words_go_where_the_provider_takes_them() {
    let call = call("+14155550123", |_| {});
    let opening = of(&call, &facts(Purpose::Reservation, true), REQUIRED.parse().unwrap());
    let words = "Hello, this is an AI assistant calling on behalf of Ana Silva, about a reservation. This call is recorded.";
    assert_eq!((opening.text.as_str(), opening.missing), (words, Said::NONE));

    let taken = for_provider(&call, &opening, &info(true));
    assert_eq!(taken.first_message.as_deref(), Some(words));
    assert_eq!(taken.instructions, ["Ask for the terrace."]);

    let told = for_provider(&call, &opening, &info(false));
    assert_eq!(told.first_message, None);
    assert_eq!(
        told.instructions,
        [PlaceRequest::begin_with(words).as_str(), "Ask for the terrace."]
    );
}

#[test]
fn without_rules_a_call_is_what_its_caller_wrote() {
    let plain = call("+14155550123", |_| {});
    let opening = of(&plain, &facts(Purpose::Marketing, true), Said::NONE);
    for takes in [true, false] {
        let order = for_provider(&plain, &opening, &info(takes));
        assert_eq!((order.first_message, order.instructions), (None, plain.instructions.clone()));
    }
    let own = call("+14155550123", |call| call.first_message = Some("Good evening.".to_owned()));
    let opening = of(&own, &facts(Purpose::Marketing, true), Said::NONE);
    let order = for_provider(&own, &opening, &info(true));
    assert_eq!(order.first_message.as_deref(), Some("Good evening."));
    assert_eq!(order.instructions, own.instructions);
}

#[test]
fn a_sentence_that_drops_the_disclosure_is_completed() {
    let call = call("+14155550123", |call| {
        call.first_message = Some("Hey, it's Kai, got a minute?".to_owned());
    });
    let opening =
        of(&call, &facts(Purpose::Reservation, false), "ai,on_behalf_of".parse().unwrap());
    assert_eq!(
        opening.text,
        "Hello, this is an AI assistant calling on behalf of Ana Silva, about a reservation. Hey, it's Kai, got a minute?"
    );
}

#[test]
fn a_call_that_sells_offers_to_stop() {
    let call = call("+14155550123", |_| {});
    let opening = of(&call, &facts(Purpose::Marketing, false), "ai,on_behalf_of".parse().unwrap());
    for one in [Saying::Number, Saying::OptOut] {
        assert!(opening.said.contains(one), "{}", opening.text);
    }
    let order = for_provider(&call, &opening, &info(true));
    assert!(order.instructions[0].contains("does not want to be called again"));
}

#[test]
fn german_numbers_are_asked_before_they_are_recorded() {
    let german = call("+493023125123", |call| call.language = Some("en".to_owned()));
    let opening = of(&german, &facts(Purpose::Reservation, true), REQUIRED.parse().unwrap());
    assert!(opening.text.ends_with("May I record this call?"), "{}", opening.text);
    let order = for_provider(&german, &opening, &info(false));
    assert!(order.instructions[1].contains("wait for the answer"));
}

#[test]
fn a_fact_that_is_missing_is_named() {
    let call = call("+14155550123", |call| {
        call.on_behalf_of = None;
        call.callback_number = None;
    });
    let opening = of(&call, &CallFacts::default(), Said::ALL);
    let needs: Vec<_> = opening.needs().collect();
    assert_eq!(needs, ["on_behalf_of", "purpose", "callback_number"]);
}

proptest! {
    /// Whatever a provider takes, it gets every word and every instruction, the words first.
    #[test]
    fn nothing_is_lost_on_the_way(
        takes in any::<bool>(),
        own in proptest::option::of("[A-Za-z ,.]{1,40}[a-z]"),
        required in proptest::sample::subsequence(Saying::ALL.to_vec(), 0..=7),
        purpose in proptest::sample::select(Purpose::ALL.to_vec()),
    ) {
        let call = call("+14155550123", |call| call.first_message = own);
        let opening = of(&call, &facts(purpose, true), required.into_iter().collect());
        let order = for_provider(&call, &opening, &info(takes));
        let mut all = order.first_message.clone().into_iter().chain(order.instructions.clone());
        match opening.text.as_str() {
            "" => prop_assert_eq!(order.first_message, None),
            words => prop_assert!(all.next().unwrap().ends_with(words)),
        }
        let rest: Vec<_> = all.collect();
        let expected: Vec<_> =
            opening.instructions.iter().chain(&call.instructions).cloned().collect();
        prop_assert_eq!(rest, expected);
    }
}
