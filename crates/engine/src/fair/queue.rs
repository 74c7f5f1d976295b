//! Which call goes next.
//!
//! Every tenant that waits has a place in one line; the numbers of the places only grow, and are
//! the queue's virtual time. A turn takes the first tenant in line of which a call can go, takes
//! the oldest such call, and puts the tenant at the end. Each class keeps the places of the tenants
//! that wait in it, so that blocked calls cost nothing to skip: a turn looks at the front of each
//! class, not at each call.

use std::{collections::BTreeMap, fmt, hash::Hash};

use jiff::Timestamp;
use switchboard_core::TenantId;

use super::{
    interner::Interner,
    turn::{Age, Ticket, Turn},
};

/// Calls that wait, of many tenants, in fair order.
///
/// `C` is a class: what a call waits for, as the set of providers that could take it and are full.
/// Either all calls of a class can go, or none can. `T` represents the call.
///
/// With `n` calls waiting, of which the turning tenant's are of `t` of `k` classes: `push` and
/// `remove` take `O(t + log n)`, `pop` `O(k + t log n)`.
///
/// ```
/// use jiff::Timestamp;
/// use switchboard_core::TenantId;
/// use switchboard_engine::fair::FairQueue;
///
/// let (busy, quiet) = (TenantId::from("busy"), TenantId::from("quiet"));
/// let mut queue = FairQueue::new();
/// for call in ["busy 1", "busy 2", "busy 3"] {
///     queue.push(&busy, &"kaicalls", Timestamp::UNIX_EPOCH, call);
/// }
/// queue.push(&quiet, &"kaicalls", Timestamp::UNIX_EPOCH, "quiet 1");
///
/// let order: Vec<&str> = std::iter::from_fn(|| queue.pop(|_| true)).map(|turn| turn.item).collect();
/// assert_eq!(order, ["busy 1", "quiet 1", "busy 2", "busy 3"]);
/// ```
#[derive(Clone)]
pub struct FairQueue<C, T> {
    tenants: Interner<TenantId, Tenant<T>>,
    classes: Interner<C, WaitKey>,
    /// The last place that was assigned in line.
    time: u64,
    pushed: u64,
    len: usize,
}

/// A tenant that waits.
#[derive(Clone)]
struct Tenant<T> {
    place: u64,
    len: usize,
    /// Its calls, by what they wait for; none is empty.
    lines: Vec<Line<T>>,
}

#[derive(Clone)]
struct Line<T> {
    class: usize,
    calls: BTreeMap<Age, T>,
}

/// A class in which calls wait.
#[derive(Clone, Default)]
struct WaitKey {
    len: usize,
    /// The tenants that wait in it, by their place in line.
    tenants: BTreeMap<u64, usize>,
}

impl<T> Tenant<T> {
    fn line(&self, class: usize) -> Option<&Line<T>> {
        self.lines.iter().find(|line| line.class == class)
    }
}

impl<C: Clone + Eq + Hash, T> FairQueue<C, T> {
    /// An empty queue.
    pub fn new() -> Self {
        Self {
            tenants: Interner::default(),
            classes: Interner::default(),
            time: 0,
            pushed: 0,
            len: 0,
        }
    }

    /// Adds a call. Within its tenant it comes after those that have waited longer. `since` is when
    /// the call was ready, so that a call taken over after a restart returns to its place.
    pub fn push(&mut self, tenant: &TenantId, class: &C, since: Timestamp, item: T) -> Ticket {
        self.pushed += 1;
        let age = Age { since, nth: self.pushed };
        self.insert(tenant, class, age, item, None)
    }

    /// The next call that may go: the oldest one that can, of the tenant whose turn it is. `can_go`
    /// says whether calls of a class can go now, and is called at most once per class. `None` if no
    /// call can go.
    pub fn pop(&mut self, mut can_go: impl FnMut(&C) -> bool) -> Option<Turn<C, T>> {
        let mut next: Option<(u64, Age, Ticket)> = None;
        for (number, name, class) in self.classes.iter() {
            let Some((&place, &tenant)) = class.tenants.first_key_value() else {
                continue;
            };
            if next.is_some_and(|(best, ..)| best < place) {
                continue;
            }
            let Some(age) = self.oldest(tenant, number) else {
                continue;
            };
            // The same place means the same tenant, with calls of several classes.
            let earlier = next.is_none_or(|(best, oldest, _)| (place, age) < (best, oldest));
            if earlier && can_go(name) {
                let class = number;
                next = Some((place, age, Ticket { tenant, class, age }));
            }
        }
        let (_, _, ticket) = next?;
        let mut turn = self.remove(ticket)?;
        turn.place_after = self.end_of_line();
        // The tenant is gone if this was its last call.
        self.move_to(ticket.tenant, turn.place_after);
        Some(turn)
    }

    /// Removes a call. Its tenant keeps its place in line as long as it has other calls waiting.
    /// `None` if the call has left already.
    pub fn remove(&mut self, ticket: Ticket) -> Option<Turn<C, T>> {
        let Ticket { tenant: number, class, age } = ticket;
        let tenant = self.tenants.get_mut(number)?;
        let at = tenant.lines.iter().position(|line| line.class == class)?;
        let line = tenant.lines.get_mut(at)?;
        let item = line.calls.remove(&age)?;
        let place = tenant.place;
        let line_is_over = line.calls.is_empty();
        if line_is_over {
            tenant.lines.swap_remove(at);
        }
        tenant.len -= 1;
        let tenant_is_over = tenant.len == 0;
        self.len -= 1;

        let left = self.classes.get_mut(class)?;
        left.len -= 1;
        if line_is_over {
            left.tenants.remove(&place);
        }
        let class_is_over = left.len == 0;
        let turn = Turn {
            tenant: self.tenants.name(number)?.clone(),
            class: self.classes.name(class)?.clone(),
            item,
            age,
            place,
            place_after: place,
        };
        if class_is_over {
            self.classes.remove(class);
        }
        if tenant_is_over {
            self.tenants.remove(number);
        }
        Some(turn)
    }

