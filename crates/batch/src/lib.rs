//! A table of calls: its rows are read, checked, and each gets the key of its call.
//!
//! Whatever takes a batch (a command with a file, a server with a body) reads it with this crate,
//! so that the same row is the same call everywhere. Nothing here sends, stores or prints.
//!
//! ```
//! use switchboard_batch::{Checker, Input, RowDefaults};
//! use switchboard_core::jiff::Timestamp;
//!
//! let csv = "to,task\n+442079460018,Ask.\n+442079460018,Ask.\n020 7946 0019,Ask.\n";
//! let input = Input::csv(csv.as_bytes(), &[], "--column ")?;
//! let mut checker = Checker::new("february", RowDefaults::default(), None)?;
//! let rows: Vec<_> =
//!     input.rows().map(|row| checker.check(row, Timestamp::UNIX_EPOCH)).collect();
//! assert!(rows[0].call.is_ok());
//! assert_eq!(rows[1].call.as_ref().unwrap_err().reason, "possible_duplicate");
//! assert_eq!(rows[2].call.as_ref().unwrap_err().field.as_deref(), Some("to"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | file | purpose |
//! |---|---|
//! | `input.rs` | a table in either form |
//! | `table.rs` | rows of CSV |
//! | `json_lines.rs` | rows of JSON lines |
//! | `fields.rs` | parsing cells into fields of a request |
//! | `fault.rs` | why a table cannot be used at all |
//! | `row.rs` | a row, and why it does not become a call |
//! | `check.rs` | validating rows |
//! | `key.rs` | which row is which call; repeated rows |
//! | `retry.rs` | which refused calls may be tried again |
//! | `verdicts.rs` | what the calling rules say about the rows, counted |
//! | `cells.rs` | cells and columns of the tables that are handed back |

mod cells;
mod check;
mod fault;
mod fields;
mod input;
mod json_lines;
mod key;
mod retry;
mod row;
mod table;
mod verdicts;

pub use cells::{CALL_COLUMNS, FORMER_REJECTED_REASON, REJECTED_REASON, REJECTED_ROW, shown_cell};
pub use check::{Checked, Checker, RowDefaults, has_no_country_code, validate};
pub use fault::InputFault;
pub use input::Input;
pub use json_lines::JsonLines;
pub use key::{Keys, NameFault};
pub use retry::is_worth_retrying;
pub use row::{Rejection, Row, RowFault};
pub use table::Table;
pub use verdicts::{RefusedBy, Until, Verdicts};
