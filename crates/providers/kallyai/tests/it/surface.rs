//! Every other typed method, against the simulated provider.

use std::sync::Arc;

use crate::support::{CALLEE, OTHER, WallClock, client, fast, settings, simple_order, simulated};
use jiff::civil;
use rust_decimal::Decimal;
use switchboard_core::{
    Cost, Country, Coverage, Credits, ErrorKind, Idempotency, NumberChoice, NumberId, NumberSearch,
    PhoneNumber, Provider, Reschedule, UsageFilter,
};
use switchboard_kallyai::{
    KallyAi, Method,
    wire::{
        ContactDraft, CreditPlans, DeleteAllInboundCalls, InboundFilter, InboundStatus, Paging,
        ProvisionNumber, RoutingRule, Statistics, SubscriptionStatus,
    },
};
use switchboard_testkit::{
    Shape, SimKallyAi,
    fault::{Fault, Rule},
};

#[tokio::test]
async fn what_the_provider_says_of_itself() {
    let (_sim, kallyai) = simulated(fast()).await;
    let info = kallyai.info();
    assert!(info.synchronous && !info.needs_agent);
    assert_eq!(
        (info.idempotency, info.place_limit, info.tariff.is_none()),
        (Idempotency::Undocumented, None, true)
    );
    assert!(info.countries.covers(&Country::ES) && info.countries != Coverage::All);
    let agents = kallyai.agents().unwrap();
    let all = agents.list().await.unwrap();
    assert_eq!(
        all.iter().map(|agent| agent.id.as_str()).collect::<Vec<_>>(),
        ["restaurant", "clinic", "hotel", "general"]
    );
    assert!(all.iter().all(|agent| agent.built_in) && agents.editor().is_none());
    assert_eq!(agents.get(&"hotel".into()).await.unwrap(), all[2]);
    assert_eq!(agents.get(&"spa".into()).await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn credits_in_every_shape() {
    for shape in [Shape::February2026, Shape::January2026, Shape::Assistant] {
        let (_sim, kallyai) = simulated(fast().shape(shape)).await;
        kallyai.calls().place(&simple_order()).await.unwrap();
        let usage = kallyai.usage().unwrap();
        let [balance] = &usage.balances().await.unwrap()[..] else { panic!("one account") };
        assert!(balance.credits_used.unwrap() > Credits::default(), "{shape:?}");
        assert!(
            balance.status.is_some() && balance.minutes_used.is_some() && balance.plan.is_some(),
            "{shape:?}"
        );
        let records = usage.records(&UsageFilter::default()).await.unwrap();
        assert_eq!(records.len(), 1, "{shape:?}");
        assert!(
            matches!(records[0].cost, Some(Cost::Credits(credits)) if credits.micros() > 0),
            "{shape:?}"
        );
        let future = UsageFilter {
            since: Some("2099-01-01T00:00:00Z".parse().unwrap()),
            ..UsageFilter::default()
        };
        assert_eq!(usage.records(&future).await.unwrap(), []);
        let credits = kallyai.client().credits();
        let price = credits.costs().await.unwrap().call().unwrap();
        assert_eq!((price.base, price.per_minute), (Some(Decimal::ONE), Some(Decimal::new(1, 1))));
        assert!(credits.plans().await.unwrap().plans.unwrap().contains_key("pro"));
        assert!(!credits.breakdown().await.unwrap().items.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_balance_stands_without_its_asides() {
    let (sim, kallyai) = simulated(fast()).await;
    sim.faults().add(Rule::on("GET", "/v1/users/me/statistics", Fault::answer(404, "not_found")));
    sim.faults().add(Rule::on("GET", "/v1/subscriptions/status", Fault::answer(403, "forbidden")));
    let [balance] = &kallyai.usage().unwrap().balances().await.unwrap()[..] else {
        panic!("one account")
    };
    assert_eq!((balance.minutes_used, balance.status.as_deref()), (None, None));
    assert!(balance.credits_remaining.is_some());
}

#[test]
fn the_documents_examples_are_read() {
    let plans: CreditPlans =
        serde_json::from_str(include_str!("../fixtures/002/credits_plans_answer.json")).unwrap();
    assert_eq!(plans.plans.unwrap()["business"].overage_rate, Some(Decimal::new(5, 2)));
    let status: SubscriptionStatus =
        serde_json::from_str(include_str!("../fixtures/002/subscriptions_status_answer.json"))
            .unwrap();
    assert_eq!(status.pending_change.unwrap().new_plan.as_deref(), Some("starter"));
    let statistics: Statistics =
        serde_json::from_str(include_str!("../fixtures/003/users_statistics_answer.json")).unwrap();
    assert_eq!(statistics.usage_percentage, Some(Decimal::new(214, 1)));
    assert_eq!(statistics.raw().value()["calls_used"], 8);
    assert!(serde_json::from_str::<Statistics>("[]").is_err());
}

#[tokio::test]
async fn numbers_are_found_rented_and_given_back() {
    let (sim, kallyai) = simulated(fast()).await;
    let numbers = kallyai.numbers().unwrap();
    let search = NumberSearch {
        country: Some(Country::US),
        area_code: Some("415".to_owned()),
        limit: Some(2),
    };
    assert_eq!(numbers.available(&search).await.unwrap().len(), 2);
    let rented =
        numbers.rent(&NumberChoice::Any { country: Country::US, area_code: None }).await.unwrap();
    assert!(rented.id.is_some());
    assert!(numbers.list().await.unwrap().iter().any(|owned| owned.id == rented.id));
    let chosen = NumberChoice::Number { number: PhoneNumber::parse(CALLEE).unwrap(), agent: None };
    assert_eq!(numbers.rent(&chosen).await.unwrap_err().kind(), ErrorKind::Unsupported);
    numbers.release(&rented).await.unwrap();
    assert!(!numbers.list().await.unwrap().iter().any(|owned| owned.id == rented.id));
    let nameless = switchboard_core::OwnedNumber { id: None, ..rented };
    assert_eq!(numbers.release(&nameless).await.unwrap_err().field(), Some("id"));
    assert_eq!(sim.posts_to("/v1/phone-numbers/provision"), 1);
}

#[tokio::test]
async fn every_row_of_the_number_table_is_reached() {
    let sim = SimKallyAi::start(fast()).await.unwrap();
    let numbers = client(&sim).phone_numbers();
    let phone = PhoneNumber::parse(OTHER).unwrap();
    let rented =
        numbers.provision(&ProvisionNumber::new(Country::US).area_code("415")).await.unwrap();
    let id: NumberId = rented.get::<String>(&["id", "phone_number_id"]).unwrap().into();
    assert!(numbers.supported_countries().await.unwrap().value()["countries"].is_array());
    numbers.forwarding_targets().await.unwrap();
    numbers.set_up_forwarding(&serde_json::json!({"phone_number": OTHER})).await.unwrap();
    numbers.start_verification(&phone).await.unwrap();
    // Which code the simulator wants is its own affair: what counts is that the request arrives.
    let _ = numbers.check_verification(&phone, "123456").await;
    let _ = numbers.configure_verified(&serde_json::json!({"phone_number": OTHER})).await;
    numbers.get(&id).await.unwrap();
    numbers.details(&id).await.unwrap();
    let _ = numbers.verify_ownership(&id).await;
    numbers.set_forwarding(&id, &phone).await.unwrap();
    numbers.remove_forwarding(&id).await.unwrap();
    numbers.set_caller_id(&id, "John's Office").await.unwrap();
    numbers.release(&id).await.unwrap();
    let arrived: Vec<String> = sim
        .requests()
        .iter()
        .map(|request| format!("{} {}", request.method, request.path))
        .collect();
    for row in [
        "POST /v1/phone-numbers/provision",
        "GET /v1/phone-numbers/supported-countries",
        "GET /v1/phone-numbers/forwarding-targets",
        "POST /v1/phone-numbers/forwarding",
        "POST /v1/phone-numbers/verify/start",
        "POST /v1/phone-numbers/verify/check",
        "POST /v1/phone-numbers/verify/configure",
    ] {
        assert_eq!(arrived.iter().filter(|request| *request == row).count(), 1, "{row}");
    }
    assert_eq!(
        arrived.last().map(String::as_str),
        Some(format!("DELETE /v1/phone-numbers/{id}").as_str())
    );
}

#[tokio::test]
async fn the_reception_from_ring_to_deletion() {
    let (sim, kallyai) = simulated(fast()).await;
    let inbound = kallyai.client().inbound();
    let id = sim.receive_call(OTHER, "Maria", true).into();
    let live = inbound
        .list(
            &InboundFilter::new().status(InboundStatus::Active).vip_only(true),
            &Paging::new().limit(5),
        )
        .await
        .unwrap();
    assert_eq!(live.items.len(), 1);
    assert_eq!(inbound.get(&id).await.unwrap().status.as_deref(), Some("active"));
    kallyai.transfers().unwrap().transfer(&id, &PhoneNumber::parse(CALLEE).unwrap()).await.unwrap();
    assert_eq!(sim.posts_to(&format!("/v1/inbound/calls/{id}/transfer")), 1);
    let second = sim.receive_call(OTHER, "Maria", false).into();
    inbound.take_over(&second).await.unwrap();
    let third = sim.receive_call(OTHER, "Maria", false).into();
    inbound.reject(&third, "user_rejected").await.unwrap();
    sim.end_inbound_call(second.as_str());
    inbound.transcript(&second).await.unwrap();
    inbound.recording(&second).await.unwrap();
    inbound.update_action_item(&second, 0, "completed").await.unwrap();
    let from = civil::date(2026, 1, 1);
    inbound
        .list(&InboundFilter::new().from(from).to(civil::date(2099, 1, 1)), &Paging::new())
        .await
        .unwrap();
    assert!(inbound.summary().await.unwrap().value().is_object());
    assert!(inbound.analytics(Some(from), None).await.unwrap().value().is_object());
    assert!(inbound.stream_info().await.unwrap().value().is_object());
    inbound.delete_all(DeleteAllInboundCalls::Confirmed).await.unwrap();
    assert!(
        inbound
            .list(&InboundFilter::new().status(InboundStatus::Completed), &Paging::new())
            .await
            .unwrap()
            .items
            .is_empty()
    );
}

#[tokio::test]
async fn every_row_of_rules_voicemails_and_contacts_is_reached() {
    let sim = SimKallyAi::start(fast()).await.unwrap();
    sim.faults().add(Rule::on("GET", "/v1/inbound/*", Fault::raw(200, "[]")));
    sim.faults().add(Rule {
        path: Some("/v1/inbound/*".to_owned()),
        fault: Fault::raw(204, ""),
        ..Rule::default()
    });
    let inbound = client(&sim).inbound();
    let (rules, voicemails, contacts) = (inbound.rules(), inbound.voicemails(), inbound.contacts());
    let rule =
        RoutingRule::new("VIP callers", 10, serde_json::json!({"caller_vip": true}), "transfer")
            .action_config(serde_json::json!({"target": OTHER}))
            .active(true);
    let contact = ContactDraft::new("John Smith", OTHER).vip(true).notes("Key client");
    assert!(rules.list().await.unwrap().value().is_array());
    assert!(rules.create(&rule).await.unwrap().value().is_null());
    rules.update("r 1", &rule).await.unwrap();
    rules.delete("r1").await.unwrap();
    voicemails.list().await.unwrap();
    voicemails.get("v1").await.unwrap();
    voicemails.playback("v1").await.unwrap();
    contacts.list().await.unwrap();
    contacts.create(&contact).await.unwrap();
    contacts.update("c1", &contact).await.unwrap();
    contacts.delete("c1").await.unwrap();
    contacts.import("google").await.unwrap();
    let requests = sim.requests();
    let arrived: Vec<String> = requests
        .iter()
        .map(|request| format!("{} {}", request.method, &request.path["/v1/inbound".len()..]))
        .collect();
    assert_eq!(
        arrived,
        [
            "GET /rules",
            "POST /rules",
            "PUT /rules/r%201",
            "DELETE /rules/r1",
            "GET /voicemails",
            "GET /voicemails/v1",
            "GET /voicemails/v1/playback",
            "GET /contacts",
            "POST /contacts",
            "PUT /contacts/c1",
            "DELETE /contacts/c1",
            "POST /contacts/import",
        ]
    );
    assert_eq!(
        requests[1].body,
        serde_json::json!({"name": "VIP callers", "priority": 10, "is_active": true, "conditions": {"caller_vip": true},
            "action": "transfer", "action_config": {"target": OTHER}})
    );
    assert_eq!(
        requests[8].body,
        serde_json::json!({"name": "John Smith", "phone_number": OTHER, "is_vip": true, "notes": "Key client"})
    );
}

#[tokio::test]
async fn a_transfer_that_breaks_off_is_sent_once_and_says_what_it_proves() {
    let (sim, kallyai) = simulated(fast()).await;
    let id = sim.receive_call(OTHER, "Maria", true).into();
    let path = format!("/v1/inbound/calls/{id}/transfer");
    sim.faults().add(Rule::on("POST", path.clone(), Fault::Close));
    let error = kallyai
        .transfers()
        .unwrap()
        .transfer(&id, &PhoneNumber::parse(CALLEE).unwrap())
        .await
        .unwrap_err();
    assert_eq!((error.kind(), sim.posts_to(&path)), (ErrorKind::Transport, 1));
}

#[tokio::test]
async fn a_call_that_is_queued_is_moved_and_cancelled() {
    let (sim, kallyai) =
        simulated(fast().speed(1000.0).queue(std::time::Duration::from_secs(36_000))).await;
    let order = simple_order();
    let change = async {
        sim.wait_for_requests("POST", "/v1/calls", 1).await;
        let id = loop {
            let found = kallyai.calls().trace(&order, jiff::Timestamp::now()).await.unwrap();
            if let Some(trace) = found.into_iter().next() {
                break trace.call;
            }
        };
        kallyai
            .reschedules()
            .unwrap()
            .reschedule(&id, &Reschedule { at: civil::date(2036, 2, 15).at(19, 0, 0, 0) })
            .await
            .unwrap();
        kallyai.cancels().unwrap().cancel(&id).await.unwrap();
        id
    };
    let (placed, id) = tokio::join!(kallyai.calls().place(&order), change);
    assert_eq!(placed.unwrap().id, id);
    assert!(sim.rings().is_empty());
    let sent =
        sim.requests().into_iter().find(|request| request.path.ends_with("/reschedule")).unwrap();
    assert_eq!(sent.body, serde_json::json!({"date": "2036-02-15", "time": "19:00"}));
}

#[tokio::test]
async fn what_has_no_typed_method_is_reached_by_hand() {
    let sim = SimKallyAi::start(fast()).await.unwrap();
    let kallyai = KallyAi::new(settings(&sim), Arc::new(WallClock)).unwrap();
    let answer =
        kallyai.client().request(Method::Get, "/v1/credits/balance").unwrap().send().await.unwrap();
    assert!(answer.value().unwrap()["credits_remaining"].is_number());
    assert_eq!(
        kallyai.client().users().subscription().await.unwrap().has_active_subscription,
        Some(true)
    );
}

/// An id is displayed without the phone number that may be in it; what goes out is the id.
#[tokio::test]
async fn an_id_that_looks_like_a_number_goes_out_whole() {
    let (sim, kallyai) = simulated(fast()).await;
    kallyai.calls().get(&"14155550100".into()).await.unwrap_err();
    assert!(
        sim.requests().iter().any(|request| request.path == "/v1/calls/14155550100"),
        "{:?}",
        sim.requests()
    );
}
