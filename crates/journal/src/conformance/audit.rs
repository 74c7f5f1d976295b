//! Decisions: only ever added, in one order for everybody.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use futures::future::join_all;
use serde_json::{Value, json};
use switchboard_router::{AuditEntry, AuditTopic};

use super::fixtures::{Pair, at};
use crate::{AuditQuery, Journal};

const TOPICS: [AuditTopic; 3] =
    [AuditTopic::Configuration, AuditTopic::Reload, AuditTopic::Experiment];

/// The `n`th decision on this topic.
fn decision(topic: AuditTopic, n: u64) -> AuditEntry {
    AuditEntry {
        topic,
        subject: format!("subject {n}"),
        what: json!({ "n": n }),
        by: "an operator".to_owned(),
        at: at(n),
    }
}

async fn all(journal: &Arc<dyn Journal>, topic: AuditTopic) -> Vec<(u64, AuditEntry)> {
    journal.audit_entries(topic, 0).await.unwrap()
}

pub(super) async fn decisions_are_kept_in_order(journal: Arc<dyn Journal>) {
    for topic in TOPICS {
        assert_eq!(all(&journal, topic).await, []);
    }
    let mut made = Vec::new();
    for n in 0..9 {
        let decision = decision(TOPICS[n as usize % 3], n / 2);
        made.push((journal.append_audit(&decision).await.unwrap(), decision));
    }
    // The same once more is another.
    let again = made[8].1.clone();
    made.push((journal.append_audit(&again).await.unwrap(), again));
    assert!(made.is_sorted_by(|(one, _), (next, _)| one < next) && made[0].0 > 0);
    for topic in TOPICS {
        let of_topic: Vec<_> =
            made.iter().filter(|(_, decision)| decision.topic == topic).cloned().collect();
        assert_eq!(all(&journal, topic).await, of_topic);
        for (after, _) in &made {
            let later: Vec<_> =
                of_topic.iter().filter(|(number, _)| number > after).cloned().collect();
            assert_eq!(journal.audit_entries(topic, *after).await.unwrap(), later);
        }
        assert_eq!(journal.audit_entries(topic, u64::MAX).await.unwrap(), []);
    }
}

pub(super) async fn decisions_of_all_topics_are_read_page_by_page(journal: Arc<dyn Journal>) {
    let page = |topics: &[AuditTopic], after, limit| {
        let query = AuditQuery { topics: topics.to_vec(), after, limit };
        let journal = Arc::clone(&journal);
        async move { journal.audit_page(&query).await.unwrap() }
    };
    assert_eq!(page(&[], 0, 9).await, []);
    let mut made = Vec::new();
    for (n, topic) in (0..).zip(AuditTopic::ALL.into_iter().chain(AuditTopic::ALL)) {
        let decision = decision(topic, n);
        made.push((journal.append_audit(&decision).await.unwrap(), decision));
    }
    for (limit, size) in [(0, 1), (1, 1), (5, 5), (16, 16), (u32::MAX, 16)] {
        let (mut read, mut after) = (Vec::new(), 0);
        loop {
            let next = page(&[], after, limit).await;
            assert!(next.len() <= size);
            let Some((last, _)) = next.last() else { break };
            after = *last;
            read.extend(next);
        }
        assert_eq!(read, made, "{limit} at a time");
    }
    for topics in [&[AuditTopic::Person][..], &[AuditTopic::Session, AuditTopic::Key]] {
        let mut wanted = made.clone();
        wanted.retain(|(_, decision)| topics.contains(&decision.topic));
        assert_eq!(page(topics, 0, 9).await, wanted);
        assert_eq!(page(topics, wanted[0].0, 1).await, wanted[1..2]);
    }
}

pub(super) async fn a_decision_comes_back_whole(journal: Arc<dyn Journal>) {
    let strange = [
        Value::Null,
        json!("only words"),
        json!({"a": [1, -2, 0.1, u64::MAX, true, null], "text": "\u{0}\\ \"é\" 🙂", "nested": {"x": {"y": {}}}}),
    ];
    for (n, what) in (0..).zip(strange) {
        let decision = AuditEntry {
            subject: "a\u{0}\\b".to_owned(),
            what,
            by: String::new(),
            ..decision(AuditTopic::Experiment, n)
        };
        let number = journal.append_audit(&decision).await.unwrap();
        assert_eq!(
            journal.audit_entries(AuditTopic::Experiment, number - 1).await.unwrap(),
            [(number, decision)]
        );
    }
}

pub(super) async fn decisions_are_everybodys((one, other, gone): Pair) {
    let first = one.append_audit(&decision(AuditTopic::Reload, 1)).await.unwrap();
    assert_eq!(all(&other, AuditTopic::Reload).await, [(first, decision(AuditTopic::Reload, 1))]);
    let second = other.append_audit(&decision(AuditTopic::Reload, 2)).await.unwrap();
    assert!(second > first);
    gone.await;
    assert_eq!(
        all(&other, AuditTopic::Reload).await,
        all(&one, AuditTopic::Reload).await,
        "they outlive who made them"
    );
}

/// Many that decide at once while others read on from the last number that they saw: nobody misses
/// one.
///
/// # Panics
/// Where a decision is lost, comes twice or comes late.
pub async fn debate(journals: &[Arc<dyn Journal>]) {
    const EACH: u64 = 20;
    let deciding = (0_u64..).zip(journals).map(|(who, journal)| {
        let journal = Arc::clone(journal);
        async move {
            let mut numbers = Vec::new();
            for n in 0..EACH {
                numbers.push(
                    journal
                        .append_audit(&decision(AuditTopic::Experiment, who * EACH + n))
                        .await
                        .unwrap(),
                );
            }
            numbers
        }
    });
    let expected = EACH as usize * journals.len();
    let reading = journals.iter().map(|journal| {
        let journal = Arc::clone(journal);
        async move {
            let mut seen: Vec<(u64, AuditEntry)> = Vec::new();
            while seen.len() < expected {
                let after = seen.last().map_or(0, |(number, _)| *number);
                seen.extend(journal.audit_entries(AuditTopic::Experiment, after).await.unwrap());
                // Every writer gets a turn, in a journal that never waits.
                let mut turn = false;
                std::future::poll_fn(|context| {
                    context.waker().wake_by_ref();
                    if std::mem::replace(&mut turn, true) {
                        std::task::Poll::Ready(())
                    } else {
                        std::task::Poll::Pending
                    }
                })
                .await;
            }
            seen
        }
    });
    let (made, seen) = futures::join!(join_all(deciding), join_all(reading));
    let mut numbers: Vec<u64> = made.iter().flatten().copied().collect();
    assert!(made.iter().all(|numbers| numbers.is_sorted_by(|one, next| one < next)));
    numbers.sort_unstable();
    for seen in seen {
        let read: Vec<u64> = seen.iter().map(|(number, _)| *number).collect();
        assert_eq!(read, numbers, "each of them once, in order");
        for (number, decision) in seen {
            let who = (decision.at.duration_since(at(0)).as_secs() as u64 / EACH) as usize;
            assert!(made[who].contains(&number));
        }
    }
}
