//! Any JSON value in place of any field of any answer: nothing panics, a success of a placing
//! request is placed, and what cannot be read is named by its path.

use std::sync::Arc;

use parking_lot::Mutex;
use proptest::prelude::*;
use serde_json::{Value, json};
use switchboard_calle::wire::{Call, Failure, Utterance};
use switchboard_core::{Delivery, ErrorKind, IncomingWebhook, Provider};
use switchboard_http::from_value;
use switchboard_testkit::backend::{any_json, any_object, cases, check_answer, field_names};

use crate::support::{Server, plain_order, provider_at};

/// Keys that answers have besides the fields of their types.
const WORDS: &[&str] = &["type", "summary", "switchboard_attempt", "code", "speaker"];

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
    call: Call,
    failure: Failure,
    utterance: Utterance,
}

#[test]
fn the_neutral_contract() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let answer = Arc::new(Mutex::new(String::new()));
    let shown = Arc::clone(&answer);
    let server = runtime.block_on(Server::start(move |_| (202, shown.lock().clone())));
    let provider = provider_at(&server);
    let receiver = provider.webhooks().unwrap().receiver().unwrap();
    let rows = any_object(field_names(Call::FIELDS), WORDS);
    proptest!(cases(48), |(mut row in rows, bare in any_json(WORDS))| {
        row["id"] = json!("c1");
        let event = json!({"id": "e1", "type": "call.completed", "data": row});
        for body in [row, bare, event] {
            *answer.lock() = body.to_string();
            runtime.block_on(async {
                drop(provider.calls().get(&"c1".into()).await);
                drop(provider.transcripts().unwrap().transcript(&"c1".into()).await);
                drop(provider.cancels().unwrap().cancel(&"c1".into()).await);
                if let Err(error) = provider.calls().place(&plain_order()).await {
                    assert_eq!(error.delivery(), Delivery::Placed);
                }
            });
            let delivery = IncomingWebhook {
                headers: Vec::new(),
                body: body.to_string().into_bytes(),
                received_at: jiff::Timestamp::UNIX_EPOCH,
            };
            match receiver.receive(&delivery) {
                Ok(events) => prop_assert_eq!(events[0].raw.value(), &body),
                Err(error) => prop_assert_eq!(error.kind(), ErrorKind::Decode),
            }
            let _: &Value = &body;
        }
    });
}
