//! Placing a call: what goes out, what comes back, and what a failure proves.

use crate::support::{CALLEE, client, fast, order, provider, simple_order, simulated};
use jiff::Timestamp;
use switchboard_core::{
    Appointment, AttemptError, CallFilter, CallRequest, Cost, Delivery, ErrorKind, Outcome,
    PageRequest, Provider, ProviderState, Refusal, Suppression,
};
use switchboard_testkit::{
    Shape, SimKallyAi,
    calls::{CallScript, Outcome as SimOutcome},
    fault::{After, Fault, Rule},
};

#[tokio::test]
async fn place_is_answered_with_the_final_status() {
    let (sim, kallyai) = simulated(fast()).await;
    let call = kallyai.calls().place(&simple_order()).await.unwrap();
    assert_eq!(call.state, ProviderState::Ended(Outcome::Completed));
    assert_eq!(call.status_word, "success");
    assert_eq!(call.to.map(|to| to.e164().to_owned()).as_deref(), Some(CALLEE));
    assert!(matches!(call.cost, Some(Cost::Credits(_))));
    assert_eq!(sim.rings().count(CALLEE), 1);
    let again = kallyai.calls().get(&call.id).await.unwrap();
    assert_eq!((again.id, again.state), (call.id, call.state));
}

#[tokio::test]
async fn every_documented_outcome_is_read() {
    let outcomes = [
        (SimOutcome::NoAnswer, Outcome::NoAnswer),
        (SimOutcome::Busy, Outcome::Busy),
        (SimOutcome::Voicemail, Outcome::Voicemail),
        (SimOutcome::Failed, Outcome::Failed),
    ];
    let config = outcomes.iter().fold(
        switchboard_testkit::SimConfig::default().seed(0).speed(6000.0),
        |config, (sim, _)| config.outcome(CALLEE, *sim),
    );
    let (_sim, kallyai) = simulated(config).await;
    for (_, wanted) in outcomes {
        let call = kallyai.calls().place(&simple_order()).await.unwrap();
        assert_eq!(call.state, ProviderState::Ended(wanted));
    }
}

#[tokio::test]
async fn the_whole_request_goes_out_in_the_documents_words() {
    let (sim, kallyai) = simulated(fast()).await;
    let mut request = CallRequest::new(CALLEE, "Reserve a table");
    request.business_name = Some("Nobu".to_owned());
    request.on_behalf_of = Some("John Smith".to_owned());
    request.callback_number = Some(crate::support::OTHER.to_owned());
    request.callee_name = Some("Maria".to_owned());
    request.first_message = Some("Good evening".to_owned());
    request.language = Some("es-MX".to_owned());
    request.timezone = Some("Europe/Madrid".to_owned());
    request.urgent = true;
    request.instructions = vec!["Ask for a window".to_owned()];
    request.appointment = Some(Appointment {
        date: Some("2036-02-14".to_owned()),
        time: Some("20:05".to_owned()),
        time_preference: Some("after 8pm".to_owned()),
        party_size: Some(4),
    });
    let mut order = order(&request);
    order.agent = Some("restaurant".into());
    kallyai.calls().place(&order).await.unwrap();

    let sent = sim.requests().into_iter().find(|request| request.method == "POST").unwrap();
    assert_eq!(sent.path, "/v1/calls");
    assert_eq!(sent.header("idempotency-key"), Some(order.idempotency_key.to_string().as_str()));
    assert_eq!(
        sent.body,
        serde_json::json!({
            "submission": {
                "task_category": "restaurant", "task_description": "Reserve a table", "respondent_phone": CALLEE,
                "business_name": "Nobu", "user_name": "John Smith", "user_phone": crate::support::OTHER,
                "appointment_date": "2036-02-14", "appointment_time": "20:05", "time_preference_text": "after 8pm", "party_size": 4,
                "language": "es", "call_language": "es", "is_urgent": true,
                "additional_instructions": [
                    "Begin the call with exactly these words, before anything else: Good evening", "Ask for a window",
                    "The person to speak to is Maria.",
                ],
            },
            "timezone": "Europe/Madrid",
        })
    );
}

