//! A person confirms each call, unless the key says that they need not.
//!
//! | file | purpose |
//! |---|---|
//! | `question.rs` | what they are asked, and what counts as a yes |
//! | `seal.rs` | what they were asked, sealed: for one key, these arguments, and ten minutes |
//! | `ask.rs` | how they are asked: by `input_required`, or by a request to the client |

mod ask;
mod question;
mod seal;

pub(crate) use ask::{Asked, ask};
pub(crate) use seal::{Bound, Seals};
