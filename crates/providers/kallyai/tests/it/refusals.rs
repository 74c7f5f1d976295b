//! Errors over HTTP, in every shape that the documents show and some that they do not.

use crate::support::{client, fast};
use serde_json::json;
use switchboard_core::{Delivery, ErrorKind, PlaceError, Refusal};
use switchboard_kallyai::{KallyAiClient, wire::SendMessage};
use switchboard_testkit::{
    SimConfig, SimKallyAi,
    fault::{Fault, Rule},
};

const MESSAGE: &str = "/v1/coordination/message";

/// What a message to the coordinator, which may ring, fails with when it is answered so.
async fn refused(sim: &SimKallyAi, client: &KallyAiClient, fault: Fault) -> PlaceError {
    sim.faults().clear();
    sim.faults().add(Rule::on("POST", MESSAGE, fault));
    let before = sim.posts_to(MESSAGE);
    let error = client.coordination().message(&SendMessage::new("Book a table")).await.unwrap_err();
    assert_eq!(sim.posts_to(MESSAGE) - before, 1, "sent once");
    error
}

#[tokio::test]
async fn every_shape_of_an_error() {
    let sim = SimKallyAi::start(fast()).await.unwrap();
    let client = client(&sim);
    let third = Delivery::Refused(Refusal::ThisProvider);
    let envelope = json!({"error": {"code": "forbidden", "message": "No", "details": {"reason": "Scope"}, "correlation_id": "c-1"}});
    let cases = [
        (403, envelope.to_string(), ErrorKind::Forbidden, third, Some("forbidden")),
        (
            403,
            json!({"error": {"code": "forbidden", "details": {"message": "No", "reason": "Scope"}}}).to_string(),
            ErrorKind::Forbidden,
            third,
            Some("forbidden"),
        ),
        (
            402,
            include_str!("../fixtures/003/errors_quota_exceeded_answer.json").to_owned(),
            ErrorKind::QuotaExceeded,
            Delivery::Refused(Refusal::Quota),
            Some("quota_exceeded"),
        ),
        (
            422,
            json!({"error": "safety_violation", "message": "No"}).to_string(),
            ErrorKind::Blocked,
            Delivery::Refused(Refusal::Everyone),
            Some("safety_violation"),
        ),
        (
            403,
            "<html><body>Forbidden</body></html>".to_owned(),
            ErrorKind::Forbidden,
            Delivery::Unknown,
            None,
        ),
        (403, String::new(), ErrorKind::Forbidden, Delivery::Unknown, None),
        (
            422,
            "{\"error\": {\"code\": \"suppression_vio".to_owned(),
            ErrorKind::InvalidRequest,
            Delivery::Unknown,
            None,
        ),
        (
            409,
            json!({"error": {"code": "goal_already_completed"}}).to_string(),
            ErrorKind::Conflict,
            Delivery::Unknown,
            Some("goal_already_completed"),
        ),
        (
            500,
            json!({"error": {"code": "search_failed"}}).to_string(),
            ErrorKind::Provider,
            Delivery::Unknown,
            Some("search_failed"),
        ),
        (
            404,
            json!({"error": {"code": "goal_not_found"}}).to_string(),
            ErrorKind::NotFound,
            third,
            Some("goal_not_found"),
        ),
        (200, "<html>".to_owned(), ErrorKind::Decode, Delivery::Placed, None),
        (200, "[]".to_owned(), ErrorKind::Decode, Delivery::Placed, None),
        (201, String::new(), ErrorKind::Decode, Delivery::Placed, None),
    ];
    for (status, body, kind, delivery, code) in cases {
        let error = refused(&sim, &client, Fault::raw(status, body.clone())).await;
        assert_eq!(
            (error.kind(), error.delivery(), error.error().code()),
            (kind, delivery, code),
            "{status} {body}"
        );
    }
    let error = refused(&sim, &client, Fault::raw(403, envelope.to_string())).await;
    assert_eq!((error.error().status(), error.error().correlation_id()), (Some(403), Some("c-1")));
    assert!(error.to_string().contains("No: Scope"), "{error}");
}

