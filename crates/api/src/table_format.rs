//! The forms of a table of calls.

/// The form of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    /// CSV with a header.
    Csv,
    /// A JSON object on each line.
    JsonLines,
}

impl TableFormat {
    /// The form with this media type.
    pub(crate) fn of_media_type(kind: &str) -> Option<Self> {
        match kind.to_ascii_lowercase().as_str() {
            "text/csv" => Some(Self::Csv),
            "application/jsonl" | "application/x-ndjson" => Some(Self::JsonLines),
            _ => None,
        }
    }
}
