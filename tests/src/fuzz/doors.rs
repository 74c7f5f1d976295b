//! Fuzzing of webhooks: any path, body and headers, sent to a router with a call in progress.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use switchboard::{
    CallId, CallRequest, CallStatus, Currency, Engine, IncomingWebhook, Policy, Provider,
    SystemClock, WebhookAddress,
    kaicalls::{KaiCalls, KaiCallsConfig},
    router::{ProviderPolicy, RateDeck},
};
use switchboard_testkit::{SimConfig, SimKaiCalls};

use super::{Chance, mutate::WORDS};

/// A call at a simulated KaiCalls, and the URL of its webhooks.
#[derive(Debug)]
pub struct Doors {
    router: Engine,
    call: CallId,
    path: String,
    /// Has the true record of the call, so it has to keep running.
    _simulator: SimKaiCalls,
}

impl Doors {
    /// Starts the simulator and places the call.
    ///
    /// # Panics
    /// If it cannot listen on this machine.
    pub async fn start() -> Self {
        let simulator =
            SimKaiCalls::start(SimConfig::default().seed(0).limits(1_000_000, 1_000_000))
                .await
                .unwrap();
        let mut config = KaiCallsConfig::new(simulator.credential());
        config.base_url = simulator.url().parse().unwrap();
        config.agent_id = Some(simulator.agent_id().into());
        let provider: Arc<dyn Provider> =
            Arc::new(KaiCalls::new(config, Arc::new(SystemClock)).unwrap());
        let deck = RateDeck::unknown(Currency::USD);
        let account = ProviderPolicy::new(provider.info().clone(), deck);
        let mut policy = Policy::new(vec![account], Currency::USD);
        policy.timings.poll_every = Duration::from_secs(3600);
        let router = Engine::builder(policy)
            .without_calling_rules("no person is called in a test")
            .provider(provider)
            .webhooks(WebhookAddress {
                base: "https://calls.example.com".parse().unwrap(),
                secret: "a secret of at least 32 characters, for tests".into(),
                lifetime: Duration::from_secs(3600),
            })
            .build()
            .unwrap();
        let request = CallRequest::new("+12125550142", "Ask whether they are open on Sunday.");
        let call = router.place(request.validate(Timestamp::now()).unwrap()).await.unwrap();
        assert_eq!(call.status, CallStatus::InProgress);
        let sent =
            simulator.requests().into_iter().find(|request| request.method == "POST").unwrap();
        let url = sent.body["webhook_url"].as_str().unwrap().to_owned();
        let (_, path) = url.split_once("/hooks/v1/").unwrap();
        Self { router, call: call.id, path: path.to_owned(), _simulator: simulator }
    }

    /// Sends a webhook to the URL of the call, or to a similar one.
    ///
    /// # Errors
    /// A webhook to a changed URL was accepted, or the body alone changed the call.
    pub async fn knock(&self, body: &[u8], chance: &mut Chance) -> Result<(), String> {
        let path = self.address(chance);
        let mut headers = Vec::new();
        for name in
            ["content-type", "x-webhook-signature", "x-webhook-timestamp", "x-kaicalls-signature"]
        {
            if chance.below(2) == 0 {
                headers.push((name.to_owned(), WORDS[chance.below(WORDS.len())].to_owned()));
            }
        }
        let webhook =
            IncomingWebhook { headers, body: body.to_vec(), received_at: Timestamp::now() };
        let taken = self.router.receive_webhook(&path, webhook).await.is_ok();
        if taken && path.trim_matches('/') != self.path {
            return Err(format!("the address {} was taken", path.escape_debug()));
        }
        let call = self.router.get(self.call).await.map_err(|error| error.to_string())?;
        match call.status {
            CallStatus::InProgress | CallStatus::Closed => Ok(()),
            other => Err(format!("a webhook alone made the call {other}")),
        }
    }

    fn address(&self, chance: &mut Chance) -> String {
        let mut path: Vec<char> = self.path.chars().collect();
        match chance.below(4) {
            0 => {}
            1 => {
                let at = chance.below(path.len());
                path[at] = char::from(b'!' + u8::try_from(chance.below(90)).unwrap_or(0));
            }
            2 => path.truncate(chance.below(path.len())),
            _ => {
                let at = chance.below(path.len());
                path.splice(at..at, WORDS[chance.below(WORDS.len())].chars());
            }
        }
        path.into_iter().collect()
    }
}
