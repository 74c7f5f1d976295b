//! A look at a ledger that changes nothing: not even its schema.

use serde::Serialize;

/// What is seen of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Look {
    /// The version of its schema.
    pub schema: i64,
    /// The version that this program writes: an older ledger is brought up to it when it is opened.
    pub newest: i64,
    /// What is damaged, in the database's words, at most a few. A ledger in PostgreSQL is not
    /// searched for damage.
    pub damage: Vec<String>,
    /// False if there was no time to look at all of it.
    pub is_whole: bool,
    /// How many processes have it open. `None` if one of them kept it from being written for two
    /// seconds.
    pub processes: Option<usize>,
}
