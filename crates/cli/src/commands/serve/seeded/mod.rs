//! The seeded world of `serve --simulated`: a day of calls that are over, and some that begin in the
//! next minutes, so that the console has something to show from the first minute on.
//!
//! It is made of a fixed seed: the same calls to the same made-up people each time, with times that
//! count back from now. The numbers are those that numbering plans keep for films and examples.
//!
//! | file | contents |
//! |---|---|
//! | `chance.rs` | what is drawn from the seed |
//! | `cast.rs` | who is called, why, and how it goes |
//! | `past.rs` | calls that are over, written into the ledger as an engine would have written them |
//! | `present.rs` | calls, a batch and an endpoint that are submitted now, as a client would |

mod cast;
mod chance;
mod past;
mod present;

pub(super) use cast::{PAUSED, TENANT};
pub(super) use past::write as past;
pub(super) use present::submit as present;
