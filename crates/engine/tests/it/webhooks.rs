//! Webhooks: an address that nobody can guess, and a body that is a hint.

use jiff::{Timestamp, ToSpan};
use switchboard_core::{
    CallStatus, Error, ErrorKind, Event, EventKind, IncomingWebhook, Outcome, Proof, ProviderCall,
    ProviderState, Raw, Result, Trace,
};
use switchboard_engine::{Engine, WebhookAddress};

use crate::support::{
    Fake, Log, Op, call, completed, epoch,
    fake::{refused, unknown},
    id, queued, report, seconds, start_with, within,
};

/// A fake that reads a delivery's body as the id of a call that has ended.
fn telling(name: &str) -> Fake {
    let mut fake = Fake::new(name);
    let name = name.to_owned();
    fake.receive = Some(Box::new(move |delivery: &IncomingWebhook| {
        let theirs = String::from_utf8(delivery.body.clone())
            .map_err(|_| Error::new(ErrorKind::Decode, "is no event"))?;
        let kind = EventKind::Call(ProviderState::Ended(Outcome::Completed));
        let event = Event::new(id(&name), "event-1", kind, Raw::default());
        Ok(vec![event.with(|event| event.call = Some(theirs.into()))])
    }));
    fake
}

fn address(secret: &str) -> WebhookAddress {
    WebhookAddress {
        base: "https://calls.example.com/".parse().unwrap(),
        secret: secret.to_owned().into(),
        lifetime: seconds(3600),
    }
}

const SECRET: &str = "a secret of thirty-two characters";

fn receiving(fakes: Vec<Fake>) -> (Engine, Vec<std::sync::Arc<Log>>) {
    start_with(fakes, |_| {}, |builder| builder.webhooks(address(SECRET)))
}

/// What stands behind `/hooks/v1/` in the address of the `n`th attempt.
fn path(log: &Log, n: usize) -> String {
    let url = log.orders()[n].webhook_url.clone().unwrap();
    assert_eq!(url.host_str(), Some("calls.example.com"));
    url.path().strip_prefix("/hooks/v1/").unwrap().to_owned()
}

fn delivery(body: impl Into<Vec<u8>>, received_at: Timestamp) -> IncomingWebhook {
    IncomingWebhook { headers: Vec::new(), body: body.into(), received_at }
}

fn soon() -> Timestamp {
    epoch().checked_add(1.minute()).unwrap()
}

fn in_progress(
    _: &switchboard_core::PlaceRequest,
) -> Result<ProviderCall, switchboard_core::PlaceError> {
    Ok(queued("alpha", "a-1"))
}

