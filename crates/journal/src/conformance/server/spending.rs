//! What counts against budgets, what a tenant used, and how many calls wait.

#![allow(clippy::unwrap_used)]

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;
use switchboard_core::{
    AttemptId, CallId, CallRequest, Cost, Currency, Delivery, Money, Outcome, ProviderState,
    TenantId,
};
use switchboard_router::{BudgetHold, Reservation};
use uuid::Uuid;

use crate::{
    Journal, NewCall,
    conformance::fixtures::{
        admitted, at, attempt, budgeted, epoch, failed, rate_slot, record, report, request, valid,
        write_intent,
    },
    server::{BudgetUse, RateUse, Spending, UsageQuery},
    state::Fact,
};

fn usd(micros: i64) -> Money {
    Money::from_micros(micros, Currency::USD)
}

/// A new call whose id is of the time at which it was received, as ids are.
async fn receive(journal: &Arc<dyn Journal>, request: CallRequest) -> CallId {
    let millis = u128::try_from(epoch().as_millisecond()).unwrap();
    let random = Uuid::now_v7().as_u128() & ((1 << 62) - 1);
    let id = CallId::new(Uuid::from_u128(millis << 80 | 0x7 << 76 | 0x2 << 62 | random));
    journal.open(NewCall::new(id, Arc::new(valid(&request)), epoch())).await.unwrap();
    id
}

/// An attempt at the call of this number that holds ten millionths of both budgets.
async fn hold(journal: &Arc<dyn Journal>, n: u32) -> (CallId, AttemptId) {
    let call = receive(journal, request(n)).await;
    record(journal, call, admitted()).await;
    let one = attempt("alpha");
    let tried = one.id;
    let reservation = Reservation {
        hold: Some(BudgetHold {
            amount: usd(10),
            budgets: vec![budgeted("day", 1_000), budgeted("a\\b\u{0}", 1_000)],
        }),
        ..Reservation::default()
    };
    write_intent(journal, call, one, reservation).await.unwrap();
    (call, tried)
}

fn ended(theirs: &str) -> Box<switchboard_core::ProviderCall> {
    Box::new(report("alpha", theirs, ProviderState::Ended(Outcome::Completed)))
}

pub(super) async fn budgets_tell_what_is_held<Store: Spending + Journal + 'static>(
    store: Arc<Store>,
) {
    let journal: Arc<dyn Journal> = Arc::clone(&store) as Arc<dyn Journal>;
    let used = async || {
        let asked = ["day", "a\\b\u{0}", "night"].map(|name| (name.to_owned(), epoch()));
        let used = store.budget_use(&asked).await.unwrap();
        assert_eq!((used[0], used[2]), (used[1], BudgetUse::NOTHING));
        (used[0].counted, used[0].held)
    };
    assert_eq!(used().await, (0, 0));
    let (billed, tried) = hold(&journal, 1).await;
    let (silent, never) = hold(&journal, 2).await;
    let (_, _) = hold(&journal, 3).await;
    assert_eq!(used().await, (30, 30));
    record(&journal, silent, failed(never, Delivery::NotSent)).await;
    assert_eq!(used().await, (20, 20), "no phone rang");
    record(&journal, billed, Fact::Answered(tried, ended("a-1"))).await;
    assert_eq!(used().await, (20, 20), "the bill is not there yet");
    let bill = |micros| Fact::Billed(tried, Cost::Money(usd(micros)), Some(usd(micros)));
    record(&journal, billed, bill(7)).await;
    assert_eq!(used().await, (17, 10));
    record(&journal, billed, bill(12)).await;
    assert_eq!(used().await, (22, 10), "a bill may be corrected");
}

