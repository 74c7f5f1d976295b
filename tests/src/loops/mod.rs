//! What the loops share that kill and pause real processes: `kill-loop` and `http-loop`.
//!
//! | to find | look at |
//! |---|---|
//! | the options of both, and how they are read | [`LoopOptions`] |
//! | people whom the calling rules protect | [`people`] |
//! | the accounts, agents and routes of their configuration | [`Account`], [`accounts`] |

mod accounts;
mod options;
pub mod people;

pub use accounts::{
    Account, COUNTRIES, CREDENTIALS, MANY_CALLS, MANY_LINES, accounts, has_low_limits,
};
pub use options::{LoopOptions, number};