#[tokio::test]
async fn the_envelopes_of_the_documents_are_read() {
    let sim = SimKallyAi::start(fast()).await.unwrap();
    let client = client(&sim);
    for body in [
        include_str!("../fixtures/002/errors_envelope_answer.json"),
        include_str!("../fixtures/003/errors_envelope_answer.json"),
    ] {
        let error = refused(&sim, &client, Fault::raw(404, body)).await;
        assert_eq!(
            (error.error().code(), error.error().correlation_id()),
            (Some("error_code"), Some("uuid"))
        );
        assert!(
            error.to_string().contains("Human readable message: Additional context"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn what_breaks_on_the_way_may_have_rung() {
    let sim = SimKallyAi::start(fast()).await.unwrap();
    let client = client(&sim);
    for (fault, delivery) in [
        (Fault::Close, Delivery::Unknown),
        (Fault::Reset, Delivery::Unknown),
        (Fault::CutBody { sent: None }, Delivery::Placed),
        (Fault::EmptyBody, Delivery::Placed),
        (Fault::NotJson, Delivery::Placed),
    ] {
        let name = format!("{fault:?}");
        assert_eq!(refused(&sim, &client, fault).await.delivery(), delivery, "{name}");
    }
    sim.refuse_connections().await;
    let error = client.coordination().message(&SendMessage::new("Book a table")).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::NotSent);
}

/// Whatever may ring goes out once and says what a failure proves; whatever rings nobody is not
/// sent again either once it has left.
#[tokio::test]
async fn whatever_may_ring_is_sent_once() {
    let sim = SimKallyAi::start(SimConfig::default().seed(7)).await.unwrap();
    sim.faults().add(Rule {
        path: Some("/v1/*".to_owned()),
        fault: Fault::Reset,
        ..Rule::default()
    });
    let client = client(&sim);
    let (goals, budget, actions, outreach) =
        (client.coordination(), client.budget(), client.actions(), client.outreach());
    let number = switchboard_core::PhoneNumber::parse(crate::support::CALLEE).unwrap();
    let errors = [
        goals.message(&SendMessage::new("Book")).await.unwrap_err(),
        goals.approve_step("g").await.unwrap_err(),
        goals.continue_negotiating("g").await.unwrap_err(),
        budget.approve("g").await.unwrap_err(),
        budget.acknowledge_soft_cap("g").await.unwrap_err(),
        actions
            .bills()
            .dispute(&switchboard_kallyai::wire::DisputeBill::new("Fee"))
            .await
            .unwrap_err(),
        actions
            .bookings()
            .create(&switchboard_kallyai::wire::NewBooking::new("restaurant"))
            .await
            .unwrap_err(),
        actions.bookings().cancel("b").await.unwrap_err(),
        actions.ride(&switchboard_kallyai::wire::RideRequest::new("a", "b")).await.unwrap_err(),
        actions.food(&switchboard_kallyai::wire::FoodOrder::new("pizza")).await.unwrap_err(),
        actions.errand(&switchboard_kallyai::wire::Errand::new("post")).await.unwrap_err(),
        actions.undo("a").await.unwrap_err(),
        outreach
            .create(&switchboard_kallyai::wire::NewOutreachTask::new("Contact", number))
            .await
            .unwrap_err(),
        outreach.retry("t").await.unwrap_err(),
        client.inbound().transfer(&"c".into(), &number).await.unwrap_err(),
        client.inbound().take_over(&"c".into()).await.unwrap_err(),
        client.phone_numbers().start_verification(&number).await.unwrap_err(),
        client.phone_numbers().verify_ownership(&"n".into()).await.unwrap_err(),
    ];
    for error in &errors {
        assert_eq!(error.delivery(), Delivery::Unknown, "{error:?}");
    }
    assert_eq!(sim.requests().len(), errors.len());
}