pub(super) async fn usage_adds_up_by_day_and_provider<Store: Spending + Journal + 'static>(
    store: Arc<Store>,
) {
    let journal: Arc<dyn Journal> = Arc::clone(&store) as Arc<dyn Journal>;
    let moment = |seconds| epoch() + SignedDuration::from_secs(seconds);
    let query = |tenant: Option<&str>, from, until| UsageQuery {
        tenant: tenant.map(TenantId::from),
        from: moment(from),
        until: moment(until),
    };
    let (billed, tried) = hold(&journal, 1).await;
    let mut talked = ended("a-1");
    talked.duration = Some(Duration::from_secs(90));
    record(&journal, billed, Fact::Answered(tried, talked)).await;
    record(&journal, billed, Fact::Billed(tried, Cost::Money(usd(7)), Some(usd(7)))).await;
    let (unbilled, tried) = hold(&journal, 2).await;
    record(&journal, unbilled, Fact::Answered(tried, ended("a-2"))).await;
    receive(&journal, request(3)).await;
    let elsewhere = request(4).with(|call| call.tenant = Some("another".to_owned()));
    receive(&journal, elsewhere).await;

    let sums = store.usage(&query(None, 0, 60)).await.unwrap();
    let said: Vec<_> = sums
        .iter()
        .map(|sum| {
            let provider = sum.provider.as_ref().map(|id| id.as_str());
            (provider, sum.calls, sum.duration.as_secs(), sum.cost, sum.unpriced)
        })
        .collect();
    let alpha = (Some("alpha"), 2, 90, Some(usd(7)), 1);
    assert_eq!(said, [(None, 2, 0, None, 0), alpha]);
    let calls = async |query| -> u64 {
        store.usage(&query).await.unwrap().iter().map(|sum| sum.calls).sum()
    };
    assert_eq!(calls(query(Some("another"), 0, 60)).await, 1);
    assert_eq!(calls(query(Some("default"), 0, 60)).await, 3);
    assert_eq!(calls(query(Some("nobody"), 0, 60)).await, 0);
    assert_eq!(calls(query(None, -60, 0)).await, 0, "the end is not in the period");
    assert_eq!(calls(query(None, 1, 60)).await, 0, "they were received before");
}

pub(super) async fn a_window_tells_what_is_used<Store: Spending + Journal + 'static>(
    store: Arc<Store>,
) {
    let journal: Arc<dyn Journal> = Arc::clone(&store) as Arc<dyn Journal>;
    let limit = rate_slot("alpha", 5);
    assert_eq!(store.rate_use(&limit, at(1)).await.unwrap(), RateUse::default());
    for n in 1..=3 {
        let call = receive(&journal, request(n)).await;
        record(&journal, call, admitted()).await;
        let reservation = Reservation { rate_slots: vec![limit.clone()], ..Reservation::default() };
        write_intent(&journal, call, attempt("alpha"), reservation).await.unwrap();
    }
    let now = store.rate_use(&limit, at(1)).await.unwrap();
    assert_eq!(now.used, 3);
    assert!(!now.whole_in.is_zero() && now.whole_in <= limit.window, "{now:?}");
    let other = rate_slot("beta", 5);
    assert_eq!(store.rate_use(&other, at(1)).await.unwrap(), RateUse::default());
}

pub(super) async fn calls_wait_until_they_are_tried<Store: Spending + Journal + 'static>(
    store: Arc<Store>,
) {
    let journal: Arc<dyn Journal> = Arc::clone(&store) as Arc<dyn Journal>;
    let own = TenantId::default();
    let waiting = async |at_most| store.waiting(&own, at_most).await.unwrap();
    assert_eq!(waiting(10).await, 0);
    let received = receive(&journal, request(1)).await;
    let scheduled = receive(&journal, request(2)).await;
    record(&journal, scheduled, Fact::Scheduled).await;
    let elsewhere = request(3).with(|call| call.tenant = Some("another".to_owned()));
    receive(&journal, elsewhere).await;
    assert_eq!(waiting(10).await, 2);
    record(&journal, received, admitted()).await;
    assert_eq!((waiting(10).await, waiting(1).await), (2, 1));
    let one = attempt("alpha");
    write_intent(&journal, received, one, Reservation::default()).await.unwrap();
    assert_eq!(waiting(10).await, 1);
    assert_eq!(store.waiting(&TenantId::from("another"), 10).await.unwrap(), 1);
}
