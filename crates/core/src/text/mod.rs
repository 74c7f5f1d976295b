//! Text from outside, made fit to be shown: no phone number whole, no character that a terminal
//! obeys, no line without end.
//!
//! This is the one masker of the workspace. Summaries, transcripts, providers' messages, codes,
//! status words and ids all pass through [`mask`] before they reach a log or a terminal.
//!
//! | file | its one reason |
//! |---|---|
//! | `mask.rs` | which digits are a phone number, and what is shown of it |
//! | `spans.rs` | what a text is made of: digits, what may stand between them, and what ends a number |
//! | `shapes.rs` | what has many digits and is no phone number: ids, dates, times, money |
//! | `control.rs` | characters that move a cursor, turn a line around or cannot be seen |

mod control;
mod mask;
mod shapes;
mod spans;

pub use control::{is_invisible, visible};
pub use mask::{mask, one_line, readable};
