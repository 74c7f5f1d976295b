//! Cells and columns of the tables that are handed back: rejected rows, and results.

use std::borrow::Cow;

use switchboard_table::harmless;

/// The column with the number of a rejected row. A batch ignores it.
pub const REJECTED_ROW: &str = "rejected_row";
/// The column with the reason of a rejected row. A batch ignores it.
pub const REJECTED_REASON: &str = "rejected_reason";
/// The name of [`REJECTED_REASON`] in files of earlier versions.
pub const FORMER_REJECTED_REASON: &str = "rejected_because";

/// The columns that a table of results adds to those of the batch. A batch ignores them, so that a
/// table of results can be corrected and sent again.
pub const CALL_COLUMNS: [&str; 12] = [
    "call_row",
    "call_line",
    "call_id",
    "call_status",
    "call_outcome",
    "call_provider",
    "call_duration_seconds",
    "call_cost",
    "call_currency",
    "call_summary",
    "call_reason",
    "call_problem",
];

/// The cell of a batch as it is handed back: phone numbers unchanged, everything else protected
/// against being run as a formula.
///
/// ```
/// use switchboard_batch::shown_cell;
///
/// assert_eq!(shown_cell("+44 20 7946 0018"), "+44 20 7946 0018");
/// assert_eq!(shown_cell("+1+cmd"), "'+1+cmd");
/// ```
pub fn shown_cell(cell: &str) -> Cow<'_, str> {
    let is_number = |rest: &str| {
        rest.starts_with(|c: char| c.is_ascii_digit())
            && rest.chars().all(|c| c.is_ascii_digit() || c == ' ')
    };
    match cell.strip_prefix('+') {
        Some(rest) if is_number(rest) => Cow::Borrowed(cell),
        Some(_) | None => harmless(cell),
    }
}
