//! What the loops share that kill and pause real processes: `kill-loop` and `http-loop`.
//!
//! | to find | look at |
//! |---|---|
//! | the options of both, and how they are read | [`LoopOptions`] |
//! | the accounts, agents and routes of their configuration | [`accounts`] |

mod accounts;
mod options;

pub use accounts::{KAICALLS_KEY, KALLYAI_TOKEN, accounts};
pub use options::{LoopOptions, number};
