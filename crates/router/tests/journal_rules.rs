//! The journal in memory keeps the rules that every journal is held to.

use std::sync::Arc;

use switchboard_router::{Journal, MemoryJournal, journal_rules};

#[tokio::test]
async fn the_journal_in_memory_keeps_the_rules() {
    journal_rules::hold(async || Arc::new(MemoryJournal::new()) as Arc<dyn Journal>).await;
}