    /// Removes all calls. They keep their places, and can return to them with
    /// [`FairQueue::give_back`] in any order.
    pub fn drain(&mut self) -> Vec<Turn<C, T>> {
        let tickets = self.tenants.iter().flat_map(|(tenant, _, waiting)| {
            let lines = waiting.lines.iter();
            lines.flat_map(move |&Line { class, ref calls }| {
                calls.keys().map(move |&age| Ticket { tenant, class, age })
            })
        });
        let tickets: Vec<Ticket> = tickets.collect();
        tickets.into_iter().filter_map(|ticket| self.remove(ticket)).collect()
    }

    /// Returns a call that could not go after all. It gets its old place back, and so does its
    /// tenant, unless the tenant took another turn since.
    pub fn give_back(&mut self, turn: Turn<C, T>) -> Ticket {
        if let Some(number) = self.tenants.number(&turn.tenant)
            && self.tenants.get(number).is_some_and(|tenant| tenant.place == turn.place_after)
        {
            self.move_to(number, turn.place);
        }
        self.insert(&turn.tenant, &turn.class, turn.age, turn.item, Some(turn.place))
    }

    /// A waiting call. `None` if it has left.
    pub fn get(&self, ticket: Ticket) -> Option<&T> {
        self.tenants.get(ticket.tenant)?.line(ticket.class)?.calls.get(&ticket.age)
    }

    /// How many calls go before this one, if from now on all calls can go and no new ones arrive.
    /// `None` if it has left. The cost grows with the number of tenants and of its own tenant's
    /// calls.
    pub fn ahead(&self, ticket: Ticket) -> Option<usize> {
        self.get(ticket)?;
        let tenant = self.tenants.get(ticket.tenant)?;
        let older: usize =
            tenant.lines.iter().map(|line| line.calls.range(..ticket.age).count()).sum();
        let others = self.tenants.iter().filter(|(number, ..)| *number != ticket.tenant);
        let turns = others
            .map(|(_, _, other)| other.len.min(older + usize::from(other.place < tenant.place)));
        Some(turns.sum::<usize>() + older)
    }

    /// How many calls wait.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True if no call waits.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many tenants wait.
    pub fn tenants(&self) -> usize {
        self.tenants.len()
    }

    /// How many calls of one tenant wait.
    pub fn len_of(&self, tenant: &TenantId) -> usize {
        let known = self.tenants.number(tenant).and_then(|number| self.tenants.get(number));
        known.map_or(0, |tenant| tenant.len)
    }

    /// How many calls of one class wait.
    pub fn len_in(&self, class: &C) -> usize {
        let known = self.classes.number(class).and_then(|number| self.classes.get(number));
        known.map_or(0, |class| class.len)
    }

    /// All classes, with the number of calls that wait in each.
    pub fn classes(&self) -> impl Iterator<Item = (&C, usize)> {
        self.classes.iter().map(|(_, name, class)| (name, class.len))
    }

    /// `place`: the place in line for its tenant, if the tenant does not wait already.
    fn insert(
        &mut self,
        tenant: &TenantId,
        class: &C,
        age: Age,
        item: T,
        place: Option<u64>,
    ) -> Ticket {
        let class = self.classes.number_or(class, WaitKey::default);
        let number = match self.tenants.number(tenant) {
            Some(number) => number,
            None => {
                let place = place.unwrap_or_else(|| self.end_of_line());
                let new = || Tenant { place, len: 0, lines: Vec::new() };
                self.tenants.number_or(tenant, new)
            }
        };
        if let (Some(tenant), Some(waiting)) =
            (self.tenants.get_mut(number), self.classes.get_mut(class))
        {
            tenant.len += 1;
            waiting.len += 1;
            self.len += 1;
            match tenant.lines.iter_mut().find(|line| line.class == class) {
                Some(line) => {
                    line.calls.insert(age, item);
                }
                None => {
                    waiting.tenants.insert(tenant.place, number);
                    let calls = BTreeMap::from([(age, item)]);
                    tenant.lines.push(Line { class, calls });
                }
            }
        }
        Ticket { tenant: number, class, age }
    }

    fn end_of_line(&mut self) -> u64 {
        self.time += 1;
        self.time
    }

    fn move_to(&mut self, number: usize, place: u64) {
        let Some(tenant) = self.tenants.get_mut(number) else {
            return;
        };
        let old = std::mem::replace(&mut tenant.place, place);
        for line in &tenant.lines {
            if let Some(class) = self.classes.get_mut(line.class) {
                class.tenants.remove(&old);
                class.tenants.insert(place, number);
            }
        }
    }

    fn oldest(&self, tenant: usize, class: usize) -> Option<Age> {
        let calls = &self.tenants.get(tenant)?.line(class)?.calls;
        calls.first_key_value().map(|(age, _)| *age)
    }
}

impl<C: Clone + Eq + Hash, T> Default for FairQueue<C, T> {
    fn default() -> Self {
        Self::new()
    }
}

/// Shows how many calls wait, but not which.
impl<C, T> fmt::Debug for FairQueue<C, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FairQueue").field("calls", &self.len).finish_non_exhaustive()
    }
}
