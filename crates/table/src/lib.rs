//! Reads and writes CSV files made by people and spreadsheets.
//!
//! The rules are strict where data could be lost, and lenient otherwise:
//!
//! - A file is UTF-8, with or without a byte order mark. Other encodings are rejected with the
//!   line and the fix.
//! - Lines end with LF, CRLF or CR. Cells are separated by commas, semicolons or tabs, which is
//!   detected from the header (or a first line `sep=;`).
//! - The first row that is not blank is the header. Case, spaces, `_` and `-` in its names do not
//!   matter. No column may occur twice.
//! - Blank rows (nothing but separators and spaces) are skipped. Every other row counts, even one
//!   that begins with `#`.
//! - A row has as many cells as the header, of which empty ones at the end may be unnamed. Any
//!   other number is an error, because a split cell would move all cells after it to other columns.
//! - A quote that opens a cell must be closed and followed by the next cell. A quoted cell may
//!   contain line breaks if the reader [allows](Breaks::Allowed) it, but a cell that contains whole
//!   rows is rejected, because a closing quote is missing.
//! - Reported lines are counted from 1 as in an editor.
//! - Spaces around a cell are removed, and line breaks in a cell become LF.
//! - No message contains the content of a cell, because it may be a phone number.
//!
//! Written files are safe to open in a spreadsheet: untrusted text never becomes a formula (see
//! [`Column`]), and is read back unchanged.
//!
//! | file | purpose |
//! |---|---|
//! | `reader.rs` | rows, one at a time |
//! | `sheet.rs` | a whole table |
//! | `row.rs` | a row with its cells and line |
//! | `header.rs` | the names of the columns, and the delimiter |
//! | `names.rs` | matching of column names |
//! | `breaks.rs` | whether a cell may have several lines |
//! | `lines.rs` | splits bytes into lines |
//! | `split.rs` | splits lines into cells |
//! | `swallowed.rs` | detects rows in a cell with a missing closing quote |
//! | `formula.rs` | protection against formulas |
//! | `writer.rs` | writes tables |
//! | `fault.rs` | errors |

mod breaks;
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

pub use breaks::Breaks;
pub use fault::{Fault, FaultKind};
pub use formula::{harmless, original};
pub use header::{Header, Meaning};
pub use names::{alike, nearest};
pub use reader::Reader;
pub use row::Row;
pub use sheet::{Sheet, SheetRow};
pub use writer::{Column, Writer};

/// The maximum length of a cell in bytes. A cell of a spreadsheet has at most 32,767 characters,
/// which always fit.
pub const LONGEST_CELL: usize = 128 * 1024;
/// The maximum length of a row in bytes.
pub const LONGEST_ROW: usize = 1024 * 1024;
