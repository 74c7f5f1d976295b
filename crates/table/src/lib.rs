//! Reads and writes the CSV files that people and spreadsheets make.
//!
//! The rules are strict where something could be lost, and lenient where nothing can:
//!
//! - A file is UTF-8, with or without a byte order mark. What is something else is refused with the
//!   line and the fix.
//! - Lines end with LF, CRLF or CR. Cells are separated by commas, semicolons or tabs; which one,
//!   the header tells (or a first line `sep=;`).
//! - The first row that is not blank names the columns, in any case; spaces, `_` and `-` do not
//!   matter. No column stands twice.
//! - Blank rows (nothing but separators and spaces) are skipped. Every other row is a row, also one
//!   that begins with `#`.
//! - A row has as many cells as the header, of which empty ones at the end may have no name. One
//!   more or less is a fault: a cell that was split would move all behind it to other columns.
//! - A quote that opens a cell is closed, and nothing follows it but the next cell. In a quoted
//!   cell a line may end where the reader [allows](Breaks::Allowed) it, but a cell that holds whole
//!   other rows is refused: somebody forgot a quote.
//! - What is reported is the line that a person sees in an editor, counted from 1.
//! - Spaces around a cell are dropped, and line breaks inside of one become LF.
//! - No message repeats a cell: a phone number may stand in any of them.
//!
//! What is written can be opened in a spreadsheet: text of others never becomes a formula there
//! (see [`Column`]), and is read back as it was.
//!
//! | file | why it is there |
//! |---|---|
//! | `reader.rs` | rows, one after the other |
//! | `sheet.rs` | a table as a whole |
//! | `row.rs` | one row: its cells, its line |
//! | `header.rs` | the names of the columns, and what separates cells |
//! | `names.rs` | which name is meant |
//! | `lines.rs` | from bytes to lines |
//! | `split.rs` | from lines to cells |
//! | `swallowed.rs` | rows in a cell whose quote somebody forgot to close |
//! | `formula.rs` | what a spreadsheet would take for a formula |
//! | `writer.rs` | tables as files |
//! | `fault.rs` | what is wrong |

mod fault;
mod formula;
mod header;
mod lines;
mod names;
mod reader;
mod row;
mod sheet;
mod split;
mod swallowed;
mod writer;

pub use fault::{Fault, FaultKind};
pub use formula::{harmless, original};
pub use header::{Header, Meaning};
pub use names::{alike, nearest};
pub use reader::{Breaks, Reader};
pub use row::Row;
pub use sheet::{Sheet, SheetRow};
pub use writer::{Column, Writer};

/// The longest cell, in bytes. A spreadsheet's cell holds 32,767 characters, which are never
/// longer.
pub const LONGEST_CELL: usize = 128 * 1024;
/// The longest row, in bytes.
pub const LONGEST_ROW: usize = 1024 * 1024;
