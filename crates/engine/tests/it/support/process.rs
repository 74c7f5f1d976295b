//! Processes that share a journal, how they end, and the addresses that they give out.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use switchboard_core::{Clock, IncomingWebhook};
use switchboard_engine::{Engine, WebhookAddress};
use switchboard_journal::{MemoryJournal, conformance::HookedJournal, state::Fact};
use switchboard_testkit::VirtualClock;
use tokio::sync::Notify;

use super::{
    journal::{Meddle, Meddling, Moment},
    seconds,
    world::World,
};

/// Where a process is gone: before its nth fact is written down, or after its nth transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gone {
    Before(usize),
    After(usize),
}

/// A journal in the hands of a process that is gone at one step, and what is told then.
pub(crate) fn dying(
    books: &Arc<MemoryJournal>,
    gone: Option<Gone>,
) -> (Arc<HookedJournal<Meddling>>, Arc<Notify>, Arc<AtomicUsize>) {
    let (facts, written, over) =
        (Arc::new(AtomicUsize::new(0)), AtomicUsize::new(0), Arc::new(Notify::new()));
    let (counted, told, told_too) = (Arc::clone(&facts), Arc::clone(&over), Arc::clone(&over));
    let before = move |_: &Fact| {
        let nth = facts.fetch_add(1, Ordering::SeqCst);
        if matches!(gone, Some(Gone::Before(at)) if nth >= at) {
            told.notify_one();
            return Meddle::Hang;
        }
        Meddle::No
    };
    let other = move |moment: Moment| {
        if moment == Moment::Written {
            let nth = written.fetch_add(1, Ordering::SeqCst);
            if matches!(gone, Some(Gone::After(at)) if nth >= at) {
                told_too.notify_one();
                return Meddle::Hang;
            }
        }
        Meddle::No
    };
    (Meddling::over(Arc::clone(books), before, other), over, counted)
}

/// Ends a process as a kill does.
pub(crate) fn kill(router: &Engine, books: &MemoryJournal) {
    router.stop_now();
    books.leave();
}

pub(crate) fn books() -> Arc<MemoryJournal> {
    Arc::new(MemoryJournal::shared(seconds(30)))
}

pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(VirtualClock::new())
}

pub(crate) fn address() -> WebhookAddress {
    WebhookAddress {
        base: "https://calls.example.com/".parse().unwrap(),
        secret: "a secret of thirty-two characters".to_owned().into(),
        lifetime: seconds(7 * 24 * 3600),
    }
}

/// Behind which path the `n`th order's webhooks come in.
pub(crate) fn path(world: &World, n: usize) -> String {
    let url = world.orders()[n].webhook_url.clone().unwrap();
    url.path().strip_prefix("/hooks/v1/").unwrap().to_owned()
}

pub(crate) fn letter(body: &str, clock: &Arc<dyn Clock>) -> IncomingWebhook {
    IncomingWebhook { headers: Vec::new(), body: body.into(), received_at: clock.now() }
}

pub(crate) fn hang_if(hang: bool) -> Meddle {
    if hang { Meddle::Hang } else { Meddle::No }
}
