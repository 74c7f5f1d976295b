//! Reads lists of phone numbers in the formats that registries hand out, and a house's own lists.
//!
//! A list says whom not to call, so a number that is lost is somebody who is called against their
//! wish. Therefore nothing is skipped in silence: what cannot be read is counted with its reason
//! and its first lines, and a file that may be incomplete or may mean something else, such as a
//! list of changes, is rejected as a whole.
//!
//! ```
//! use std::io::Cursor;
//! use switchboard_lists::{Format, Options, read};
//!
//! let file = "416,5550123\r\n416,5550124\r\n4165550125\r\n12\r\n";
//! let mut numbers = Vec::new();
//! let report = read(Cursor::new(file), &Options::new(), |entry| numbers.push(entry.number))?;
//! assert_eq!((report.format, report.taken, numbers.len()), (Format::AreaCodes, 3, 3));
//! assert_eq!(report.refused[0].first[0].line, 4);
//! assert_eq!(report.covers.to_string(), "+1416");
//! # Ok::<(), switchboard_lists::Fault>(())
//! ```
//!
//! | file | purpose |
//! |---|---|
//! | `options.rs` | what the caller declares |
//! | `report.rs`, `refused.rs` | what was read, and what was refused |
//! | `fault.rs` | why a whole file is rejected |
//! | `unpack.rs` | gzip and zip, with a limit on what they unpack to |
//! | `decode.rs` | UTF-8, UTF-16 and Latin-1 |
//! | `format.rs`, `detect.rs` | the formats, and how one is detected |
//! | `lines.rs`, `text.rs` | formats with a number a line |
//! | `csv.rs`, `flag.rs` | tables, and columns that say whether a number is listed |
//! | `xml.rs` | the XML of the registries of the United States and Canada |
//! | `cell.rs` | the number in a cell |
//! | `sink.rs` | counts what is read |

mod cell;
mod csv;
mod decode;
mod detect;
mod fault;
mod flag;
mod format;
mod lines;
mod options;
mod refused;
mod report;
mod sink;
mod text;
mod unpack;
mod xml;

pub use decode::Encoding;
pub use fault::{Fault, FaultKind};
pub use flag::FlagValues;
pub use format::Format;
pub use options::{Column, Options};
pub use refused::{Place, Reason, Refused};
pub use report::{Packed, Report};
pub use sink::Entry;
pub use unpack::read;
