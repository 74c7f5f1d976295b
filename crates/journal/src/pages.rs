//! Reads the calls of a journal in pages.

use switchboard_core::{Call, Result};

use super::{Journal, Selection};

/// Reads the calls of a selection page by page, oldest first: a journal of any size can be read to
/// its end.
#[derive(Debug)]
pub struct Pages<'a> {
    journal: &'a dyn Journal,
    selection: Selection,
    over: bool,
}

impl<'a> Pages<'a> {
    /// The number of calls in a page.
    pub const SIZE: u32 = 500;

    /// Pages of this selection. Its own limit is ignored.
    pub fn new(journal: &'a dyn Journal, selection: Selection) -> Self {
        Self { journal, selection: Selection { limit: Some(Self::SIZE), ..selection }, over: false }
    }

    /// Reads the next page. `None` if there are no more calls.
    ///
    /// # Errors
    /// `Journal` if they cannot be read. The next attempt reads the same page.
    pub async fn next(&mut self) -> Result<Option<Vec<Call>>> {
        if self.over {
            return Ok(None);
        }
        let page = self.journal.select(&self.selection).await?;
        self.over = page.len() < Self::SIZE as usize;
        self.selection.after = page.last().map(|last| last.id).or(self.selection.after);
        Ok(Some(page))
    }
}
