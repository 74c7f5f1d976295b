//! Any JSON value in place of any field of any answer: nothing panics, and what cannot be read is
//! named by its path.

use std::fmt::Debug;

use crate::support::{KEY, Server};
use proptest::{collection, prelude::*};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use switchboard_core::{CallFilter, ErrorKind, IncomingWebhook, PageRequest, Provider};
use switchboard_http::from_value;
use switchboard_kaicalls::{
    KaiCallsConfig,
    wire::{
        Acknowledgement, Agent, AgentVersion, ApiKey, BusinessBalance, Call, Capabilities,
        CommunicationAttempt, CommunicationJob, CommunicationRun, EventDelivery, EventRecord,
        Health, Listing, Number, Recording, Redelivery, RunCheck, RunPreview, Transcript, UsageRow,
        WebhookEvent, WebhookSubscription,
    },
};

/// A failure is fixed by a test that says what it was, not by a file of seeds.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "-?[0-9]{1,40}(\\.[0-9]{0,40})?([eE][-+]?[0-9]{1,4})?".prop_map(Value::from),
        "[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z?)?".prop_map(Value::from),
        "(https?|file)://[a-z.:0-9]{0,12}/[a-z./]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            collection::vec(
                ("(id|data|call|event|status|messages|transcript|[a-z]{1,4})", inner),
                0..4
            )
            .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// An object with arbitrary values in some of these fields.
fn any_object(names: Vec<&'static str>) -> impl Strategy<Value = Value> {
    let fields = names
        .into_iter()
        .map(|name| {
            proptest::option::weighted(0.6, any_json())
                .prop_map(move |value| value.map(|value| (name.to_owned(), value)))
        })
        .collect::<Vec<_>>();
    fields.prop_map(|fields| Value::Object(fields.into_iter().flatten().collect()))
}

fn delivered() -> impl Strategy<Value = Value> {
    let known = WebhookEvent::FIELDS.iter().flat_map(|(_, names)| names.iter().copied());
    any_object(known.chain(["data", "call"]).collect())
}

/// It parses, or the error names a path and repeats nothing; what parsed can be shown and written
/// again.
fn holds<T: DeserializeOwned + Serialize + Debug>(value: &Value) {
    match from_value::<T>(value) {
        Ok(parsed) => {
            assert!(!format!("{parsed:?}").is_empty());
            serde_json::to_value(&parsed).unwrap();
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Decode);
            assert!(error.message().starts_with(".: expected "), "{error}");
        }
    }
}

macro_rules! answers {
    ($($test:ident: $type:ty,)*) => {
        proptest! {
            #![proptest_config(cases(96))]
            $(
                #[test]
                fn $test(
                    fields in any_object(<$type>::FIELDS.iter().flat_map(|(_, names)| names.iter().copied()).collect()),
                    anything in any_json(),
                ) {
                    holds::<$type>(&fields);
                    holds::<$type>(&anything);
                    // What stands alone comes out as it went in, as far as it is no secret.
                    let mut whole = fields;
                    whole["id"] = json!("id");
                    let parsed: $type = from_value(&whole).unwrap();
                    if let Value::Object(object) = &mut whole {
                        for name in ["key", "secret", "signing_secret", "webhook_secret"] {
                            if !parsed.raw.value().as_object().unwrap().contains_key(name) {
                                object.remove(name);
                            }
                        }
                    }
                    prop_assert_eq!(&serde_json::to_value(&parsed).unwrap(), &whole);
                }
            )*
        }
    };
}

answers! {
    call: Call,
    agent: Agent,
    agent_version: AgentVersion,
    number: Number,
    api_key: ApiKey,
    acknowledgement: Acknowledgement,
    business_balance: BusinessBalance,
    usage_row: UsageRow,
    health: Health,
    recording: Recording,
    transcript: Transcript,
    webhook_subscription: WebhookSubscription,
    webhook_event: WebhookEvent,
    event_record: EventRecord,
    event_delivery: EventDelivery,
    redelivery: Redelivery,
    communication_run: CommunicationRun,
    communication_job: CommunicationJob,
    communication_attempt: CommunicationAttempt,
    run_check: RunCheck,
    run_preview: RunPreview,
    capabilities: Capabilities,
}

