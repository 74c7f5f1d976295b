//! Lists of numbers in memory.

use async_trait::async_trait;
use switchboard_core::{ListName, Result};

use super::MemoryJournal;
use crate::{ListHasher, ListHead, ListNumbers, NewList, NumberListStore};

/// Nothing leaves the memory of the process, so the key needs not be secret.
const KEY: [u8; 16] = [0; 16];

#[async_trait]
impl NumberListStore for MemoryJournal {
    fn list_hasher(&self) -> ListHasher {
        ListHasher::new(KEY)
    }

    async fn list_heads(&self) -> Result<Vec<ListHead>> {
        Ok(self.store.lock().lists.heads())
    }

    async fn number_list(&self, name: &ListName) -> Result<Option<(ListHead, ListNumbers)>> {
        Ok(self.store.lock().lists.get(name))
    }

    async fn import_list(&self, list: NewList) -> Result<ListHead> {
        self.store.lock().lists.import(list)
    }

    async fn remove_list(&self, name: &ListName) -> Result<Option<ListHead>> {
        Ok(self.store.lock().lists.remove(name))
    }
}
