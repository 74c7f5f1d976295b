//! What is measured of providers: the table against a naive recount, what counts, what is learnt,
//! and how sure it is.

mod learned;
pub(crate) mod made;
mod recount;
mod words;