#[tokio::test]
async fn a_list_shows_the_call_while_its_request_is_open_and_it_can_be_stopped() {
    let script =
        CallScript::new(SimOutcome::Completed).talking_for(std::time::Duration::from_secs(36_000));
    let (sim, kallyai) = simulated(
        switchboard_testkit::SimConfig::default().seed(0).speed(1000.0).outcome(CALLEE, script),
    )
    .await;
    let order = simple_order();
    let watch = async {
        sim.rings().wait_for_rings(1).await;
        let page = kallyai
            .lists()
            .unwrap()
            .list(&CallFilter::default(), &PageRequest::default())
            .await
            .unwrap();
        let [early] = &page.items[..] else { panic!("one call is open") };
        assert_eq!(early.state, ProviderState::InProgress);
        let found = kallyai.calls().trace(&order, Timestamp::now()).await.unwrap();
        assert_eq!(found.iter().map(|trace| &trace.call).collect::<Vec<_>>(), [&early.id]);
        kallyai.stops().unwrap().stop(&early.id).await.unwrap();
        early.id.clone()
    };
    let (placed, early) = tokio::join!(kallyai.calls().place(&order), watch);
    let placed = placed.unwrap();
    assert_eq!(placed.id, early);
    assert_eq!(placed.state, ProviderState::Ended(Outcome::Cancelled));
}

#[tokio::test]
async fn a_fault_says_what_it_proves_and_one_request_is_sent() {
    let cases = [
        (Rule::on("POST", "/v1/calls", Fault::Close), Delivery::Unknown, 0),
        (Rule::on("POST", "/v1/calls", Fault::Reset), Delivery::Unknown, 0),
        (Rule::on("POST", "/v1/calls", Fault::Close).after(After::Ring), Delivery::Unknown, 1),
        (
            Rule::on("POST", "/v1/calls", Fault::answer(500, "internal_error")).after(After::Ring),
            Delivery::Unknown,
            1,
        ),
        (Rule::on("POST", "/v1/calls", Fault::answer(503, "unavailable")), Delivery::Unknown, 0),
        (Rule::on("POST", "/v1/calls", Fault::answer(409, "conflict")), Delivery::Unknown, 0),
        (Rule::on("POST", "/v1/calls", Fault::answer(403, "a_new_code")), Delivery::Unknown, 0),
        (
            Rule::on("POST", "/v1/calls", Fault::answer(429, "rate_limited")),
            Delivery::Refused(Refusal::RateLimited),
            0,
        ),
        (
            Rule::on("POST", "/v1/calls", Fault::answer(400, "bad_request")),
            Delivery::Refused(Refusal::ThisProvider),
            0,
        ),
        (
            Rule::on(
                "POST",
                "/v1/calls",
                Fault::Redirect { status: 307, location: "/v1/calls".to_owned() },
            ),
            Delivery::Refused(Refusal::ThisProvider),
            0,
        ),
        (Rule::on("POST", "/v1/calls", Fault::CutBody { sent: None }), Delivery::Placed, 1),
        (Rule::on("POST", "/v1/calls", Fault::NotJson), Delivery::Placed, 1),
        (Rule::on("POST", "/v1/calls", Fault::EmptyBody), Delivery::Placed, 1),
        (Rule::on("POST", "/v1/calls", Fault::MissingId), Delivery::Placed, 1),
        (
            Rule::on("POST", "/v1/calls", Fault::HugeBody { bytes: (1 << 20) + 1024 }),
            Delivery::Placed,
            1,
        ),
    ];
    let (sim, kallyai) = simulated(fast()).await;
    let (mut posts, mut rings) = (0, 0);
    for (rule, delivery, rang) in cases {
        let name = format!("{:?} after {:?}", rule.fault, rule.after);
        sim.faults().clear();
        sim.faults().add(rule);
        let error = kallyai.calls().place(&simple_order()).await.unwrap_err();
        assert_eq!(error.delivery(), delivery, "{name}: {error:?}");
        posts += 1;
        rings += rang;
        assert_eq!((sim.posts_to("/v1/calls"), sim.rings().len()), (posts, rings), "{name}");
    }
}

#[tokio::test]
async fn nobody_listening_proves_that_nothing_was_sent() {
    let (sim, kallyai) = simulated(fast()).await;
    sim.refuse_connections().await;
    let error = kallyai.calls().place(&simple_order()).await.unwrap_err();
    assert_eq!((error.delivery(), error.kind()), (Delivery::NotSent, ErrorKind::Connect));
    sim.accept_connections().await;
    assert_eq!(sim.rings().posts(), 0);
}

