//! What is measured of providers: the table against a naive recount, what counts, what is learnt,
//! and how sure it is.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod learnt;
mod made;
mod recount;
mod words;