#[tokio::test(start_paused = true)]
async fn a_right_address_is_believed_once_the_call_was_read() {
    let alpha = telling("alpha").placing(in_progress).getting(|_| Ok(completed("alpha", "a-1")));
    let (router, logs) = receiving(vec![alpha]);
    let id = within(router.place(call(1))).await.unwrap().id;

    router.receive_webhook(&path(&logs[0], 0), delivery("a-1", soon())).await.unwrap();

    let call = router.get(id).await.unwrap();
    assert_eq!((call.status, call.outcome), (CallStatus::Closed, Some(Outcome::Completed)));
    assert_eq!(logs[0].count(Op::Get), 1);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_the_provider_does_not_confirm_changes_nothing() {
    let alpha = telling("alpha")
        .placing(in_progress)
        .getting(|_| Ok(report("alpha", "a-1", ProviderState::InProgress)));
    let (router, logs) = receiving(vec![alpha]);
    let id = within(router.place(call(1))).await.unwrap().id;
    router.receive_webhook(&path(&logs[0], 0), delivery("a-1", soon())).await.unwrap();
    assert_eq!(
        router.get(id).await.unwrap().status,
        CallStatus::InProgress,
        "the body claimed an end"
    );
}

#[tokio::test(start_paused = true)]
async fn another_calls_id_in_the_body_changes_nothing() {
    let alpha = telling("alpha").placing(in_progress).getting(|_| Ok(completed("alpha", "a-2")));
    let (router, logs) = receiving(vec![alpha]);
    let id = within(router.place(call(1))).await.unwrap().id;
    router.receive_webhook(&path(&logs[0], 0), delivery("a-2", soon())).await.unwrap();
    assert_eq!(router.get(id).await.unwrap().status, CallStatus::InProgress);
    assert_eq!(logs[0].count(Op::Get), 0);
}

#[tokio::test(start_paused = true)]
async fn wrong_addresses_are_turned_away_before_the_body_is_looked_at() {
    let (router, logs) = receiving(vec![
        telling("alpha").placing(in_progress).getting(|_| Ok(completed("alpha", "a-1"))),
        telling("beta").never_placing(),
    ]);
    let id = within(router.place(call(1))).await.unwrap().id;
    let right = path(&logs[0], 0);
    let token: Vec<&str> = right.strip_prefix("alpha/").unwrap().split('.').collect();
    let (attempt, expires, mac) = (token[0], token[1], token[3]);
    let first = if mac.starts_with('A') { 'B' } else { 'A' };
    let forged = format!("{first}{}", &mac[1..]);
    let later: i64 = expires.parse::<i64>().unwrap() + 1;
    let other = "0195a1f0-0000-7000-8000-000000000000";
    let wrong = [
        format!("alpha/{attempt}.{expires}.1.{forged}"),
        format!("alpha/{attempt}.{expires}.1.{}", &mac[..mac.len() - 7]),
        format!("alpha/{attempt}.{expires}.1."),
        format!("alpha/{attempt}.{expires}.2.{mac}"),
        format!("alpha/{attempt}.{later}.1.{mac}"),
        format!("alpha/{other}.{expires}.1.{mac}"),
        format!("beta/{attempt}.{expires}.1.{mac}"),
        format!("alpha/{attempt}.{expires}.{mac}"),
        "alpha".to_owned(),
        String::new(),
    ];
    for path in wrong {
        let error = router.receive_webhook(&path, delivery("a-1", soon())).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized, "{path}");
    }
    let late = epoch().checked_add(3601.seconds()).unwrap();
    let error = router.receive_webhook(&right, delivery("a-1", late)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized, "it has expired");

    assert_eq!((logs[0].received(), logs[1].received(), logs[0].count(Op::Get)), (0, 0, 0));
    assert_eq!(router.get(id).await.unwrap().status, CallStatus::InProgress);

    // The right address of another installation is a wrong one here.
    let stranger = telling("alpha").placing(in_progress);
    let elsewhere = address("another secret of thirty-two signs");
    let (other_router, other_logs) =
        start_with(vec![stranger], |_| {}, |builder| builder.webhooks(elsewhere));
    within(other_router.place(call(1))).await.unwrap();
    let error = router
        .receive_webhook(&path(&other_logs[0], 0), delivery("a-1", soon()))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
}

