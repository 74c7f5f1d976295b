//! Runs the program with a misbehaving provider, and checks what it prints and sends.
//!
//! | to find | look at |
//! |---|---|
//! | a misbehaving provider, an optional normal one, and the configuration | [`Stage`] |
//! | a run of the program, into pipes or on a terminal | [`Ran`] |
//! | what must not be printed: keys, whole numbers, terminal control characters | [`shown`] |

mod run;
mod shown;
mod stage;

pub use run::Ran;
pub use shown::{Secrets, shown};
pub use stage::{Behind, Stage};
