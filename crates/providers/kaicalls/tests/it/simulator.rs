//! Against the simulated KaiCalls, which keeps the truth about which phone rang.

use std::time::Duration;

use crate::support::{CALLEE, order};
use futures::TryStreamExt;
use jiff::Timestamp;
use switchboard_core::{
    CallFilter, CallListsExt, CallRequest, CallsExt, Delivery, EventKind, Outcome, Proof, Provider,
    ProviderState, Refusal, SystemClock,
};
use switchboard_kaicalls::{KaiCalls, KaiCallsConfig};
use switchboard_testkit::{
    SimConfig, SimKaiCalls,
    backend::WebhookTarget,
    calls::{CallScript, Outcome as Ends},
    fault::{After, Fault, FaultScript, Rule},
};

const PATH: &str = "/api/v1/calls";

fn config(simulator: &SimKaiCalls) -> KaiCallsConfig {
    let mut config = KaiCallsConfig::new(simulator.credential());
    config.base_url = simulator.url().parse().unwrap();
    config.agent_id = Some(simulator.agent_id().into());
    config.business_id = Some(simulator.business_id().to_owned());
    config
}

async fn started(config: SimConfig) -> (SimKaiCalls, KaiCalls) {
    let simulator = SimKaiCalls::start(config).await.unwrap();
    let provider = crate::support::open(&self::config(&simulator)).unwrap();
    (simulator, provider)
}

fn request() -> CallRequest {
    CallRequest::new(CALLEE, "Confirm appointment for tomorrow at 2pm")
}

#[tokio::test]
async fn a_call_from_queued_to_its_end() {
    let script = CallScript::new(Ends::Completed)
        .ringing_for(Duration::from_secs(2))
        .talking_for(Duration::from_secs(40));
    let (simulator, provider) =
        started(SimConfig::default().seed(0).speed(200.0).outcome(CALLEE, script)).await;
    let mut request = request();
    request.lead_id = Some("uuid-lead123".into());
    let placed = provider.calls().place(&order(request)).await.unwrap();
    assert_eq!(placed.state, ProviderState::Queued);

    let ended = provider
        .calls()
        .wait(&placed.id, &SystemClock, Duration::from_millis(20), Duration::from_secs(20))
        .await
        .unwrap();
    assert_eq!(ended.state, ProviderState::Ended(Outcome::Completed));
    assert_eq!(ended.duration, Some(Duration::from_secs(40)));
    assert_eq!(ended.lead_id.as_deref(), Some("uuid-lead123"));
    assert!(
        !provider.transcripts().unwrap().transcript(&placed.id).await.unwrap().entries.is_empty()
    );
    assert_eq!(
        provider.recordings().unwrap().recording(&placed.id).await.unwrap().format.as_deref(),
        Some("mp3")
    );
    assert_eq!((simulator.rings().posts(), simulator.rings().count(CALLEE)), (1, 1));
}

