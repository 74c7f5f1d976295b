//! Where lists are kept.

use std::fmt::Debug;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;
use switchboard_core::{CoveredArea, Error, ErrorKind, ListName, Result};

use super::{hash::ListHasher, numbers::ListNumbers};

/// A list, to be imported. It replaces the one with the same name.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NewList {
    /// The name.
    pub name: ListName,
    /// The date of the list: the state of the registry that it shows.
    pub as_of: Timestamp,
    /// The numbers about which the list says something by not having them. Of a washed list, which
    /// only speaks of the numbers in it, none.
    pub covers: CoveredArea,
    /// The numbers.
    pub numbers: ListNumbers,
    /// Who imports it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// True if it may be empty, older, or smaller by more than half than the one that it replaces.
    pub confirmed: bool,
}

impl NewList {
    /// A list that covers nothing but the numbers in it.
    pub fn new(name: ListName, as_of: Timestamp, numbers: ListNumbers, at: Timestamp) -> Self {
        Self {
            name,
            as_of,
            covers: CoveredArea::NONE,
            numbers,
            by: String::new(),
            at,
            confirmed: false,
        }
    }

    /// The same list with other fields set.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// The head of the list once it was imported.
    pub fn head(&self, generation: u64) -> ListHead {
        ListHead {
            name: self.name.clone(),
            generation,
            as_of: self.as_of,
            covers: self.covers.clone(),
            count: self.numbers.len(),
            imported_at: self.at,
            imported_by: self.by.clone(),
        }
    }
}

/// What is known of a list besides its numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ListHead {
    /// The name.
    pub name: ListName,
    /// Rises with each import: no two imports of any lists have the same one.
    pub generation: u64,
    /// The date of the list.
    pub as_of: Timestamp,
    /// The numbers about which the list says something by not having them.
    pub covers: CoveredArea,
    /// The number of entries.
    pub count: u64,
    /// When it was imported.
    pub imported_at: Timestamp,
    /// Who imported it.
    pub imported_by: String,
}

impl ListHead {
    /// A head as it was stored.
    pub fn new(name: ListName, generation: u64, as_of: Timestamp, imported_at: Timestamp) -> Self {
        Self {
            name,
            generation,
            as_of,
            covers: CoveredArea::NONE,
            count: 0,
            imported_at,
            imported_by: String::new(),
        }
    }

    /// The same head with other fields set.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}

/// Checks whether a list may replace this one, or be the first of its name.
///
/// # Errors
/// `Conflict` if it was not confirmed and is empty (`list_is_empty`), has an earlier date
/// (`list_is_older`) or fewer than half the numbers (`list_shrinks`): people would be called whom
/// the list protected until now.
pub fn refuse_list(new: &NewList, replaces: Option<&ListHead>) -> Result<()> {
    let refused = |code: &'static str, message: String| {
        Err(Error::new(ErrorKind::Conflict, message).with_code(code))
    };
    if new.confirmed {
        return Ok(());
    }
    if new.numbers.is_empty() {
        return refused("list_is_empty", format!("the list {} would be empty", new.name));
    }
    let Some(old) = replaces else { return Ok(()) };
    if new.as_of < old.as_of {
        return refused(
            "list_is_older",
            format!("the list {} is of {}, and this one is older", new.name, old.as_of),
        );
    }
    if new.numbers.len() < old.count.div_ceil(2) {
        return refused(
            "list_shrinks",
            format!(
                "the list {} has {} numbers, and this one has {}, less than half",
                new.name,
                old.count,
                new.numbers.len()
            ),
        );
    }
    Ok(())
}

/// Keeps lists. Every process that shares the store sees the same ones.
#[async_trait]
pub trait NumberListStore: Debug + Send + Sync {
    /// Hashes numbers as the lists of this store have them.
    fn list_hasher(&self) -> ListHasher;

    /// The heads of all lists, by name. It is cheap enough to be asked every few seconds.
    async fn list_heads(&self) -> Result<Vec<ListHead>>;

    /// A list, with the numbers that belong to its head. `None` if there is none of this name.
    async fn number_list(&self, name: &ListName) -> Result<Option<(ListHead, ListNumbers)>>;

    /// Imports a list, and replaces the one with its name in one step. Until then, and if the
    /// process ends before, the old one stays.
    ///
    /// # Errors
    /// As for [`refuse_list`]. Nothing changes then.
    async fn import_list(&self, list: NewList) -> Result<ListHead>;

    /// Removes a list, and returns its head. `None` if there is none of this name. From then on a
    /// rule that asks for the list finds that it is missing, and refuses.
    async fn remove_list(&self, name: &ListName) -> Result<Option<ListHead>>;
}