#[tokio::test(start_paused = true)]
async fn a_body_over_64_kib_is_not_taken_and_one_of_64_kib_is() {
    let (router, logs) = receiving(vec![telling("alpha").placing(in_progress)]);
    within(router.place(call(1))).await.unwrap();
    let path = path(&logs[0], 0);
    let large = router
        .receive_webhook(&path, delivery(vec![b'a'; 64 * 1024 + 1], soon()))
        .await
        .unwrap_err();
    assert_eq!((large.kind(), logs[0].received()), (ErrorKind::InvalidRequest, 0));
    router.receive_webhook(&path, delivery(vec![b'a'; 64 * 1024], soon())).await.unwrap();
    assert_eq!(logs[0].received(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_webhook_ends_a_doubt() {
    let alpha =
        telling("alpha").placing(|_| Err(unknown())).getting(|_| Ok(completed("alpha", "a-1")));
    let (router, logs) = receiving(vec![alpha]);
    let id = router.submit(call(1)).await.unwrap().id;
    tokio::time::sleep(seconds(60)).await;
    router.receive_webhook(&path(&logs[0], 0), delivery("a-1", soon())).await.unwrap();
    let call = within(router.wait(id)).await.unwrap();
    assert_eq!((call.status, call.provider_call_id), (CallStatus::Closed, Some("a-1".into())));
    assert!(call.attempts[0].evidence.iter().any(|evidence| evidence.proof == Proof::Webhook));
    assert_eq!(logs[0].count(Op::Place), 1);
}

#[tokio::test(start_paused = true)]
async fn a_webhook_ends_an_indeterminate_call_long_after() {
    let alpha =
        telling("alpha").placing(|_| Err(unknown())).getting(|_| Ok(completed("alpha", "a-1")));
    let (router, logs) = receiving(vec![alpha]);
    let id = router.submit(call(1)).await.unwrap().id;
    assert_eq!(within(router.wait(id)).await.unwrap().status, CallStatus::Indeterminate);
    router.receive_webhook(&path(&logs[0], 0), delivery("a-1", soon())).await.unwrap();
    assert_eq!(router.get(id).await.unwrap().status, CallStatus::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_webhook_before_the_answer_is_no_reason_to_send_again() {
    let mut alpha = telling("alpha")
        .placing(|_| Err(refused(ErrorKind::Forbidden, switchboard_core::Refusal::ThisProvider)))
        .getting(|_| Ok(report("alpha", "a-1", ProviderState::Ringing)))
        .listing(|| vec![completed("alpha", "a-1")])
        .tracing(|_| Ok(Vec::<Trace>::new()));
    alpha.place_takes = seconds(10);
    let (router, logs) = receiving(vec![alpha, telling("beta").never_placing()]);
    router.submit(call(1)).await.unwrap();
    tokio::time::sleep(seconds(5)).await;
    router.receive_webhook(&path(&logs[0], 0), delivery("a-1", soon())).await.unwrap();
    tokio::time::sleep(seconds(1200)).await;
    assert_eq!((logs[0].count(Op::Place), logs[1].count(Op::Place)), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_webhook_of_an_attempt_that_was_taken_for_silent_raises_an_alarm() {
    let alpha = telling("alpha")
        .placing(|_| Err(refused(ErrorKind::Forbidden, switchboard_core::Refusal::ThisProvider)))
        .getting(|_| Ok(completed("alpha", "a-1")));
    let beta = Fake::new("beta").placing(|_| Ok(completed("beta", "b-1")));
    let (router, logs) = receiving(vec![alpha, beta]);
    let id = router.submit(call(1)).await.unwrap().id;
    let before = within(router.wait(id)).await.unwrap();
    let mut events = router.events();
    router.receive_webhook(&path(&logs[0], 0), delivery("a-1", soon())).await.unwrap();
    assert!(events.try_recv().unwrap().to_string().contains("ALARM"));
    let after = router.get(id).await.unwrap();
    assert_eq!((after.status, after.provider), (before.status, before.provider));
}

#[tokio::test(start_paused = true)]
async fn a_short_secret_is_refused() {
    let built = Engine::builder(crate::support::policy(&[])).webhooks(address("short")).build();
    assert_eq!(built.unwrap_err().kind(), ErrorKind::Configuration);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_a_webhook_showed_under_way_is_followed_to_its_end() {
    let began = tokio::time::Instant::now();
    let now = move || {
        if began.elapsed() < seconds(120) {
            report("alpha", "a-1", ProviderState::InProgress)
        } else {
            completed("alpha", "a-1")
        }
    };
    let alpha = telling("alpha")
        .placing(|_| Err(unknown()))
        .getting(move |_| Ok(now()))
        .listing(move || vec![now()]);
    let (router, logs) = receiving(vec![alpha]);
    let id = router.submit(call(1)).await.unwrap().id;
    tokio::time::sleep(seconds(60)).await;
    router.receive_webhook(&path(&logs[0], 0), delivery("a-1", soon())).await.unwrap();
    assert_eq!(router.get(id).await.unwrap().status, CallStatus::InProgress);
    assert_eq!(within(router.wait(id)).await.unwrap().status, CallStatus::Closed);
}
