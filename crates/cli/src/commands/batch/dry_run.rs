//! `--dry-run`: how each row is read, and what the batch would do.

use serde_json::json;

use super::survey::{Survey, cells};
use crate::{exit::Exit, output::Output};

/// Prints each row as it was read, what is wrong with it, and what the rules say; then the counts.
pub(super) fn show(survey: &Survey, output: Output) -> Exit {
    if output.json {
        survey.rows.iter().for_each(|row| output.object_line(row));
        output.object_line(&json!({"summary": survey.json()}));
    } else {
        output.table(&["row", "line", "to", "country", "remarks"], survey.rows.iter().map(cells));
    }
    survey.show("; nothing was sent", output);
    if survey.wrong() > 0 || survey.refused() > 0 { Exit::NotPlaced } else { Exit::Done }
}
