//! The table of lists of numbers.

use std::collections::BTreeMap;

use switchboard_core::{ListName, Result};

use crate::{ListHead, ListNumbers, NewList, refuse_list};

/// All lists, by name.
#[derive(Debug, Default)]
pub(super) struct ListTable {
    lists: BTreeMap<ListName, (ListHead, ListNumbers)>,
    /// The generation of the last import.
    generation: u64,
}

impl ListTable {
    pub(super) fn heads(&self) -> Vec<ListHead> {
        self.lists.values().map(|(head, _)| head.clone()).collect()
    }

    pub(super) fn get(&self, name: &ListName) -> Option<(ListHead, ListNumbers)> {
        self.lists.get(name).cloned()
    }

    pub(super) fn import(&mut self, list: NewList) -> Result<ListHead> {
        refuse_list(&list, self.lists.get(&list.name).map(|(head, _)| head))?;
        self.generation += 1;
        let head = list.head(self.generation);
        self.lists.insert(list.name, (head.clone(), list.numbers));
        Ok(head)
    }

    pub(super) fn remove(&mut self, name: &ListName) -> Option<ListHead> {
        self.lists.remove(name).map(|(head, _)| head)
    }
}
