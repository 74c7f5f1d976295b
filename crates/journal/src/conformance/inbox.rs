//! Webhooks: kept before they are handled, and handled once.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use super::fixtures::{at, attempt};
use crate::{Journal, StoredWebhook};

pub(super) async fn webhooks_are_kept_until_they_are_handled(journal: Arc<dyn Journal>) {
    let webhook = |body: &[u8], after| StoredWebhook {
        attempt: attempt("alpha").id,
        body: body.to_vec(),
        calls: vec!["a-1".into(), "a\u{0}\\2".into()],
        at: at(after),
    };
    let first = webhook(b"{\"call\": 1}\0\xff", 1);
    let second = webhook(b"{\"call\": 2}", 2);
    let elsewhere = StoredWebhook { attempt: second.attempt, calls: Vec::new(), ..first.clone() };
    assert!(journal.pending_webhooks().await.unwrap().is_empty());
    for webhook in [&first, &second] {
        assert!(journal.store_webhook(webhook).await.unwrap());
    }
    assert_eq!(
        journal.pending_webhooks().await.unwrap(),
        [first.clone(), second.clone()],
        "whole, and oldest first"
    );
    let again = StoredWebhook { at: at(3), ..first.clone() };
    assert!(journal.store_webhook(&again).await.unwrap(), "nobody handled it yet");
    journal.mark_handled(&first, at(4)).await.unwrap();
    journal.mark_handled(&first, at(5)).await.unwrap();
    assert!(!journal.store_webhook(&again).await.unwrap(), "the same body on the same attempt");
    assert_eq!(journal.pending_webhooks().await.unwrap(), std::slice::from_ref(&second));
    let late = StoredWebhook { at: at(6), ..elsewhere };
    assert!(journal.store_webhook(&late).await.unwrap(), "the same body on another attempt");
    assert_eq!(journal.pending_webhooks().await.unwrap(), [second.clone(), late.clone()]);
    journal.mark_handled(&second, at(7)).await.unwrap();
    journal.mark_handled(&late, at(8)).await.unwrap();
    assert!(journal.pending_webhooks().await.unwrap().is_empty());
}
