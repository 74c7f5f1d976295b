//! What a run is asked for.

use std::path::PathBuf;

/// The options of a run.
#[derive(Debug, Clone)]
pub struct Options {
    /// The number of loops.
    pub loops: u32,
    /// The number of the first loop. Together with the seed it reproduces a loop, as far as threads
    /// allow.
    pub first: u32,
    /// Calls of each loop.
    pub calls: usize,
    /// Servers that share a ledger. More than one needs PostgreSQL.
    pub replicas: usize,
    /// Use PostgreSQL instead of SQLite.
    pub postgres: bool,
    /// Pause servers, too.
    pub pause: bool,
    /// The seed.
    pub seed: u64,
    /// The number of loops at the same time.
    pub at_once: usize,
    /// The program `switchboard`.
    pub program: PathBuf,
}
