//! Rate decks as the telephone trade sends them: CSV with `prefix, destination, rate, connection fee, first increment, next increment, currency,
//! effective from, until`.
//!
//! Columns may stand in any order, and their names are read without regard to case, spaces, hyphens and underscores. `prefix` and `rate` are
//! needed; a column that nobody knows is an error, because a price that is silently left out is a wrong price. Every fault is told at once, with
//! file, line and column; a deck with one is not used at all.
//!
//! | file | why it is there |
//! |---|---|
//! | `read.rs` | from lines to rows |
//! | `split.rs` | from a line to its fields |
//! | `cell.rs` | from a field to a price, a step, a date |
//! | `write.rs` | from rows to lines |
//! | `fault.rs` | what is wrong |
//!
//! Beyond the trade's own columns a deck may have `minimum`, the least that is billed in all, and as a prefix the code of a country or `*`
//! for everywhere, so that every price that a configuration can say can be written down.

mod cell;
mod fault;
mod read;
mod split;
mod write;

pub use fault::{DeckFault, DeckFaults};
pub use read::{read_deck, scan_deck};
pub use write::write_deck;

pub(super) use read::read_table;

/// The columns, in the order in which they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Prefix,
    Destination,
    Rate,
    ConnectionFee,
    FirstIncrement,
    NextIncrement,
    Currency,
    EffectiveFrom,
    Until,
    Minimum,
}

impl Column {
    const ALL: [Column; 10] = [
        Column::Prefix,
        Column::Destination,
        Column::Rate,
        Column::ConnectionFee,
        Column::FirstIncrement,
        Column::NextIncrement,
        Column::Currency,
        Column::EffectiveFrom,
        Column::Until,
        Column::Minimum,
    ];

    const fn name(self) -> &'static str {
        match self {
            Column::Prefix => "prefix",
            Column::Destination => "destination",
            Column::Rate => "rate",
            Column::ConnectionFee => "connection fee",
            Column::FirstIncrement => "first increment",
            Column::NextIncrement => "next increment",
            Column::Currency => "currency",
            Column::EffectiveFrom => "effective from",
            Column::Until => "until",
            Column::Minimum => "minimum",
        }
    }

    fn read(name: &str) -> Option<Self> {
        let plain = |name: &str| -> String {
            let letters = name.chars().filter(|c| !matches!(c, ' ' | '_' | '-'));
            letters.flat_map(char::to_lowercase).collect()
        };
        let wanted = plain(name);
        Self::ALL.into_iter().find(|column| plain(column.name()) == wanted)
    }

    fn names() -> String {
        Self::ALL.map(Column::name).join(", ")
    }
}
