//! Budgets: what a call may cost at most is held back before it is sent, and the bill settles it.

use std::sync::Arc;

use futures::FutureExt;
use parking_lot::Mutex;
use switchboard_core::{
    Call, CallStatus, Destination, ErrorKind, Money, Outcome, Refusal, Tariff, TariffRow, TenantId,
    ValidCall,
};
use switchboard_engine::Engine;
use switchboard_journal::{
    Journal, JournalExt, MemoryJournal,
    state::{Resolution, Verdict},
};
use switchboard_router::{Arm, Budget, Experiment, Match, Period, Policy, RateDeck};

use crate::support::{
    call, id,
    journal::{Meddle, Meddling, Moment},
    plans::per_call,
    process::clock,
    request, run, seconds, usd, valid, within,
    world::{Act, World, process_with, shared},
};

fn budget(name: &str, limit: &str) -> Budget {
    Budget {
        name: name.to_owned(),
        limit: usd(limit),
        per: Period::Total,
        tenant: None,
        provider: None,
        experiment: None,
    }
}

/// A process in which every call costs at most a dollar.
fn a_dollar_a_call(worlds: &[Arc<World>], budgets: Vec<Budget>) -> Engine {
    with(worlds, Arc::new(MemoryJournal::new()), |policy| policy.budgets = budgets)
}

fn with(
    worlds: &[Arc<World>],
    journal: Arc<dyn Journal>,
    change: impl FnOnce(&mut Policy),
) -> Engine {
    let dollar = |policy: &mut Policy| {
        for provider in &mut policy.providers {
            provider.deck = per_call("1.00");
        }
        change(policy);
    };
    process_with(worlds, &clock(), journal, dollar, |builder| builder)
}

fn of(tenant: &str, n: u32) -> ValidCall {
    valid(request(n).with(|call| call.tenant = Some(tenant.to_owned())))
}

fn worlds() -> Vec<Arc<World>> {
    shared([World::new("alpha", &[]), World::new("beta", &[])])
}

fn is_over(call: &Call, budget: &str) {
    assert_eq!(call.status, CallStatus::Refused);
    let fault = call.fault.as_ref().unwrap();
    assert_eq!(fault.kind, ErrorKind::QuotaExceeded);
    assert!(fault.message.contains(budget), "{}", fault.message);
    assert!(call.attempts.is_empty(), "nothing was begun");
}

