//! Makes text from outside safe to print: no whole phone number, no terminal control characters, no
//! endless lines.
//!
//! This is the only masker of the workspace. Summaries, transcripts, providers' messages, codes,
//! status words and ids all pass through [`mask`] before they reach a log or a terminal.
//!
//! | file | purpose |
//! |---|---|
//! | `mask.rs` | which digits are a phone number, and what is printed of it |
//! | `spans.rs` | splits a text into digits, what may be between them, and what ends a number |
//! | `kind.rs` | what these parts are |
//! | `shapes/` | what has many digits but is not a phone number: ids, dates, times, money |
//! | `control.rs` | control characters and invisible characters |

mod control;
mod kind;
mod mask;
mod shapes;
mod spans;

pub use control::{is_invisible, visible};
pub use mask::{mask, one_line, readable};
