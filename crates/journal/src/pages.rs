//! Calls of a journal, so many at once.

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
    /// Calls in one page.
    pub const SIZE: u32 = 500;

    /// The calls of this selection, whose own limit does not count.
    pub fn new(journal: &'a dyn Journal, selection: Selection) -> Self {
        Self { journal, selection: Selection { limit: Some(Self::SIZE), ..selection }, over: false }
    }

    /// The next calls; `None` where there are no more.
    ///
    /// # Errors
    /// `Journal` where they cannot be read. The next try reads the same page.
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
