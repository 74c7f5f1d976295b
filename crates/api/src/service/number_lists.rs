//! The lists of numbers that calling rules read.

use jiff::Timestamp;

use crate::{
    Service,
    caller::{Allowed, PlanRead},
    problem::Result,
};

/// A list of numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NumberList {
    /// Its name, as rules use it.
    pub name: String,
    /// The date of the list.
    pub as_of: Timestamp,
    /// How many entries it has.
    pub count: u64,
    /// When it was imported.
    pub imported_at: Timestamp,
    /// Who imported it.
    pub imported_by: String,
}

impl Service {
    /// The lists of numbers, by name. Without a ledger there are none.
    ///
    /// # Errors
    /// `journal_unavailable`.
    pub async fn number_lists(&self, _: Allowed<'_, PlanRead>) -> Result<Vec<NumberList>> {
        self.heads().await
    }

    #[cfg(feature = "ledger")]
    async fn heads(&self) -> Result<Vec<NumberList>> {
        let Some(ledger) = self.switchboard().ledger() else { return Ok(Vec::new()) };
        let heads = ledger.journal().list_heads().await?;
        let list = |head: switchboard::journal::ListHead| NumberList {
            name: head.name.to_string(),
            as_of: head.as_of,
            count: head.count,
            imported_at: head.imported_at,
            imported_by: head.imported_by,
        };
        Ok(heads.into_iter().map(list).collect())
    }

    #[cfg(not(feature = "ledger"))]
    #[expect(clippy::unused_async, reason = "the other one waits")]
    async fn heads(&self) -> Result<Vec<NumberList>> {
        Ok(Vec::new())
    }
}
