//! Webhooks: kept before they are handled, and handled once.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use super::{at, attempt};
use crate::{Journal, Letter};

pub(super) async fn letters_are_kept_until_they_are_handled(journal: Arc<dyn Journal>) {
    let letter = |body: &[u8], after| Letter {
        attempt: attempt("alpha").id,
        body: body.to_vec(),
        calls: vec!["a-1".into(), "a\u{0}\\2".into()],
        at: at(after),
    };
    let first = letter(b"{\"call\": 1}\0\xff", 1);
    let second = letter(b"{\"call\": 2}", 2);
    let elsewhere = Letter { attempt: second.attempt, calls: Vec::new(), ..first.clone() };
    assert!(journal.unhandled().await.unwrap().is_empty());
    for letter in [&first, &second] {
        assert!(journal.take_in(letter).await.unwrap());
    }
    assert_eq!(
        journal.unhandled().await.unwrap(),
        [first.clone(), second.clone()],
        "whole, and oldest first"
    );
    let again = Letter { at: at(3), ..first.clone() };
    assert!(journal.take_in(&again).await.unwrap(), "nobody handled it yet");
    journal.handled(&first, at(4)).await.unwrap();
    journal.handled(&first, at(5)).await.unwrap();
    assert!(!journal.take_in(&again).await.unwrap(), "the same body on the same attempt");
    assert_eq!(journal.unhandled().await.unwrap(), std::slice::from_ref(&second));
    let late = Letter { at: at(6), ..elsewhere };
    assert!(journal.take_in(&late).await.unwrap(), "the same body on another attempt");
    assert_eq!(journal.unhandled().await.unwrap(), [second.clone(), late.clone()]);
    journal.handled(&second, at(7)).await.unwrap();
    journal.handled(&late, at(8)).await.unwrap();
    assert!(journal.unhandled().await.unwrap().is_empty());
}
