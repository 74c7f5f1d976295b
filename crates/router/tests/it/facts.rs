//! What routes and agent profiles say about calls: who takes precedence, and that it can be told
//! where a fact comes from.

use std::sync::Arc;

use switchboard_core::{CallRequest, CalleeKind, PhoneNumber, ProfileName, Purpose, ValidCall};
use switchboard_router::{FactDefaults, FactOrigin, Match, Policy};

use crate::support::{
    plans::{one, profile, route},
    request, valid,
};

/// The facts that have defaults, and what each of three sources says about each.
const FACTS: [&str; 6] =
    ["purpose", "callee_kind", "recording", "published_number", "on_behalf_of", "callback_number"];

/// The number to call back that a source gives.
fn callback(of: &str) -> &'static str {
    match of {
        "request" => "+442079460001",
        "route" => "+442079460002",
        _ => "+442079460003",
    }
}

fn defaults(of: &str, fact: &str) -> FactDefaults {
    let text = Some(format!("as the {of} says"));
    FactDefaults::default().with(|facts| match (fact, of) {
        ("purpose", "route") => facts.purpose = Some(Purpose::Survey),
        ("purpose", _) => facts.purpose = Some(Purpose::Marketing),
        ("callee_kind", "route") => facts.callee_kind = Some(CalleeKind::Business),
        ("callee_kind", _) => facts.callee_kind = Some(CalleeKind::Consumer),
        ("recording", of) => facts.recording = Some(of == "route"),
        ("published_number", _) => facts.published_number = text,
        ("callback_number", of) => {
            facts.callback_number = PhoneNumber::parse(callback(of)).ok();
        }
        (_, _) => facts.on_behalf_of = text,
    })
}

fn asked(fact: &str, call: &mut CallRequest) {
    match fact {
        "purpose" => call.purpose = Some(Purpose::Reservation),
        "callee_kind" => call.callee_kind = Some(CalleeKind::Consumer),
        "recording" => call.recording = Some(false),
        "published_number" => call.published_number = Some("as the request says".to_owned()),
        "callback_number" => call.callback_number = Some(callback("request").to_owned()),
        _ => call.on_behalf_of = Some("as the request says".to_owned()),
    }
}

fn value(fact: &str, call: &ValidCall, policy: &Policy) -> Option<String> {
    let facts = policy.facts_for(call);
    let sources = policy.fact_sources(call, None);
    assert_eq!(sources.facts(), facts);
    match fact {
        "purpose" => facts.purpose.map(|it| it.to_string()),
        "callee_kind" => facts.callee_kind.map(|it| it.to_string()),
        "recording" => facts.recording.map(|it| it.to_string()),
        "published_number" => facts.published_number,
        "callback_number" => sources.callback_number().map(|number| number.e164().to_owned()),
        _ => sources.on_behalf_of().map(str::to_owned),
    }
}

/// What a source says, in the words of `value`.
fn said(fact: &str, of: FactOrigin) -> String {
    match (fact, of) {
        ("purpose", FactOrigin::Request) => "reservation".to_owned(),
        ("purpose", FactOrigin::Route) => "survey".to_owned(),
        ("purpose", FactOrigin::Profile) => "marketing".to_owned(),
        ("callee_kind", FactOrigin::Route) => "business".to_owned(),
        ("callee_kind", _) => "consumer".to_owned(),
        ("callback_number", of) => callback(of.as_str()).to_owned(),
        ("recording", of) => (of == FactOrigin::Route).to_string(),
        (_, of) => format!("as the {} says", of.as_str()),
    }
}

#[test]
fn the_request_goes_first_then_the_route_then_the_profile() {
    for fact in FACTS {
        for combination in 0..8 {
            let [by_request, by_route, by_profile] = [1, 2, 4].map(|bit| combination & bit > 0);
            let mut policy = one();
            // Only the first route that takes the call says something about it.
            let night = Match { tags: ["night".to_owned()].into(), ..Match::default() };
            policy.routes = vec![
                route("night", night, &[]),
                route("everything", Match::default(), &[]),
                route("too late", Match::default(), &[]),
            ];
            policy.routes[0].facts = defaults("night route", fact);
            if by_route {
                policy.routes[1].facts = defaults("route", fact);
            }
            policy.routes[2].facts = defaults("late route", fact);
            for name in ["anna", "bert"] {
                let name = ProfileName::new(name);
                policy.profiles.insert(name.clone(), profile(name.as_str(), &["alpha"], &[]));
            }
            if by_profile {
                policy.profile_facts.insert("anna".into(), defaults("profile", fact));
            }
            policy.profile_facts.insert("bert".into(), defaults("other profile", fact));
            for by_name in [true, false] {
                if !by_name {
                    policy.default_profile = Some("anna".into());
                }
                let call = valid(request(1).with(|call| {
                    call.agent = by_name.then(|| "anna".to_owned());
                    if by_request {
                        asked(fact, call);
                    }
                }));
                let origin = match (by_request, by_route, by_profile) {
                    (true, _, _) => Some(FactOrigin::Request),
                    (false, true, _) => Some(FactOrigin::Route),
                    (false, false, true) => Some(FactOrigin::Profile),
                    (false, false, false) => None,
                };
                let found = value(fact, &call, &policy);
                assert_eq!(found, origin.map(|of| said(fact, of)), "{fact} {combination}");
                let told = policy.fact_sources(&call, None).origin(fact);
                assert_eq!(told, origin.unwrap_or(FactOrigin::Request), "{fact} {combination}");
            }
        }
    }
}

#[test]
fn the_profile_that_handles_the_call_counts_not_the_one_that_was_asked_for() {
    let mut policy = one();
    policy.profile_facts.insert("anna".into(), defaults("profile", "recording"));
    policy
        .profile_facts
        .insert("bert".into(), FactDefaults::default().with(|facts| facts.recording = Some(true)));
    let call = valid(request(1).with(|call| call.agent = Some("anna".to_owned())));
    let bert = ProfileName::new("bert");
    assert_eq!(policy.facts_for(&call).recording, Some(false));
    assert_eq!(policy.fact_sources(&call, Some(&bert)).facts().recording, Some(true));
}

#[test]
fn facts_without_a_default_come_from_the_request_alone() {
    let mut policy = one();
    policy.default_profile = Some("anna".into());
    policy.profile_facts.insert("anna".into(), defaults("profile", "purpose"));
    let call = valid(request(1).with(|call| {
        call.relationship = Some("order 17".to_owned());
        call.callee_timezone = Some("America/Chicago".to_owned());
    }));
    let facts = policy.facts_for(&call);
    assert_eq!(facts, call.facts.clone().with(|it| it.purpose = Some(Purpose::Marketing)));
    assert_eq!(policy.fact_sources(&call, None).origin("relationship"), FactOrigin::Request);
}

#[test]
fn a_provider_is_told_on_whose_behalf_the_profile_calls() {
    let mut policy = one();
    policy.profile_facts.insert("anna".into(), defaults("profile", "on_behalf_of"));
    let call = |change: fn(&mut CallRequest)| Arc::new(valid(request(1).with(change)));
    let named = call(|call| call.agent = Some("anna".to_owned()));
    let placed = policy.as_placed(&named, None);
    assert_eq!(placed.on_behalf_of.as_deref(), Some("as the profile says"));
    let mut same = ValidCall::clone(&placed);
    same.on_behalf_of = None;
    assert_eq!(same, *named);
    for unchanged in [call(|_| {}), call(|call| call.on_behalf_of = Some("Ann".to_owned()))] {
        assert_eq!(policy.as_placed(&unchanged, None), unchanged);
    }
}
