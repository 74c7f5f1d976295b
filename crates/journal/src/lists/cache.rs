//! Lists in memory, to look a number up.

use std::{collections::BTreeMap, sync::Arc};

use parking_lot::RwLock;
use switchboard_core::{ListName, ListState, ListedNumber, PhoneNumber, Result};

use super::{
    hash::ListHasher,
    numbers::{Index, ListNumbers},
    store::{ListHead, NumberListStore},
};

/// Keeps the lists of a store in memory: eight and a half bytes a number. A look-up costs less than
/// parsing the number, and neither waits nor fails.
///
/// Until the first [`refresh`](Self::refresh) every list is missing, so that a rule that asks for
/// one refuses. Whoever owns the cache refreshes it before it is used, and again every few seconds.
#[derive(Debug)]
pub struct ListCache {
    hasher: ListHasher,
    lists: RwLock<Arc<Lists>>,
}

type Lists = BTreeMap<String, Arc<Loaded>>;

/// A list in memory.
struct Loaded {
    head: ListHead,
    numbers: ListNumbers,
    index: Index,
}

impl std::fmt::Debug for Loaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.head.fmt(f)
    }
}

impl ListCache {
    /// An empty cache of this store.
    pub fn new(store: &(impl NumberListStore + ?Sized)) -> Self {
        Self { hasher: store.list_hasher(), lists: RwLock::default() }
    }

    /// Loads the lists that changed, and drops those that were removed. Returns true if anything
    /// changed. If nothing did, it only reads the heads.
    ///
    /// # Errors
    /// The store or one of its lists cannot be read. What cannot be read stays as it was.
    pub async fn refresh(&self, store: &(impl NumberListStore + ?Sized)) -> Result<bool> {
        let heads = store.list_heads().await?;
        let before = Arc::clone(&*self.lists.read());
        let same = |head: &ListHead| {
            before.get(head.name.as_str()).filter(|loaded| loaded.head == *head).cloned()
        };
        if heads.len() == before.len() && heads.iter().all(|head| same(head).is_some()) {
            return Ok(false);
        }
        let (mut lists, mut failed) = (Lists::new(), None);
        for head in heads {
            let name = head.name.as_str();
            let loaded = match same(&head) {
                Some(loaded) => Some(loaded),
                None => match load(store, &head.name).await {
                    Ok(loaded) => loaded,
                    Err(error) => {
                        failed = Some(error);
                        before.get(name).cloned()
                    }
                },
            };
            // It may have been removed meanwhile.
            if let Some(loaded) = loaded {
                lists.insert(name.to_owned(), loaded);
            }
        }
        *self.lists.write() = Arc::new(lists);
        failed.map_or(Ok(true), Err)
    }

    /// What the list says about the number.
    pub fn state(&self, list: &str, number: &PhoneNumber) -> ListState {
        let lists = Arc::clone(&*self.lists.read());
        let Some(list) = lists.get(list) else {
            return ListState::Missing;
        };
        let as_of = list.head.as_of;
        let hash = self.hasher.hash(ListedNumber::from(number));
        match list.numbers.find(&list.index, hash) {
            Some(true) => ListState::Listed { as_of },
            Some(false) => ListState::Absent { as_of },
            None if list.head.covers.covers(number) => ListState::Absent { as_of },
            None => ListState::NotCovered { as_of },
        }
    }

    /// The heads of the lists in memory, by name.
    pub fn heads(&self) -> Vec<ListHead> {
        self.lists.read().values().map(|list| list.head.clone()).collect()
    }
}

async fn load(
    store: &(impl NumberListStore + ?Sized),
    name: &ListName,
) -> Result<Option<Arc<Loaded>>> {
    let list = store.number_list(name).await?;
    Ok(list.map(|(head, numbers)| Arc::new(Loaded { index: Index::new(&numbers), head, numbers })))
}
