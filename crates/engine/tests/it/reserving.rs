//! What many calls at once may not hold up: a start, and each other.

use std::{
    num::NonZeroUsize,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use switchboard_core::{
    Attempt, AttemptError, AttemptId, AttemptState, CallId, CallStatus, Delivery, Result,
};
use switchboard_journal::{
    CallLog, Journal, JournalExt, MemoryJournal, NewCall,
    conformance::{HookedJournal, Hooks, Written},
    state::Fact,
};
use uuid::Uuid;

use crate::support::{
    epoch, id,
    process::{books, clock},
    request, seconds, valid, within,
    world::{World, process, shared},
};

/// How many attempts are reserved at the same time, and in which order calls are written to.
#[derive(Debug, Default)]
struct Seen {
    allowed: Option<NonZeroUsize>,
    now: AtomicUsize,
    most: AtomicUsize,
    order: Mutex<Vec<CallId>>,
}

fn reserves(facts: &[Fact]) -> bool {
    facts.iter().any(|fact| matches!(fact, Fact::Claimed(_)))
}

#[async_trait]
impl Hooks for Seen {
    fn reserves_at_once(&self) -> Option<NonZeroUsize> {
        self.allowed
    }

    async fn reads(&self) -> Result<()> {
        tokio::time::sleep(seconds(1) / 1000).await;
        Ok(())
    }

    async fn writes(&self, facts: &[Fact]) -> Result<()> {
        if reserves(facts) {
            let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            tokio::time::sleep(seconds(1)).await;
        }
        Ok(())
    }

    async fn wrote(&self, written: Written<'_>) -> Result<()> {
        self.order.lock().unwrap().push(written.call);
        if reserves(written.facts) {
            self.now.fetch_sub(1, Ordering::SeqCst);
        }
        Ok(())
    }
}

fn watched(books: MemoryJournal, allowed: Option<NonZeroUsize>) -> Arc<HookedJournal<Seen>> {
    let hooks = Seen { allowed, ..Seen::default() };
    Arc::new(HookedJournal { inner: Arc::new(books), hooks })
}

async fn most_at_once(allowed: Option<NonZeroUsize>) -> usize {
    let worlds = shared([World::new("alpha", &[])]);
    let journal = watched(books().another(), allowed);
    let engine = process(&worlds, &clock(), Arc::clone(&journal) as Arc<dyn Journal>);
    let mut ids = Vec::new();
    for n in 0..40 {
        ids.push(engine.submit(valid(request(n))).await.unwrap().id);
    }
    for id in ids {
        assert_eq!(within(engine.wait(id)).await.unwrap().status, CallStatus::Closed);
    }
    assert_eq!(worlds[0].rings(), 40);
    journal.hooks.most.load(Ordering::SeqCst)
}

#[tokio::test(start_paused = true)]
async fn a_journal_is_asked_for_as_many_reservations_at_a_time_as_it_lets() {
    for allowed in [1, 4, 39] {
        assert_eq!(most_at_once(NonZeroUsize::new(allowed)).await, allowed);
    }
    assert_eq!(most_at_once(None).await, 40, "a journal that groups gets what comes at once");
}

#[tokio::test(start_paused = true)]
async fn what_may_have_rung_is_recorded_before_the_rest_goes_on() {
    let (worlds, clock, books) = (shared([World::new("alpha", &[])]), clock(), books());
    let open = async |n: u32| {
        let call = CallId::new(Uuid::now_v7());
        books.open(NewCall::new(call, Arc::new(valid(request(n))), epoch())).await.unwrap();
        call
    };
    let mut unsent = Vec::new();
    for n in 0..200 {
        unsent.push(open(n).await);
    }
    // The last of all, and sent.
    let sent = open(200).await;
    let attempt = Attempt::new(AttemptId::new(Uuid::now_v7()), id("alpha"), Uuid::nil(), epoch());
    let tried = attempt.id;
    let admitted = Fact::Admitted { estimated_cost: None, experiment: None, plan: None };
    for fact in
        [admitted, Fact::Intended(Box::new(attempt)), Fact::Claimed(tried), Fact::Sent(tried)]
    {
        books.record(sent, fact, epoch()).await.unwrap();
    }
    books.leave();
    let journal = watched(books.another(), NonZeroUsize::new(4));
    let next = process(&worlds, &clock, Arc::clone(&journal) as Arc<dyn Journal>);
    let recovered = next.recover().await.unwrap();
    assert_eq!((recovered.calls, recovered.uncertain, recovered.resumed), (201, 1, 200));
    let first = journal.hooks.order.lock().unwrap().first().copied();
    assert_eq!(first, Some(sent), "in doubt before anything else of this process");
    for call in unsent {
        assert_eq!(within(next.wait(call)).await.unwrap().status, CallStatus::Closed);
    }
}

/// The sender was paused, proves that nothing left, and then its heir says that it does not know.
#[tokio::test(start_paused = true)]
async fn an_heirs_doubt_after_the_senders_proof_is_no_alarm() {
    let books = books();
    let call = CallId::new(Uuid::now_v7());
    books.open(NewCall::new(call, Arc::new(valid(request(1))), epoch())).await.unwrap();
    let attempt = Attempt::new(AttemptId::new(Uuid::now_v7()), id("alpha"), Uuid::nil(), epoch());
    let tried = attempt.id;
    let failed = |delivery, error| Fact::Failed { attempt: tried, delivery, error };
    let unsent = AttemptError { code: None, ..AttemptError::restarted() };
    for fact in [
        Fact::Admitted { estimated_cost: None, experiment: None, plan: None },
        Fact::Intended(Box::new(attempt)),
        Fact::Claimed(tried),
        Fact::Sent(tried),
        failed(Delivery::NotSent, unsent.clone()),
    ] {
        books.record(call, fact, epoch()).await.unwrap();
    }
    let heir = failed(Delivery::Unknown, AttemptError::restarted());
    let recorded = books.record(call, heir, epoch()).await.unwrap();
    assert!(recorded.effects.is_empty(), "{:?}", recorded.effects);
    let attempt = &recorded.call.attempts[0];
    assert_eq!(
        (attempt.state, attempt.delivery, &attempt.error),
        (AttemptState::NotPlaced, Some(Delivery::NotSent), &Some(unsent.clone()))
    );
    let senders = books.record(call, failed(Delivery::Unknown, unsent), epoch()).await.unwrap();
    assert!(!senders.effects.is_empty(), "a sender that contradicts a proof raises an alarm");
}
