//! Text with many digits that is not a phone number: ids, dates, times, amounts of money and
//! loopback addresses.
//!
//! Every shape is matched exactly, is bounded in length, and must be separate from other digits. If
//! text matches only nearly, its digits are hidden.

mod dates;
mod ids;
mod look;
mod money;
mod shape;

pub(super) use shape::at;
