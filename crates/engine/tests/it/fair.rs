//! The queue of calls that no provider can take now, beside a model that goes through a list.

use std::{cell::Cell, collections::BTreeMap};

use jiff::Timestamp;
use proptest::prelude::*;
use switchboard_core::TenantId;
use switchboard_engine::fair::{FairQueue, Ticket};

type Queue = FairQueue<u8, u64>;

const TENANTS: usize = 5;
const CLASSES: u8 = 4;

fn tenant(n: usize) -> TenantId {
    TenantId::from(format!("tenant {n}"))
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

/// Everything that goes from now on, in order.
fn drain<T>(queue: &mut FairQueue<u8, T>) -> Vec<T> {
    std::iter::from_fn(|| queue.pop(|_| true)).map(|turn| turn.item).collect()
}

/// A queue in which calls wait that came in this order, all of one class and one moment.
fn of(calls: &[(usize, u64)]) -> Queue {
    let mut queue = Queue::new();
    for (owner, item) in calls {
        queue.push(&tenant(*owner), &0, at(0), *item);
    }
    queue
}

#[test]
fn tenants_take_turns_whatever_they_push() {
    let mut queue = of(&[(0, 1), (0, 2), (0, 3), (0, 4), (1, 11), (1, 12), (2, 21)]);
    assert_eq!(drain(&mut queue), [1, 11, 21, 2, 12, 3, 4]);
    assert!(queue.is_empty());
    assert_eq!((queue.len(), queue.tenants(), queue.classes().count()), (0, 0, 0));
}

#[test]
fn within_a_tenant_the_oldest_goes_first_also_when_it_comes_later() {
    let mut queue = Queue::new();
    queue.push(&tenant(0), &0, at(20), 2);
    queue.push(&tenant(0), &1, at(30), 3);
    queue.push(&tenant(0), &1, at(10), 1);
    queue.push(&tenant(0), &0, at(30), 4);
    assert_eq!(drain(&mut queue), [1, 2, 3, 4]);
}

#[test]
fn who_was_away_has_saved_up_nothing() {
    let mut queue = of(&[(0, 1), (1, 11)]);
    assert_eq!(drain(&mut queue), [1, 11]);
    // The second tenant goes on for long while the first is away.
    for item in 12..40 {
        queue.push(&tenant(1), &0, at(1), item);
        let _ = queue.pop(|_| true).unwrap();
    }
    for item in [40, 41, 42] {
        queue.push(&tenant(1), &0, at(2), item);
    }
    for item in [2, 3, 4] {
        queue.push(&tenant(0), &0, at(3), item);
    }
    assert_eq!(drain(&mut queue), [40, 2, 41, 3, 42, 4]);
}

#[test]
fn a_blocked_class_stands_in_nobodys_way_and_saves_up_nothing() {
    let mut queue = Queue::new();
    for item in [1, 2, 3] {
        queue.push(&tenant(0), &0, at(0), item);
    }
    queue.push(&tenant(1), &0, at(0), 11);
    for item in [12, 13, 14, 15] {
        queue.push(&tenant(1), &1, at(1), item);
    }
    let other = |class: &u8| *class == 1;
    let gone: Vec<u64> =
        std::iter::from_fn(|| queue.pop(other)).take(2).map(|turn| turn.item).collect();
    assert_eq!(gone, [12, 13], "the older 11 is blocked");
    assert_eq!(drain(&mut queue), [1, 11, 2, 14, 3, 15], "one turn each, as before");
}

#[test]
fn whoever_may_go_is_asked_for_by_class_and_not_by_call() {
    let mut queue = Queue::new();
    for item in 0..3_000 {
        queue.push(&tenant(item as usize % 100), &((item % 3) as u8), at(0), item);
    }
    let asked = Cell::new(0);
    let nobody = queue.pop(|_| {
        asked.set(asked.get() + 1);
        false
    });
    assert!(nobody.is_none());
    assert_eq!(asked.get(), 3);
    let mut classes: Vec<(u8, usize)> = queue.classes().map(|(class, len)| (*class, len)).collect();
    classes.sort_unstable();
    assert_eq!(classes, [(0, 1_000), (1, 1_000), (2, 1_000)]);
}

#[test]
fn newcomers_do_not_push_anybody_back() {
    let mut queue = of(&[(0, 1), (1, 11), (1, 12)]);
    let last = queue.push(&tenant(2), &0, at(0), 21);
    assert_eq!(queue.ahead(last), Some(2));
    for newcomer in 3..50 {
        queue.push(&tenant(newcomer), &0, at(-60), newcomer as u64 * 10);
    }
    assert_eq!(queue.ahead(last), Some(2), "not even those who were asked for earlier");
    assert_eq!([1, 11, 21].map(|_| queue.pop(|_| true).unwrap().item), [1, 11, 21]);
    assert_eq!(queue.ahead(last), None);
}

#[test]
fn a_call_that_could_not_go_stands_where_it_stood() {
    let mut queue = of(&[(0, 1), (0, 2), (1, 11), (2, 21)]);
    let turn = queue.pop(|_| true).unwrap();
    assert_eq!((turn.item, &turn.tenant, turn.class, turn.since()), (1, &tenant(0), 0, at(0)));
    queue.give_back(turn);
    assert_eq!(drain(&mut queue.clone()), [1, 11, 21, 2]);

    // Also where others went in between, and where it was its tenant's only call.
    let first = queue.pop(|_| true).unwrap();
    let eleventh = queue.pop(|_| true).unwrap();
    assert_eq!(queue.pop(|_| true).unwrap().item, 21);
    queue.give_back(eleventh);
    queue.give_back(first);
    assert_eq!(drain(&mut queue), [1, 11, 2]);
}

#[test]
fn a_turn_that_is_given_back_late_is_no_second_turn() {
    let mut queue = of(&[(0, 1), (0, 2), (0, 3), (1, 11), (1, 12), (1, 13)]);
    let first = queue.pop(|_| true).unwrap();
    assert_eq!([11, 2].map(|_| queue.pop(|_| true).unwrap().item), [11, 2]);
    queue.give_back(first);
    assert_eq!(
        drain(&mut queue),
        [12, 1, 13, 3],
        "the first tenant had its turn with another call"
    );
}

#[test]
fn a_call_may_wait_for_something_else_from_now_on() {
    let mut queue = of(&[(0, 1), (0, 2), (1, 11)]);
    let ticket = queue.push(&tenant(1), &0, at(-1), 10);
    let mut turn = queue.remove(ticket).unwrap();
    turn.class = 7;
    let ticket = queue.give_back(turn);
    assert_eq!(queue.get(ticket), Some(&10));
    assert_eq!(queue.pop(|class| *class == 7).unwrap().item, 10);
    assert_eq!(drain(&mut queue), [1, 11, 2]);
}

#[test]
fn all_may_leave_and_come_back_to_their_places() {
    let mut queue = of(&[(0, 1), (1, 11), (0, 2), (2, 21), (1, 12)]);
    let _ = queue.pop(|_| true).unwrap();
    let expected = drain(&mut queue.clone());
    let mut out = queue.drain();
    assert_eq!((out.len(), queue.len(), queue.tenants()), (4, 0, 0));
    for turn in out.drain(..).rev() {
        queue.give_back(turn);
    }
    assert_eq!(drain(&mut queue), expected);
}

#[test]
fn a_ticket_finds_its_own_call_or_nothing() {
    let mut queue = of(&[(0, 1)]);
    let ticket = queue.push(&tenant(1), &3, at(0), 11);
    assert_eq!(queue.remove(ticket).unwrap().item, 11);
    assert!(queue.remove(ticket).is_none());
    // Where it stood, another one stands now.
    let other = queue.push(&tenant(2), &5, at(0), 21);
    assert!(queue.remove(ticket).is_none() && queue.get(ticket).is_none());
    assert_eq!(queue.get(other), Some(&21));
    assert_eq!((queue.len(), queue.len_of(&tenant(1)), queue.len_of(&tenant(2))), (2, 0, 1));
}

#[test]
fn neither_the_queue_nor_a_turn_shows_what_waits() {
    let mut queue = FairQueue::new();
    queue.push(&tenant(0), &1_u8, at(0), "+12125550101");
    let queue_shown = format!("{queue:?}");
    let shown = format!("{queue_shown} {:?}", queue.pop(|_| true));
    assert!(!shown.contains("2125550101"), "{shown}");
    assert!(shown.contains("calls: 1"), "{shown}");
}

/// What happens to a queue. A mask has a bit for each class that can go.
#[derive(Debug, Clone)]
enum Step {
    Push { tenant: usize, class: u8, since: i64 },
    Pop { mask: u8 },
    PopAndGiveBack { mask: u8 },
    Remove { which: prop::sample::Index },
    ChangeClass { which: prop::sample::Index, class: u8 },
}

fn step() -> impl Strategy<Value = Step> {
    let mask = 0..1_u8 << CLASSES;
    prop_oneof![
        5 => (0..TENANTS, 0..CLASSES, 0..6_i64).prop_map(|(tenant, class, since)| Step::Push { tenant, class, since }),
        4 => mask.clone().prop_map(|mask| Step::Pop { mask }),
        1 => mask.prop_map(|mask| Step::PopAndGiveBack { mask }),
        1 => any::<prop::sample::Index>().prop_map(|which| Step::Remove { which }),
        1 => (any::<prop::sample::Index>(), 0..CLASSES).prop_map(|(which, class)| Step::ChangeClass { which, class }),
    ]
}

fn is_open(mask: u8, class: u8) -> bool {
    mask >> class & 1 == 1
}

/// The same promises, kept by going through everything.
#[derive(Debug, Clone, Default)]
struct Model {
    calls: Vec<Waiting>,
    /// Tenants that wait, whose turn is next first.
    line: Vec<usize>,
}

#[derive(Debug, Clone, Copy)]
struct Waiting {
    tenant: usize,
    class: u8,
    since: i64,
    item: u64,
}

impl Model {
    fn push(&mut self, call: Waiting) {
        self.calls.push(call);
        if !self.line.contains(&call.tenant) {
            self.line.push(call.tenant);
        }
    }

    fn pop(&mut self, mask: u8) -> Option<u64> {
        let can_go = |owner: usize| {
            let open = self
                .calls
                .iter()
                .filter(move |call| call.tenant == owner && is_open(mask, call.class));
            open.min_by_key(|call| (call.since, call.item)).copied()
        };
        let call = self.line.iter().find_map(|owner| can_go(*owner))?;
        self.line.retain(|owner| *owner != call.tenant);
        self.line.push(call.tenant);
        self.remove(call.item);
        Some(call.item)
    }

    fn remove(&mut self, item: u64) {
        self.calls.retain(|call| call.item != item);
        self.line.retain(|owner| self.calls.iter().any(|call| call.tenant == *owner));
    }

    fn ahead(&self, item: u64) -> usize {
        let mut rest = self.clone();
        std::iter::from_fn(|| rest.pop(u8::MAX)).position(|gone| gone == item).unwrap()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_queue_does_what_the_model_does(steps in prop::collection::vec(step(), 1..80)) {
        let (mut queue, mut model) = (Queue::new(), Model::default());
        let mut tickets: BTreeMap<u64, Ticket> = BTreeMap::new();
        for (item, step) in (0_u64..).zip(steps) {
            let nth = |which: &prop::sample::Index| (!tickets.is_empty()).then(|| *tickets.keys().nth(which.index(tickets.len())).unwrap());
            match step {
                Step::Push { tenant: owner, class, since } => {
                    model.push(Waiting { tenant: owner, class, since, item });
                    tickets.insert(item, queue.push(&tenant(owner), &class, at(since), item));
                }
                Step::Pop { mask } => {
                    let gone = queue.pop(|class| is_open(mask, *class)).map(|turn| turn.item);
                    prop_assert_eq!(gone, model.pop(mask));
                    gone.map(|item| tickets.remove(&item));
                }
                Step::PopAndGiveBack { mask } => {
                    if let Some(turn) = queue.pop(|class| is_open(mask, *class)) {
                        tickets.insert(turn.item, queue.give_back(turn));
                    }
                }
                Step::Remove { which } => {
                    if let Some(item) = nth(&which) {
                        model.remove(item);
                        prop_assert_eq!(queue.remove(tickets.remove(&item).unwrap()).unwrap().item, item);
                    }
                }
                Step::ChangeClass { which, class } => {
                    if let Some(item) = nth(&which) {
                        let mut turn = queue.remove(tickets[&item]).unwrap();
                        turn.class = class;
                        tickets.insert(item, queue.give_back(turn));
                        model.calls.iter_mut().find(|call| call.item == item).unwrap().class = class;
                    }
                }
            }
            prop_assert_eq!(queue.len(), model.calls.len());
            prop_assert_eq!(queue.tenants(), model.line.len());
            for owner in 0..TENANTS {
                prop_assert_eq!(queue.len_of(&tenant(owner)), model.calls.iter().filter(|call| call.tenant == owner).count());
            }
            let classes: BTreeMap<u8, usize> = queue.classes().map(|(class, len)| (*class, len)).collect();
            let counted = (0..CLASSES).map(|class| (class, model.calls.iter().filter(|call| call.class == class).count()));
            prop_assert_eq!(classes, counted.filter(|(_, len)| *len > 0).collect());
            for (item, ticket) in &tickets {
                prop_assert_eq!(queue.get(*ticket), Some(item));
                prop_assert_eq!(queue.ahead(*ticket), Some(model.ahead(*item)));
            }
        }
    }

    /// Over every stretch in which two tenants both wait for something that can go.
    #[test]
    fn between_two_that_can_go_the_counts_differ_by_one_at_most(steps in prop::collection::vec(step(), 1..300)) {
        let mut queue = Queue::new();
        let mut waiting: BTreeMap<u64, (usize, u8, Ticket)> = BTreeMap::new();
        let mut lead = [[0_i32; TENANTS]; TENANTS];
        for (item, step) in (0_u64..).zip(steps) {
            match step {
                Step::Push { tenant: owner, class, since } => {
                    waiting.insert(item, (owner, class, queue.push(&tenant(owner), &class, at(since), item)));
                }
                Step::Pop { mask } | Step::PopAndGiveBack { mask } => {
                    let can_go = |owner: usize| waiting.values().any(|(of, class, _)| *of == owner && is_open(mask, *class));
                    let able: Vec<bool> = (0..TENANTS).map(can_go).collect();
                    for (one, other) in (0..TENANTS).flat_map(|one| (0..TENANTS).map(move |other| (one, other))) {
                        if !(able[one] && able[other]) {
                            lead[one][other] = 0;
                        }
                    }
                    let gone = queue.pop(|class| is_open(mask, *class)).map(|turn| turn.item);
                    prop_assert_eq!(gone.is_some(), able.contains(&true), "somebody goes where somebody can");
                    let Some((served, _, _)) = gone.and_then(|item| waiting.remove(&item)) else { continue };
                    for other in (0..TENANTS).filter(|other| *other != served && able[*other]) {
                        lead[served][other] += 1;
                        lead[other][served] -= 1;
                        prop_assert!(lead[served][other] <= 1, "{} is {} ahead of {}", served, lead[served][other], other);
                    }
                }
                Step::Remove { which } | Step::ChangeClass { which, .. } => {
                    if !waiting.is_empty() {
                        let item = *waiting.keys().nth(which.index(waiting.len())).unwrap();
                        let (_, _, ticket) = waiting.remove(&item).unwrap();
                        prop_assert_eq!(queue.remove(ticket).unwrap().item, item);
                    }
                }
            }
            // Who went and comes back waits anew.
            for away in (0..TENANTS).filter(|owner| waiting.values().all(|(of, ..)| of != owner)) {
                lead[away] = [0; TENANTS];
                lead.iter_mut().for_each(|over| over[away] = 0);
            }
        }
    }
}
