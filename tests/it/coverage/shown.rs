//! The answers that the documents show, through the typed methods: nothing in them is dropped on
//! the way.
//!
//! The simulator is made to answer with the example itself. What the typed method gives back must
//! be written as the example was, and no field of the example may be one that no typed field reads.

use std::collections::BTreeSet;

use serde_json::Value;
use switchboard_testkit::{
    SimHandle,
    fault::{Fault, FaultScript, Rule},
};

use super::rows::{Row, row_of, rows};

/// One provider's simulator, which answers with one example after the other.
pub(crate) struct Shown<'a> {
    provider: &'static str,
    sim: &'a SimHandle,
    rows: Vec<Row>,
    /// The rows that an example was read for.
    read: BTreeSet<usize>,
    /// How many examples.
    pub(crate) count: usize,
}

impl<'a> Shown<'a> {
    pub(crate) fn new(provider: &'static str, sim: &'a SimHandle) -> Self {
        Self { provider, sim, rows: rows(), read: BTreeSet::new(), count: 0 }
    }

    /// Every answer is this one from now on.
    pub(crate) fn answer(&self, text: &str) -> Value {
        let fault = Fault::raw(200, text).with_header("content-type", "application/json");
        let rule = Rule { fault, ..Rule::default() };
        self.sim.faults().set(FaultScript::default().rule(rule));
        serde_json::from_str(text).unwrap()
    }

    /// Holds what a typed method made of the example against the example.
    pub(crate) fn holds(
        &mut self,
        name: &str,
        row: &str,
        example: &Value,
        read: &Value,
        unread: &[String],
    ) {
        let last = self.sim.requests().pop().unwrap();
        let index = row_of(&self.rows, self.provider, &last)
            .unwrap_or_else(|| panic!("{last:?} is of no row"));
        assert_eq!(self.rows[index].name(), row, "{name}");
        assert_eq!(read, example, "{name}: {row} comes back otherwise");
        assert_eq!(unread, Vec::<String>::new(), "{name}: {row} drops what the document shows");
        self.read.insert(index);
        self.count += 1;
    }

    /// The rows with a documented answer for which no example was read.
    pub(crate) fn missing(&self, documented: impl Fn(&Row) -> bool) -> Vec<String> {
        let rows = self.rows.iter().enumerate();
        rows.filter(|(index, row)| {
            row.provider == self.provider && documented(row) && !self.read.contains(index)
        })
        .map(|(_, row)| row.name())
        .collect()
    }
}