proptest! {
    #![proptest_config(cases(192))]

    #[test]
    fn lists(rows in any_json(), more in any_json(), bare in any_json()) {
        for name in ["calls", "agents", "numbers", "usage", "events", "communication_runs", "data", "other"] {
            let value = json!({name: rows.clone(), "has_more": more.clone()});
            holds::<Listing<Call>>(&value);
            holds::<Listing<Agent>>(&value);
            holds::<Listing<Number>>(&value);
            holds::<Listing<UsageRow>>(&value);
            holds::<Listing<EventRecord>>(&value);
            holds::<Listing<CommunicationRun>>(&value);
        }
        if let Err(error) = from_value::<Listing<Call>>(&json!({"calls": bare})) {
            prop_assert!(error.message().contains("calls"), "{}", error);
        }
        holds::<Listing<Call>>(&bare);
    }

    #[test]
    fn moments(text in prop_oneof![".{0,24}", "-?[0-9]{1,40}(\\.[0-9]{0,30})?", "[-+0-9TZ:. ]{0,30}"]) {
        let call: Call = from_value(&json!({"created_at": text.as_str()})).unwrap();
        let moment = call.created_at.unwrap();
        moment.timestamp();
        prop_assert_eq!(moment.as_str(), text);
    }

    #[test]
    fn deliveries(fields in delivered(), cut in 0_usize..200) {
        let provider = crate::support::open(&KaiCallsConfig::new(KEY)).unwrap();
        let receiver = provider.webhooks().unwrap().receiver().unwrap();
        let mut body = fields.to_string().into_bytes();
        let take = |body: &[u8]| receiver.receive(&IncomingWebhook {
            headers: Vec::new(),
            body: body.to_vec(),
            received_at: jiff::Timestamp::UNIX_EPOCH,
        });
        match take(&body) {
            Ok(events) => {
                prop_assert_eq!(events.len(), 1);
                prop_assert!(!events[0].id.is_empty() || fields.get("event_id").is_some() || fields.get("id").is_some());
                prop_assert_eq!(events[0].raw.value(), &serde_json::from_slice::<Value>(&body).unwrap());
            }
            Err(error) => prop_assert_eq!(error.kind(), ErrorKind::Decode),
        }
        body.truncate(cut.min(body.len() - 1));
        prop_assert!(take(&body).is_err());
    }
}

/// The neutral contract over the wire: whatever comes, an answer or an error.
#[test]
fn the_neutral_contract() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let answer = std::sync::Arc::new(parking_lot::Mutex::new(String::new()));
    let shown = std::sync::Arc::clone(&answer);
    let server = runtime.block_on(Server::start(move |_| (200, shown.lock().clone())));
    let provider = server.provider();
    let names: Vec<&'static str> = Call::FIELDS
        .iter()
        .chain(EventRecord::FIELDS)
        .chain(UsageRow::FIELDS)
        .chain(BusinessBalance::FIELDS)
        .chain(Number::FIELDS)
        .flat_map(|(_, names)| names.iter().copied())
        .collect();
    proptest!(cases(24), |(mut row in any_object(names), bare in any_json())| {
        row["id"] = json!("c1");
        let lists = json!({"calls": [row], "agents": [row], "numbers": [row], "usage": [row], "businesses": [row], "events": [row],
            "webhooks": [row], "versions": [row]});
        for body in [row, lists, bare] {
            *answer.lock() = body.to_string();
            runtime.block_on(async {
                drop(provider.calls().get(&"c1".into()).await);
                drop(provider.lists().unwrap().list(&CallFilter::default(), &PageRequest::default()).await);
                drop(provider.transcripts().unwrap().transcript(&"c1".into()).await);
                drop(provider.recordings().unwrap().recording(&"c1".into()).await);
                drop(provider.agents().unwrap().list().await);
                drop(provider.agents().unwrap().editor().unwrap().versions(&"a".into()).await);
                drop(provider.numbers().unwrap().list().await);
                drop(provider.usage().unwrap().balances().await);
                drop(provider.usage().unwrap().records(&Default::default()).await);
                drop(provider.webhooks().unwrap().subscriptions().unwrap().list().await);
                drop(provider.webhooks().unwrap().feed().unwrap().poll().await);
                if let Err(error) = provider.calls().place(&crate::support::plain_order()).await {
                    assert_eq!(error.delivery(), switchboard_core::Delivery::Placed);
                }
            });
        }
    });
}
