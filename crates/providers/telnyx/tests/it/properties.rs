//! Any JSON value in place of any field of any answer: nothing panics, a success of a placing
//! request is placed, and what cannot be read is named by its path.

use std::sync::Arc;

use parking_lot::Mutex;
use proptest::prelude::*;
use serde_json::json;
use switchboard_core::{Delivery, ErrorKind, Provider};
use switchboard_http::from_value;
use switchboard_telnyx::wire::{
    Assistant, Balance, Call, Conversation, CostPart, DownloadUrls, EventPayload, HistoryRow,
    Insight, Listing, Message, Meta, Number, NumberOrder, Recording, WebhookEvent,
};
use switchboard_testkit::backend::{any_json, any_object, cases, check_answer, field_names};

use crate::support::{Server, plain_order, provider_at};

/// Keys that answers have besides the fields of their types.
const WORDS: &[&str] =
    &["payload", "meta", "event_type", "call_control_id", "total_pages", "page_number"];

macro_rules! answers {
    ($($test:ident: $type:ty,)*) => {
        proptest! {
            #![proptest_config(cases(96))]
            $(
                #[test]
                fn $test(fields in any_object(field_names(<$type>::FIELDS), WORDS), anything in any_json(WORDS)) {
                    for value in [fields, anything] {
                        if let Some(written) = check_answer(from_value::<$type>(&value)) {
                            prop_assert_eq!(&written, &value);
                        }
                    }
                }
            )*
        }
    };
}

answers! {
    assistant: Assistant,
    balance: Balance,
    call: Call,
    conversation: Conversation,
    cost_part: CostPart,
    download_urls: DownloadUrls,
    event_payload: EventPayload,
    history_row: HistoryRow,
    insight: Insight,
    message: Message,
    meta: Meta,
    number: Number,
    number_order: NumberOrder,
    recording: Recording,
    webhook_event: WebhookEvent,
}

#[test]
fn lists() {
    proptest!(cases(128), |(rows in any_json(WORDS), meta in any_json(WORDS), bare in any_json(WORDS))| {
        for value in [json!({"data": rows, "meta": meta}), bare] {
            if let Err(error) = from_value::<Listing<HistoryRow>>(&value) {
                prop_assert_eq!(error.kind(), ErrorKind::Decode);
            }
        }
    });
}

/// The neutral contract over the wire: whatever comes, an answer or an error.
#[test]
fn the_neutral_contract() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let answer = Arc::new(Mutex::new(String::new()));
    let shown = Arc::clone(&answer);
    let server = runtime.block_on(Server::start(move |_| (200, shown.lock().clone())));
    let provider = provider_at(&server);
    let fields = [
        field_names(Call::FIELDS),
        field_names(HistoryRow::FIELDS),
        field_names(Conversation::FIELDS),
        field_names(Message::FIELDS),
        field_names(Recording::FIELDS),
        field_names(Number::FIELDS),
        field_names(Assistant::FIELDS),
    ]
    .concat();
    let rows = any_object(fields, WORDS);
    proptest!(cases(32), |(mut row in rows, bare in any_json(WORDS))| {
        row["call_control_id"] = json!("v3:1");
        let single = json!({"data": row});
        let list = json!({"data": [row], "meta": {"total_pages": 1, "page_number": 1}});
        for body in [single, list, bare] {
            *answer.lock() = body.to_string();
            runtime.block_on(async {
                let (id, agent) = ("v3:1".into(), "a".into());
                drop(provider.calls().get(&id).await);
                drop(provider.lists().unwrap().list(&Default::default(), &Default::default()).await);
                drop(provider.calls().trace(&plain_order(), jiff::Timestamp::UNIX_EPOCH).await);
                drop(provider.transcripts().unwrap().transcript(&id).await);
                drop(provider.recordings().unwrap().recording(&id).await);
                drop(provider.stops().unwrap().stop(&id).await);
                drop(provider.agents().unwrap().list().await);
                drop(provider.agents().unwrap().get(&agent).await);
                drop(provider.agents().unwrap().editor().unwrap().versions(&agent).await);
                drop(provider.numbers().unwrap().list().await);
                drop(provider.usage().unwrap().balances().await);
                drop(provider.usage().unwrap().records(&Default::default()).await);
                if let Err(error) = provider.calls().place(&plain_order()).await {
                    assert_eq!(error.delivery(), Delivery::Placed);
                }
            });
        }
    });
}
