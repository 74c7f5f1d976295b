//! `[[budgets]]`: how much may be spent, by whom and where.

use serde::Deserialize;

use crate::config::amount::Amount;

/// One of `[[budgets]]`. Before a call is sent, the price of its longest duration is held back from
/// every budget that covers it; the bill settles it. A call that does not fit into a budget is
/// refused there, and so is one whose price is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetConfig {
    /// Its name, shown in refusals. A renamed budget starts at zero.
    pub name: String,
    /// How much, in `routing.currency`, as `"25.00"`.
    pub limit: Amount,
    /// In which time; days and months are those of UTC.
    pub per: PeriodName,
    /// Calls of this tenant only.
    pub tenant: Option<String>,
    /// Calls at this provider only.
    pub provider: Option<String>,
    /// Calls in this experiment only.
    pub experiment: Option<String>,
}

/// When a new period of a budget begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodName {
    /// At midnight UTC.
    Day,
    /// On the first of the month, UTC.
    Month,
    /// Never.
    Total,
}