#[tokio::test]
async fn a_fault_is_told_as_it_is_and_nothing_is_sent_twice() {
    let unknown = Delivery::Unknown;
    let placed = Delivery::Placed;
    let rule = |fault: Fault| Rule::on("POST", PATH, fault);
    let rows = [
        (rule(Fault::Close), unknown, 0),
        (rule(Fault::Close).after(After::Ring), unknown, 1),
        (rule(Fault::Reset), unknown, 0),
        (rule(Fault::Reset).after(After::Ring), unknown, 1),
        (rule(Fault::CutBody { sent: None }), placed, 1),
        (rule(Fault::NotJson), placed, 1),
        (rule(Fault::EmptyBody), placed, 1),
        (rule(Fault::MissingId), placed, 1),
        (rule(Fault::HugeBody { bytes: (1 << 20) + 1024 }), placed, 1),
        (rule(Fault::answer(500, "call_failed")), unknown, 0),
        (rule(Fault::answer(500, "call_failed")).after(After::Ring), unknown, 1),
        (rule(Fault::answer(503, "internal_error")), unknown, 0),
        (rule(Fault::answer(429, "rate_limited")), Delivery::Refused(Refusal::RateLimited), 0),
        (rule(Fault::answer(400, "number_on_dnc")), Delivery::Refused(Refusal::Everyone), 0),
        (
            rule(Fault::Redirect { status: 307, location: PATH.to_owned() }),
            Delivery::Refused(Refusal::ThisProvider),
            0,
        ),
    ];
    for (rule, delivery, rings) in rows {
        let what = format!("{rule:?}");
        let (simulator, provider) =
            started(SimConfig::default().seed(0).faults(FaultScript::default().rule(rule))).await;
        let error = provider.calls().place(&order(request())).await.unwrap_err();
        assert_eq!(error.delivery(), delivery, "{what}: {error:?}");
        assert_eq!(simulator.posts_to(PATH), 1, "{what}");
        assert_eq!(simulator.rings().count(CALLEE), rings, "{what}");
        simulator.shutdown().await;
    }
}

#[tokio::test]
async fn nobody_listens() {
    let (simulator, provider) = started(SimConfig::default().seed(0)).await;
    simulator.refuse_connections().await;
    let error = provider.calls().place(&order(request())).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert!(simulator.rings().is_empty());
}

#[tokio::test]
async fn refusals_of_the_provider_itself() {
    let (simulator, provider) = started(
        SimConfig::default()
            .seed(0)
            .refuse(CALLEE, "number_opted_out")
            .unsafe_phrase("forbidden words"),
    )
    .await;
    let opted_out = provider.calls().place(&order(request())).await.unwrap_err();
    assert_eq!(opted_out.delivery(), Delivery::Refused(Refusal::Everyone));
    let content = provider
        .calls()
        .place(&order(CallRequest::new("+12125550124", "forbidden words")))
        .await
        .unwrap_err();
    assert_eq!(content.delivery(), Delivery::Refused(Refusal::Everyone));
    let mut stranger = order(request());
    stranger.agent = Some("nobody".into());
    assert_eq!(
        provider.calls().place(&stranger).await.unwrap_err().delivery(),
        Delivery::Refused(Refusal::ThisProvider)
    );
    simulator.revoke(simulator.credential());
    assert_eq!(
        provider.calls().place(&order(request())).await.unwrap_err().delivery(),
        Delivery::Refused(Refusal::ThisProvider)
    );
    assert!(simulator.rings().is_empty());
}

#[tokio::test]
async fn more_calls_than_a_page() {
    let (simulator, provider) =
        started(SimConfig::default().seed(0).limits(1000, 1000).lossy_cursor(true)).await;
    let mut placed = Vec::new();
    for at in 0..130 {
        if at == 65 {
            // Calls carry whole seconds of the wall clock, and no page shows a second that holds
            // more than a page.
            tokio::time::sleep(Duration::from_millis(1100)).await;
        }
        let call = provider
            .calls()
            .place(&order(CallRequest::new(format!("+1212555{:04}", 100 + at % 100), "Confirm")))
            .await
            .unwrap();
        placed.push(call.id);
    }
    let mut listed: Vec<_> = provider
        .lists()
        .unwrap()
        .all(CallFilter::default())
        .map_ok(|call| call.id)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(listed.len(), 130);
    listed.sort();
    placed.sort();
    assert_eq!(listed, placed);
    assert_eq!(simulator.rings().len(), 130);
}

