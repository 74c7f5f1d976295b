//! What others write to a call is news for the process that has it.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use switchboard_core::{
    AttemptId, CallId, Cost, Credits, Delivery, Outcome, Proof, ProviderState, Refusal, Transcript,
};

use super::fixtures::{
    Pair, admitted, at, attempt, completed, failed, fault, open, queued, record, report, request,
    send,
};
use crate::{
    Journal, JournalExt, News,
    state::{Fact, Resolution, Verdict},
};

async fn calls(journal: &Arc<dyn Journal>) -> Vec<CallId> {
    journal.news().await.unwrap().into_iter().map(|news| news.call).collect()
}

async fn only(journal: &Arc<dyn Journal>) -> News {
    match journal.news().await.unwrap().as_slice() {
        [only] => *only,
        other => panic!("one call has news, and not {other:?}"),
    }
}

/// A call of the process whose last attempt is in doubt.
async fn doubted(journal: &Arc<dyn Journal>, n: u32) -> (CallId, AttemptId) {
    let call = open(journal, request(n), 0).await;
    let tried = send(journal, call).await;
    for fact in [failed(tried, Delivery::Unknown), Fact::Reconciling(tried)] {
        record(journal, call, fact).await;
    }
    (call, tried)
}

pub(super) async fn what_others_write_is_news_until_it_was_acted_on((one, other, _gone): Pair) {
    let (call, tried) = doubted(&one, 1).await;
    let theirs = open(&other, request(2), 0).await;
    record(&other, theirs, admitted()).await;
    assert!(calls(&one).await.is_empty() && calls(&other).await.is_empty(), "nobody tells himself");

    record(&other, call, Fact::Traced(tried, "a-1".into(), Proof::Webhook)).await;
    assert!(calls(&other).await.is_empty(), "it is news for its owner alone");
    let first = only(&one).await;
    assert_eq!((first.call, first.ended), (call, false));
    assert_eq!(only(&one).await, first, "until it was acted on");
    other.acted(&[first]).await.unwrap();
    assert_eq!(only(&one).await, first, "by its owner");

    // What comes after it was read is not acted on with it.
    record(&other, call, Fact::Reported(Box::new(completed("alpha", "a-1")))).await;
    let second = only(&one).await;
    assert!(second.ended && second.number > first.number);
    one.acted(&[first]).await.unwrap();
    assert_eq!(only(&one).await, second);
    one.acted(&[second]).await.unwrap();
    assert!(calls(&one).await.is_empty());

    // A number is not given twice.
    record(&other, call, Fact::Reported(Box::new(completed("alpha", "a-1")))).await;
    let third = only(&one).await;
    assert!(!third.ended && third.number > second.number, "it was over already");
    one.acted(&[second]).await.unwrap();
    assert_eq!(only(&one).await, third);

    // The news of one call is not that of another.
    let (another, doubted) = doubted(&one, 3).await;
    record(&other, another, failed(doubted, Delivery::Placed)).await;
    assert_eq!(calls(&one).await, [call, another], "in the order in which they were written to");
    one.acted(&[third]).await.unwrap();
    assert_eq!(calls(&one).await, [another]);
}

/// Every kind of fact that another process than the owner may write about an attempt in doubt, and
/// whether it ends a ring.
fn evidence(tried: AttemptId, theirs: &str) -> Vec<(Fact, bool)> {
    let word = |verdict| {
        let resolution = Resolution {
            verdict,
            call: None,
            by: "somebody at the desk".to_owned(),
            note: "asked the provider".to_owned(),
        };
        Fact::Resolved(tried, resolution)
    };
    let ended = || Box::new(report("alpha", theirs, ProviderState::Ended(Outcome::NoAnswer)));
    let under_way = || Box::new(queued("alpha", theirs));
    vec![
        (Fact::TentativeMatch(tried, theirs.into()), false),
        (Fact::Answered(tried, under_way()), false),
        (Fact::Answered(tried, ended()), true),
        (failed(tried, Delivery::Unknown), false),
        (failed(tried, Delivery::Placed), false),
        (failed(tried, Delivery::NotSent), false),
        (failed(tried, Delivery::Refused(Refusal::Everyone)), false),
        (failed(tried, Delivery::Refused(Refusal::NeedsApproval)), false),
        (Fact::Traced(tried, theirs.into(), Proof::LeadId), false),
        (word(Verdict::NotPlaced), false),
        (word(Verdict::Placed(theirs.into())), false),
        (word(Verdict::Ended(Outcome::NoAnswer)), true),
        (Fact::Reported(under_way()), false),
        (Fact::Reported(ended()), true),
        (Fact::Billed(tried, Cost::Credits(Credits::from_micros(1)), None), false),
        (Fact::Transcribed(Transcript::default()), false),
    ]
}

pub(super) async fn every_kind_of_evidence_is_news((one, other, _gone): Pair) {
    let kinds = evidence(attempt("alpha").id, "").len();
    for (n, nth) in (1..).zip(0..kinds) {
        let (call, tried) = doubted(&one, n).await;
        let (fact, ends) = evidence(tried, &format!("a-{n}")).swap_remove(nth);
        let what = format!("{fact:?}");
        assert!(!fact.requires_ownership(), "{what}");
        record(&other, call, fact).await;
        let news = only(&one).await;
        assert_eq!((news.call, news.ended), (call, ends), "{what}");
        one.acted(&[news]).await.unwrap();
    }
    let (call, _) = doubted(&one, 100).await;
    let refused = other.record(call, Fact::GaveUp(fault()), at(2)).await.unwrap_err();
    assert_eq!(refused.code(), Some("not_owner"));
    assert!(calls(&one).await.is_empty(), "what is refused is no news");
}

pub(super) async fn news_of_the_gone_are_their_heirs((one, other, gone): Pair) {
    one.beat(at(0)).await.unwrap();
    other.beat(at(0)).await.unwrap();
    let (open, tried) = doubted(&one, 1).await;
    let (over, ended) = doubted(&one, 2).await;
    let (quiet, last) = doubted(&one, 3).await;
    record(&one, quiet, Fact::Traced(last, "a-3".into(), Proof::Webhook)).await;
    record(&one, quiet, Fact::Reported(Box::new(completed("alpha", "a-3")))).await;
    record(&other, open, failed(tried, Delivery::Unknown)).await;
    record(&other, over, Fact::Traced(ended, "a-2".into(), Proof::Webhook)).await;
    record(&other, over, Fact::Reported(Box::new(completed("alpha", "a-2")))).await;
    gone.await;
    assert!(calls(&other).await.is_empty(), "before it takes them over");

    let taken = other.take_over(at(1)).await.unwrap();
    assert_eq!(taken.iter().map(|call| call.id).collect::<Vec<_>>(), [open]);
    let news = other.news().await.unwrap();
    assert_eq!(
        news.iter().map(|news| (news.call, news.ended)).collect::<Vec<_>>(),
        [(open, false), (over, true)]
    );
    // Who is gone has nothing to say about them any more.
    one.acted(&news).await.unwrap();
    assert_eq!(other.news().await.unwrap(), news);
    other.acted(&news).await.unwrap();
    assert!(calls(&other).await.is_empty());
    record(&other, over, Fact::Reported(Box::new(completed("alpha", "a-2")))).await;
    assert!(calls(&other).await.is_empty(), "it is its own call by now");
}
