//! All integration tests of the crate in one program, so that they are linked once.

#![allow(clippy::expect_used, clippy::unwrap_used)]

mod calling_codes;
mod facts;
mod masking;
mod phone_numbers;
mod phone_spellings;
mod requests;
mod shown;
mod suppressions;
mod weekly_hours;
mod zones;
