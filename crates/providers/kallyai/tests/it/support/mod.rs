//! A simulated KallyAI, a provider that talks to it, and orders to place.

pub(crate) mod rude;

use std::{sync::Arc, time::Duration};

use futures::future::BoxFuture;
use jiff::Timestamp;
use serde_json::json;
use switchboard_core::{
    AttemptId, CallRequest, Clock, Event, EventFeed, PhoneNumber, PlaceRequest, Provider,
    SystemClock,
};
use switchboard_kallyai::{KallyAi, KallyAiClient, KallyAiConfig, wire::MessengerCredentials};
use switchboard_testkit::{
    SimConfig, SimKallyAi,
    calls::{CallScript, Outcome},
    fault::{Fault, Rule},
};
use uuid::Uuid;

pub(crate) const CALLEE: &str = "+15125550142";
pub(crate) const OTHER: &str = "+442079460018";

/// The wall's time, and sleeps that are over at once: nothing here waits for a clock.
#[derive(Debug)]
pub(crate) struct WallClock;

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn uptime(&self) -> Duration {
        SystemClock.uptime()
    }

    fn sleep(&self, _duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::task::yield_now())
    }
}

pub(crate) fn fast() -> SimConfig {
    let script = CallScript::new(Outcome::Completed)
        .ringing_for(Duration::from_secs(3))
        .talking_for(Duration::from_secs(60));
    SimConfig::default().seed(7).speed(600.0).outcome(CALLEE, script)
}

pub(crate) async fn simulated(config: SimConfig) -> (SimKallyAi, KallyAi) {
    let sim = SimKallyAi::start(config).await.unwrap();
    let provider = provider(&sim, |_| {});
    (sim, provider)
}

pub(crate) fn settings(sim: &SimKallyAi) -> KallyAiConfig {
    let mut config = KallyAiConfig::new(sim.credential().to_owned());
    config.base_url = sim.url().parse().unwrap();
    config.refresh_token = Some(sim.refresh_token().to_owned().into());
    config.timezone = "America/New_York".to_owned();
    config.place_timeout = Duration::from_secs(20);
    config
}

pub(crate) fn provider(sim: &SimKallyAi, change: impl FnOnce(&mut KallyAiConfig)) -> KallyAi {
    let mut config = settings(sim);
    change(&mut config);
    KallyAi::new(config, Arc::new(WallClock)).unwrap()
}

pub(crate) fn client(sim: &SimKallyAi) -> KallyAiClient {
    KallyAiClient::new(&settings(sim), Arc::new(WallClock)).unwrap()
}

pub(crate) fn order(request: &CallRequest) -> PlaceRequest {
    PlaceRequest::new(
        AttemptId::new(Uuid::from_u128(1)),
        Uuid::from_u128(0x5eed),
        Arc::new(request.validate(Timestamp::now()).unwrap()),
        Duration::from_secs(600),
    )
}

pub(crate) fn simple_order() -> PlaceRequest {
    order(&CallRequest::new(CALLEE, "Ask for the opening hours"))
}

pub(crate) fn feed(provider: &KallyAi) -> &dyn EventFeed {
    provider.webhooks().unwrap().feed().unwrap()
}

pub(crate) fn ids(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.id.as_str()).collect()
}

/// An answer that every type can read: each kind of list, empty, and the two fields without which
/// an answer is refused.
fn anything() -> Fault {
    let lists = [
        "calls",
        "conversations",
        "goals",
        "results",
        "emails",
        "actions",
        "messages",
        "accounts",
        "tasks",
        "referrals",
        "entries",
        "phone_numbers",
        "events",
    ];
    let mut answer = json!({"call_id": "c1", "access_token": "t"});
    for list in lists {
        answer[list] = json!([]);
    }
    Fault::raw(200, answer.to_string()).with_header("content-type", "application/json")
}

/// A client whose every request is answered, and nothing comes of it.
pub(crate) async fn answered_with_anything() -> (SimKallyAi, KallyAiClient) {
    let sim = SimKallyAi::start(fast()).await.unwrap();
    sim.faults().add(Rule { path: Some("/v1/*".to_owned()), fault: anything(), ..Rule::default() });
    let client = client(&sim);
    (sim, client)
}

pub(crate) fn phone() -> PhoneNumber {
    PhoneNumber::parse(CALLEE).unwrap()
}

pub(crate) fn page() -> url::Url {
    "https://kallyai.com/app".parse().unwrap()
}

pub(crate) fn telegram() -> MessengerCredentials {
    MessengerCredentials::Telegram { bot_token: "123456:ABC-DEF...".into() }
}

pub(crate) fn whatsapp() -> MessengerCredentials {
    MessengerCredentials::WhatsApp {
        phone_number_id: "1234567890".to_owned(),
        access_token: "EAAx...".into(),
        business_account_id: "9876543210".to_owned(),
    }
}