#[tokio::test]
async fn a_time_that_runs_out_is_unknown_and_the_call_is_found() {
    let (sim, _) = simulated(fast()).await;
    let kallyai =
        provider(&sim, |config| config.place_timeout = std::time::Duration::from_millis(300));
    sim.faults().add(Rule::on("POST", "/v1/calls", Fault::Hang).after(After::Ring));
    let order = simple_order();
    let sent_at = Timestamp::now();
    let error = kallyai.calls().place(&order).await.unwrap_err();
    assert_eq!((error.delivery(), error.kind()), (Delivery::Unknown, ErrorKind::Timeout));
    let found = kallyai.calls().trace(&order, sent_at).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].call.as_str(), sim.rings().rings()[0].call_id);
    assert_eq!(sim.posts_to("/v1/calls"), 1);
}

#[tokio::test]
async fn documented_refusals_bind_as_they_should_in_every_shape() {
    let cases = [
        ("suppression_violation", Delivery::Refused(Refusal::Everyone)),
        ("blocked_number", Delivery::Refused(Refusal::Everyone)),
        ("consent_denied", Delivery::Refused(Refusal::Everyone)),
        ("quota_exceeded", Delivery::Refused(Refusal::Quota)),
        ("budget_approval_required", Delivery::Refused(Refusal::NeedsApproval)),
        ("unsupported_country", Delivery::Refused(Refusal::ThisProvider)),
    ];
    for shape in [Shape::February2026, Shape::January2026, Shape::Assistant] {
        for (code, delivery) in cases {
            let (sim, kallyai) = simulated(fast().shape(shape).refuse(CALLEE, code)).await;
            let error = kallyai.calls().place(&simple_order()).await.unwrap_err();
            assert_eq!(error.delivery(), delivery, "{shape:?} {code}: {error:?}");
            assert!(!error.to_string().contains(CALLEE) && sim.rings().is_empty());
        }
    }
}

#[tokio::test]
async fn a_refusal_carries_the_persons_wish_in_every_shape() {
    let cases = [
        ("suppression_violation", Some(Suppression::DoNotCallList)),
        // Flagged as fraud, which is nobody's wish.
        ("blocked_number", None),
        // The user of the account declined, not the callee.
        ("consent_denied", None),
        ("safety_violation", None),
    ];
    for shape in [Shape::February2026, Shape::January2026, Shape::Assistant] {
        for (code, wish) in cases {
            let (_sim, kallyai) = simulated(fast().shape(shape).refuse(CALLEE, code)).await;
            let failed = kallyai.calls().place(&simple_order()).await.unwrap_err();
            let error = AttemptError::from(failed.error());
            assert_eq!(error.suppression(), wish, "{shape:?} {code}: {error:?}");
        }
    }
}

#[tokio::test]
async fn what_the_documents_settle_is_refused_before_anything_is_sent() {
    let (sim, kallyai) = simulated(fast()).await;
    let mut french = CallRequest::new(CALLEE, "Ask");
    french.language = Some("fr".to_owned());
    let error = kallyai.calls().place(&order(&french)).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::LanguageNotSupported, Delivery::Refused(Refusal::ThisProvider))
    );
    let mut stranger = simple_order();
    stranger.agent = Some("agent_abc".into());
    let error = kallyai.calls().place(&stranger).await.unwrap_err();
    assert_eq!((error.kind(), error.error().field()), (ErrorKind::InvalidRequest, Some("agent")));
    assert!(sim.requests().is_empty());
}

#[tokio::test]
async fn the_raw_way_places_no_call() {
    let sim = SimKallyAi::start(fast()).await.unwrap();
    let client = client(&sim);
    for path in ["/v1/calls", "/V1/calls/", "/v1/%63alls", "//v1/./calls?x=1"] {
        assert_eq!(
            client.request(switchboard_kallyai::Method::Post, path).unwrap_err().kind(),
            ErrorKind::Unsupported
        );
    }
    let answer = client
        .request(switchboard_kallyai::Method::Get, "/v1/calls?limit=3")
        .unwrap()
        .query("offset", "0")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.value().unwrap()["total"], 0);
    assert_eq!(sim.requests()[0].query, "limit=3&offset=0");
    assert_eq!(sim.rings().posts(), 0);
}
