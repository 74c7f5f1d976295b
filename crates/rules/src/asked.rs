//! What is asked: a call, and what is known about the person.

use std::fmt;

use switchboard_core::{CallFacts, CalleeHistory, ListState, PhoneNumber, Region};

use crate::Said;

/// Lists of numbers, such as registers of people who do not want to be called.
pub trait NumberLists: fmt::Debug + Send + Sync {
    /// What the list of this name, for example `US-FTC`, says about a number. The list `OWN` holds
    /// the numbers that must never be called.
    fn state(&self, list: &str, number: &PhoneNumber) -> ListState;
}

/// No list was imported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NoLists;

impl NumberLists for NoLists {
    fn state(&self, _list: &str, _number: &PhoneNumber) -> ListState {
        ListState::Missing
    }
}

/// A call that somebody wants to make, and everything that rules ask about it. The time is not part
/// of it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Asked<'a> {
    /// The number to be called.
    pub to: &'a PhoneNumber,
    /// The facts of the request, completed by those of its route and of the agent's profile.
    pub facts: &'a CallFacts,
    /// Where facts come from that are not the request's own: the name of the field, and `route`,
    /// `profile` or `ledger`.
    pub origins: &'a [(&'a str, &'a str)],
    /// What the first words of the call say.
    pub said: Said,
    /// What is known from earlier calls.
    pub history: &'a CalleeHistory,
    /// The lists of numbers.
    pub lists: &'a dyn NumberLists,
    /// Where an emergency is declared.
    pub emergencies: &'a [Region],
}

impl<'a> Asked<'a> {
    /// A call whose facts are all the request's own, without a declared emergency.
    pub const fn new(
        to: &'a PhoneNumber,
        facts: &'a CallFacts,
        said: Said,
        history: &'a CalleeHistory,
        lists: &'a dyn NumberLists,
    ) -> Self {
        Self { to, facts, origins: &[], said, history, lists, emergencies: &[] }
    }

    /// The same call with other fields set.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}
