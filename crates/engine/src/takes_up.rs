//! Which calls of dead processes an engine continues.

/// Which calls of dead processes an engine continues. In either case it searches for evidence of
/// calls that may have rung, and follows calls that a provider has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TakesUp {
    /// All calls: for a long-running process. Calls that were not started within their window, or
    /// within the longest waiting time, expire.
    #[default]
    Everything,
    /// Only calls that were submitted to this process, including those submitted again with the
    /// same key: for a command that ends soon. Other calls that were left before they were sent are
    /// never started.
    Asked,
}
