//! Telephone numbers that may be called.
//!
//! A [`PhoneNumber`] cannot hold an emergency number, a crisis line, a premium-rate or shared-cost
//! number, a short code, a satellite phone or a number of no country, so code that has one needs no
//! further check. Numbers are rejected here, before a provider sees them, because a voice agent
//! that calls 112 does harm that no refund makes good.
//!
//! The numbering plans come from `rlibphonenumber`, which is lenient: by itself it reads `911` as
//! `+1911`. It is only given text that already has the shape of E.164. Data that it lacks is here:
//! emergency and short numbers in `short_data.rs`, satellite ranges in `reserved.rs`.
//!
//! | file | purpose |
//! |---|---|
//! | `number.rs`, `read.rs` | the number, and the ways to one |
//! | `parse.rs` | parses text to a number |
//! | `judge.rs` | whether a number may be called |
//! | `e164.rs` | a plus sign and digits, and what the library makes of them |
//! | `written.rs`, `character.rs` | the digits of a text and the separators between them |
//! | `grouping.rs` | whether all digits belong to the number, so that trailing digits do not make it another one |
//! | `national.rs` | numbers as they are dialled within a country |
//! | `old_plan.rs` | numbers of former numbering plans |
//! | `refuse.rs` | why a text is rejected, including disguised emergency numbers |
//! | `reserved.rs` | satellite networks and calling codes without a country |
//! | `short_data.rs` | emergency and short numbers, generated |
//! | `calling_code.rs` | which digits a number may begin with |
//! | `listed.rs` | numbers on lists, in 8 bytes |
//! | `kind.rs`, `error.rs` | number types, and the reasons for a rejection |

mod calling_code;
mod character;
mod e164;
mod error;
mod grouping;
mod judge;
mod kind;
mod listed;
mod national;
mod number;
mod old_plan;
mod parse;
mod read;
mod refuse;
mod reserved;
mod short_data;
mod written;

pub use self::calling_code::may_begin_number;
pub use self::error::PhoneNumberError;
pub use self::kind::NumberType;
pub use self::listed::ListedNumber;
pub use self::number::PhoneNumber;
