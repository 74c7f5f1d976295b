//! A provider that is asked for one call and answers with the record of another: nothing of it
//! becomes ours.

use jiff::ToSpan;
use switchboard_core::{
    CallStatus, ErrorKind, Event, EventKind, IncomingWebhook, Outcome, Proof, ProviderState, Raw,
    Trace,
};
use switchboard_engine::WebhookAddress;

use crate::support::{
    Fake, Op, call, completed, epoch, fake::unknown, id, queued, report, request, run, seconds,
    start, start_with, valid, within,
};

/// The record of somebody else's call, which failed.
fn anothers() -> switchboard_core::ProviderCall {
    let mut record = report("alpha", "a-2", ProviderState::Ended(Outcome::Failed));
    record.summary = Some("Somebody else's words.".to_owned());
    record
}

#[tokio::test(start_paused = true)]
async fn a_single_read_of_another_call_ends_nothing() {
    let alpha =
        Fake::new("alpha").placing(|_| Ok(queued("alpha", "a-1"))).getting(|_| Ok(anothers()));
    let (router, logs) = start(vec![alpha]);
    let mut short = request(1);
    short.max_duration_seconds = Some(60);
    let call = run(&router, valid(short)).await;
    assert!(
        logs[0].count(Op::Get) >= 2,
        "it is read while it is watched, and once more at its deadline"
    );
    assert_eq!((call.status, call.outcome, call.summary), (CallStatus::Stalled, None, None));
}

#[tokio::test(start_paused = true)]
async fn the_detail_of_another_call_adds_nothing_to_the_end_of_ours() {
    let alpha = Fake::new("alpha")
        .placing(|_| Ok(queued("alpha", "a-1")))
        .listing(|| vec![completed("alpha", "a-1")])
        .getting(|_| Ok(anothers()));
    let (router, _) = start(vec![alpha]);
    let call = run(&router, call(1)).await;
    assert_eq!((call.outcome, call.summary), (Some(Outcome::Completed), None));
}

#[tokio::test(start_paused = true)]
async fn a_webhook_is_not_confirmed_by_the_record_of_another_call() {
    for doubt in [true, false] {
        let mut alpha = Fake::new("alpha")
            .placing(move |_| if doubt { Err(unknown()) } else { Ok(queued("alpha", "a-1")) })
            .getting(|_| Ok(anothers()));
        alpha.receive = Some(Box::new(|delivery: &IncomingWebhook| {
            let kind = EventKind::Call(ProviderState::Ended(Outcome::Completed));
            let event = Event::new(id("alpha"), "event-1", kind, Raw::default());
            let theirs = String::from_utf8(delivery.body.clone()).unwrap();
            Ok(vec![event.with(|event| event.call = Some(theirs.into()))])
        }));
        let address = WebhookAddress {
            base: "https://calls.example.com/".parse().unwrap(),
            secret: "a secret of thirty-two characters".to_owned().into(),
            lifetime: seconds(3600),
        };
        let (router, logs) = start_with(vec![alpha], |_| {}, |builder| builder.webhooks(address));
        let placed = router.submit(call(1)).await.unwrap();
        tokio::time::sleep(seconds(1)).await;
        let url = logs[0].orders()[0].webhook_url.clone().unwrap();
        let delivery = IncomingWebhook {
            headers: Vec::new(),
            body: b"a-1".to_vec(),
            received_at: epoch().checked_add(1.minute()).unwrap(),
        };
        let path = url.path().strip_prefix("/hooks/v1/").unwrap();
        let error = within(router.receive_webhook(path, delivery)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        let call = router.get(placed.id).await.unwrap();
        assert_eq!((call.outcome, call.summary.as_deref()), (None, None));
        assert_eq!(call.provider_call_id.is_some(), !doubt, "in doubt it stays in doubt");
    }
}

#[tokio::test(start_paused = true)]
async fn any_number_of_candidates_is_looked_through_once() {
    // Each of them twice, as lists of pages that overlap show them.
    let many = || {
        (0..20_000)
            .chain(0..20_000)
            .map(|nth| Trace { call: format!("a-{nth}").into(), proof: Proof::NumberAndTask })
    };
    let alpha =
        Fake::new("alpha").placing(|_| Err(unknown())).tracing(move |_| Ok(many().collect()));
    let (router, _) = start(vec![alpha]);
    let placed = router.submit(call(1)).await.unwrap();
    tokio::time::sleep(seconds(10)).await;
    assert_eq!(
        router.get(placed.id).await.unwrap().provider_call_id,
        None,
        "one of many is no proof"
    );
}
