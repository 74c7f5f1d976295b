//! Which calls of processes that are gone an engine goes on with.

/// Which calls of processes that are gone a router goes on with. Whichever it is, it looks for
/// evidence of those that may have rung, and follows those that a provider has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TakesUp {
    /// All of them: for a process that stays. What was not begun in its window, or within the time
    /// that calls wait, expires.
    #[default]
    Everything,
    /// Those that this process was asked to place itself, and those that are asked for again with
    /// the same key: for a command. What others left before it was sent is never begun.
    Asked,
}
