//! Rate decks as the telephone trade sends them: CSV with `prefix, destination, rate, connection
//! fee, first increment, next increment, currency, effective from, until`.
//!
//! The file is read by `switchboard-table`, as every table is: cells separated by commas,
//! semicolons or tabs, no comments, no row that vanishes. Columns may stand in any order, and their
//! names are read without regard to case, spaces, hyphens and underscores. `prefix` and `rate` are
//! needed; a column that nobody knows is an error, because a price that is silently left out is a
//! wrong price. Every fault is reported at once, with file, line and column; a deck with one is not
//! used at all. What carriers write otherwise is read with a [`DeckLayout`].
//!
//! | file | why it is there |
//! |---|---|
//! | `read.rs` | from lines to rows |
//! | `column.rs` | the columns, and what carriers call them |
//! | `layout.rs` | how carriers' files differ |
//! | `prefix.rs` | from cells to where a price holds |
//! | `cell.rs` | from a cell to a price, a step, a date |
//! | `write.rs` | from rows to lines |
//! | `fault.rs` | what is wrong |
//!
//! Beyond the trade's own columns a deck may have `minimum`, the least that is billed in all, and
//! as a prefix the code of a country or `*` for everywhere, so that every price that a
//! configuration can say can be written down.

mod cell;
mod column;
mod fault;
mod layout;
mod prefix;
mod read;
mod write;

pub use fault::{DeckFault, DeckFaults};
pub use layout::{DeckFile, DeckLayout};
pub use read::{read_deck, scan_deck};
pub use write::write_deck;

pub(super) use column::Column;
pub(super) use read::read_table;
