//! Any JSON value in place of any field of any answer: nothing panics, and what cannot be read is
//! named by its path.

use std::fmt::Debug;

use crate::support::{KEY, Server, provider_at};
use proptest::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use switchboard_core::{CallFilter, ErrorKind, IncomingWebhook, PageRequest, Provider};
use switchboard_http::from_value;
use switchboard_kaicalls::{
    KaiCallsConfig,
    wire::{
        Acknowledgement, Agent, AgentAnalytics, AgentVersion, ApiKey, BusinessAnalytics,
        BusinessBalance, Call, CallAnalytics, Capabilities, CommunicationAttempt, CommunicationJob,
        CommunicationRun, Dashboard, Eval, EvalRun, EventDelivery, EventRecord, Funnel, Health,
        Lead, LeadAudit, Listing, Number, Recording, Redelivery, RunCheck, RunPreview, SentSms,
        SmsConversation, SmsMessage, Transcript, UsageRow, WebhookEvent, WebhookSubscription,
        WeeklyReport, Workspace,
    },
};
use switchboard_testkit::backend::{any_json, any_object, cases, check_answer, field_names};

/// Keys that answers have besides the fields of their types.
const WORDS: &[&str] = &["call", "event", "status", "messages", "transcript"];

fn delivered() -> impl Strategy<Value = Value> {
    any_object([field_names(WebhookEvent::FIELDS), vec!["data", "call"]].concat(), WORDS)
}

fn holds<T: DeserializeOwned + Serialize + Debug>(value: &Value) {
    check_answer(from_value::<T>(value));
}

macro_rules! answers {
    ($($test:ident: $type:ty,)*) => {
        proptest! {
            #![proptest_config(cases(96))]
            $(
                #[test]
                fn $test(
                    fields in any_object(field_names(<$type>::FIELDS), WORDS),
                    anything in any_json(WORDS),
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
    lead: Lead,
    lead_audit: LeadAudit,
    sent_sms: SentSms,
    sms_message: SmsMessage,
    sms_conversation: SmsConversation,
    workspace: Workspace,
    eval: Eval,
    eval_run: EvalRun,
    dashboard: Dashboard,
    call_analytics: CallAnalytics,
    agent_analytics: AgentAnalytics,
    business_analytics: BusinessAnalytics,
    funnel: Funnel,
    weekly_report: WeeklyReport,
}

proptest! {
    #![proptest_config(cases(192))]

    #[test]
    fn lists(rows in any_json(WORDS), more in any_json(WORDS), bare in any_json(WORDS)) {
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
    let provider = provider_at(&server);
    let types = [
        Call::FIELDS,
        EventRecord::FIELDS,
        UsageRow::FIELDS,
        BusinessBalance::FIELDS,
        Number::FIELDS,
    ];
    let names = types.map(field_names).concat();
    proptest!(cases(24), |(mut row in any_object(names, WORDS), bare in any_json(WORDS))| {
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