#[tokio::test]
async fn a_lost_answer_is_traced() {
    let (simulator, provider) = started(SimConfig::default().seed(0).faults(
        FaultScript::default().rule(Rule::on("POST", PATH, Fault::Reset).after(After::Ring)),
    ))
    .await;
    let sent = Timestamp::now();
    let order = order(request());
    assert_eq!(provider.calls().place(&order).await.unwrap_err().delivery(), Delivery::Unknown);
    let traces = provider.calls().trace(&order, sent).await.unwrap();
    assert_eq!(traces.len(), 1);
    assert_eq!(traces[0].call.as_str(), simulator.rings().rings()[0].call_id);
    assert!(matches!(traces[0].proof, Proof::UsageRow | Proof::AgentAndTime));

    let mut lead = order.clone();
    let mut request = request();
    request.lead_id = Some("uuid-lead123".into());
    lead.call = crate::support::order(request).call;
    assert_eq!(provider.calls().place(&lead).await.unwrap_err().delivery(), Delivery::Unknown);
    let traces = provider.calls().trace(&lead, sent).await.unwrap();
    assert_eq!(traces[0].proof, Proof::LeadId);
    assert_eq!(traces[0].call.as_str(), simulator.rings().rings()[1].call_id);
}

fn quick(ends: Ends) -> SimConfig {
    let talk = Duration::from_millis(if ends == Ends::Completed { 100 } else { 0 });
    SimConfig::default().seed(0).outcome(
        CALLEE,
        CallScript::new(ends).ringing_for(Duration::from_millis(100)).talking_for(talk),
    )
}

#[tokio::test]
async fn the_webhook_of_one_call() {
    let (_simulator, provider) = started(quick(Ends::NoAnswer)).await;
    let mut target = WebhookTarget::start().await;
    let mut order = order(request());
    order.webhook_url = Some(target.url().parse().unwrap());
    let placed = provider.calls().place(&order).await.unwrap();
    let delivery = target.next().await;
    let events = provider.webhooks().unwrap().receiver().unwrap().receive(&delivery).unwrap();
    assert_eq!(events[0].call.as_ref(), Some(&placed.id));
    assert_eq!(events[0].kind, EventKind::Call(ProviderState::Ended(Outcome::NoAnswer)));
}

#[tokio::test]
async fn a_subscription_is_signed_and_a_forgery_is_not_taken() {
    let (simulator, provider) = started(quick(Ends::Completed)).await;
    let mut target = WebhookTarget::start().await;
    let order_made = provider
        .webhooks()
        .unwrap()
        .subscriptions()
        .unwrap()
        .create(&target.url().parse().unwrap(), &[])
        .await
        .unwrap();
    let mut config = config(&simulator);
    config.webhook.secret = order_made.secret;
    let strict = crate::support::open(&config).unwrap();
    let placed = strict.calls().place(&order(request())).await.unwrap();

    let receiver = strict.webhooks().unwrap().receiver().unwrap();
    let events = loop {
        let delivery = target.next().await;
        let events = receiver.receive(&delivery).unwrap();
        let mut forged = delivery.clone();
        forged.body.push(b' ');
        assert!(receiver.receive(&forged).is_err());
        if matches!(events[0].kind, EventKind::Call(ProviderState::Ended(_))) {
            break events;
        }
    };
    assert_eq!(events[0].call.as_ref(), Some(&placed.id));
    assert_eq!(events[0].kind, EventKind::Call(ProviderState::Ended(Outcome::Completed)));
}

#[tokio::test]
async fn the_rest_of_the_contract() {
    let (simulator, provider) = started(SimConfig::default().seed(0)).await;
    assert_eq!(
        provider.agents().unwrap().list().await.unwrap()[0].id.as_str(),
        simulator.agent_id()
    );
    assert_eq!(
        provider.agents().unwrap().get(&simulator.agent_id().into()).await.unwrap().name.as_deref(),
        Some("Kai")
    );
    assert_eq!(provider.numbers().unwrap().list().await.unwrap().len(), 1);
    assert_eq!(
        provider.usage().unwrap().balances().await.unwrap()[0].account.as_deref(),
        Some(simulator.business_id())
    );
    assert!(!provider.usage().unwrap().records(&Default::default()).await.unwrap().is_empty());
    assert_eq!(provider.client().health().await.unwrap().status.as_deref(), Some("ok"));
}
