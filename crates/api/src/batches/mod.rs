//! Submitting the rows of batches, in whichever process.
//!
//! | file | purpose |
//! |---|---|
//! | `worker.rs` | claims batches, and goes on with them until nothing waits |
//! | `row.rs` | one row: which call it is, or why it is none |

mod row;
mod worker;

pub(crate) use worker::submit;
