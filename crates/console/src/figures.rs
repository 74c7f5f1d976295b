//! What the first page says of the last hour.

/// What happened lately.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figures {
    /// What was billed today, as far as it is known.
    pub(crate) spent: String,
    /// How many bills of today are not known.
    pub(crate) unpriced: u64,
    /// The calls of the last hour by five minutes, each with its begin.
    pub(crate) hour: Vec<(String, u64)>,
}