#[tokio::test(start_paused = true)]
async fn a_provider_over_its_budget_is_passed_over() {
    let worlds = worlds();
    let only_alpha = Budget { provider: Some(id("alpha")), ..budget("alpha's", "1.50") };
    let router = a_dollar_a_call(&worlds, vec![only_alpha]);
    for n in 0..3 {
        assert_eq!(run(&router, call(n)).await.status, CallStatus::Closed);
    }
    assert_eq!((worlds[0].rings(), worlds[1].rings()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_no_budget_holds_is_refused_by_the_budgets_name() {
    let worlds = worlds();
    let router = a_dollar_a_call(&worlds, vec![budget("small", "2.00"), budget("large", "99.00")]);
    for n in 0..2 {
        assert_eq!(
            run(&router, call(n)).await.status,
            CallStatus::Closed,
            "exactly the limit fits"
        );
    }
    is_over(&run(&router, call(2)).await, "small");
    assert_eq!(worlds[0].rings() + worlds[1].rings(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_tenants_budget_is_no_other_tenants() {
    let worlds = worlds();
    let acme =
        Budget { tenant: Some(TenantId::from("acme".to_owned())), ..budget("acme's", "1.00") };
    let router = a_dollar_a_call(&worlds, vec![acme]);
    assert_eq!(run(&router, of("acme", 1)).await.status, CallStatus::Closed);
    is_over(&run(&router, of("acme", 2)).await, "acme's");
    assert_eq!(run(&router, of("other", 3)).await.status, CallStatus::Closed);
}

#[tokio::test(start_paused = true)]
async fn an_experiments_budget_counts_its_own_calls() {
    let worlds = worlds();
    let journal = Arc::new(MemoryJournal::new());
    let router = with(&worlds, journal, |policy| {
        policy.experiments.push(Experiment {
            when: Match { tags: ["tried".to_owned()].into(), ..Match::default() },
            ..Experiment::new("trial", vec![Arm::provider("beta", id("beta"), 1)])
        });
        policy
            .budgets
            .push(Budget { experiment: Some("trial".to_owned()), ..budget("the trial's", "1.00") });
    });
    let tried = |n| valid(request(n).with(|call| call.tags = vec!["tried".to_owned()]));
    assert_eq!(run(&router, tried(1)).await.provider, Some(id("beta")));
    is_over(&run(&router, tried(2)).await, "the trial's");
    assert_eq!(run(&router, call(3)).await.status, CallStatus::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_budget_begins_anew_with_its_period() {
    // The clock begins on 2 March at nine.
    for (per, hours) in [(Period::Day, 15), (Period::Month, 30 * 24 - 9)] {
        let worlds = worlds();
        let router = a_dollar_a_call(&worlds, vec![Budget { per, ..budget("periodic", "1.00") }]);
        assert_eq!(run(&router, call(1)).await.status, CallStatus::Closed);
        tokio::time::sleep(seconds(hours * 3600 - 600)).await;
        is_over(&run(&router, call(2)).await, "periodic");
        tokio::time::sleep(seconds(600)).await;
        assert_eq!(run(&router, call(3)).await.status, CallStatus::Closed, "{per:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_price_that_nobody_knows_fits_no_budget() {
    let worlds = worlds();
    let unknown = |policy: &mut Policy| {
        policy.providers[0].deck = RateDeck::unknown(policy.currency);
        policy.budgets = vec![budget("careful", "9.00")];
    };
    let router = with(&worlds, Arc::new(MemoryJournal::new()), unknown);
    assert_eq!(run(&router, call(1)).await.provider, Some(id("beta")), "whose price is known");

    let alone = [Arc::clone(&worlds[0])];
    let router = with(&alone, Arc::new(MemoryJournal::new()), unknown);
    is_over(&run(&router, call(2)).await, "careful");
    assert_eq!(worlds[0].orders().len(), 0);
}

fn by_the_minute(price: &str) -> RateDeck {
    let rows = vec![TariffRow {
        destination: Destination::Everywhere,
        per_call: None,
        per_minute: Some(usd(price)),
        increment: None,
        minimum: None,
    }];
    RateDeck::new(&Tariff { rows, credit_price: None }, switchboard_core::Currency::USD).unwrap()
}

#[tokio::test(start_paused = true)]
async fn the_longest_duration_is_held_and_the_bill_settles_it() {
    let mut alpha = World::new("alpha", &[]);
    alpha.bill = Some(usd("0.20"));
    let worlds = shared([alpha]);
    let router = with(&worlds, Arc::new(MemoryJournal::new()), |policy| {
        policy.providers[0].deck = by_the_minute("0.50");
        policy.budgets = vec![budget("all", "8.00")];
    });
    // Ten minutes at most: five dollars.
    let first = within(router.place(call(1))).await.unwrap();
    assert_eq!(first.status, CallStatus::InProgress);
    is_over(&run(&router, call(2)).await, "all");
    within(router.wait(first.id)).await.unwrap();
    tokio::time::sleep(seconds(1)).await;
    assert_eq!(run(&router, call(3)).await.status, CallStatus::Closed, "0.20 and 5.00");
    let short = request(4).with(|call| call.max_duration_seconds = Some(120));
    tokio::time::sleep(seconds(1)).await;
    assert_eq!(run(&router, valid(short)).await.status, CallStatus::Closed, "0.40 and 1.00");
}

#[tokio::test(start_paused = true)]
async fn proof_of_silence_releases_a_hold_and_doubt_keeps_it() {
    let silent = [Act::Refuse(Refusal::ThisProvider), Act::NotSent(seconds(0))];
    for act in silent {
        let worlds = shared([World::new("alpha", &[act]), World::new("beta", &[])]);
        let router = a_dollar_a_call(&worlds, vec![budget("all", "1.00")]);
        assert_eq!(
            run(&router, call(1)).await.status,
            CallStatus::Closed,
            "{act:?}: the next attempt fits"
        );
    }

    let mut alpha = World::new("alpha", &[Act::Lose]);
    alpha.shows = false;
    let worlds = shared([alpha, World::new("beta", &[])]);
    let router = a_dollar_a_call(&worlds, vec![budget("all", "1.00")]);
    let doubted = run(&router, call(1)).await;
    assert_eq!(doubted.status, CallStatus::Indeterminate);
    tokio::time::sleep(seconds(48 * 3600)).await;
    is_over(&run(&router, call(2)).await, "all");
    let word = Resolution {
        verdict: Verdict::NotPlaced,
        call: None,
        by: "somebody".to_owned(),
        note: "looked it up".to_owned(),
    };
    router.resolve(doubted.id, word).await.unwrap();
    assert_eq!(run(&router, call(3)).await.status, CallStatus::Closed);
}

/// What a journal's calls have spent and hold: a dollar for what may have rung and is not billed.
fn spent(journal: &MemoryJournal) -> Money {
    let calls = journal.list().now_or_never().unwrap().unwrap();
    let attempts = calls.into_iter().flat_map(|call| call.attempts);
    let each = attempts.map(|attempt| match attempt.billed {
        Some(bill) => bill,
        None if attempt.state.is_live() => usd("1.00"),
        None => usd("0.00"),
    });
    each.reduce(|sum, next| sum.checked_add(next).unwrap()).unwrap_or(usd("0.00"))
}

#[tokio::test(start_paused = true)]
async fn a_hundred_calls_at_once_never_overshoot() {
    let mut acts = vec![Act::Ring; 100];
    for n in (0..100).step_by(7) {
        acts[n] = [Act::Refuse(Refusal::ThisProvider), Act::Lose, Act::NotSent(seconds(1))][n % 3];
    }
    let mut alpha = World::new("alpha", &acts).ending(&[Outcome::NoAnswer; 40]);
    alpha.bill = Some(usd("0.25"));
    let worlds = shared([alpha]);
    let books = Arc::new(MemoryJournal::new());
    let most = Arc::new(Mutex::new(usd("0.00")));
    let journal = {
        let (books, most) = (Arc::clone(&books), Arc::clone(&most));
        Meddling::over(
            Arc::clone(&books),
            |_| Meddle::No,
            move |moment| {
                if moment == Moment::Written {
                    let (now, mut most) = (spent(&books), most.lock());
                    if now.micros() > most.micros() {
                        *most = now;
                    }
                }
                Meddle::No
            },
        )
    };
    let router = with(&worlds, journal, |policy| policy.budgets = vec![budget("all", "10.00")]);
    let mut counts = (0, 0);
    for round in 0..4 {
        let mut ids = Vec::new();
        for n in 0..100 {
            ids.push(router.submit(call(round * 100 + n)).await.unwrap().id);
        }
        for id in ids {
            match within(router.wait(id)).await.unwrap().status {
                CallStatus::Refused => counts.0 += 1,
                _ => counts.1 += 1,
            }
        }
        tokio::time::sleep(seconds(5)).await;
    }
    assert_eq!(counts.0 + counts.1, 400);
    assert!(counts.1 > 20, "only {} calls fitted", counts.1);
    assert!(most.lock().micros() <= usd("10.00").micros(), "{} at one moment", most.lock());
    assert!(most.lock().micros() > usd("9.00").micros(), "no more than {} was used", most.lock());
}
