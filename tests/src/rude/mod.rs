//! The program driven through a provider that is rude: what it prints, what it sends, and what it
//! must do neither of.
//!
//! | to find | look at |
//! |---|---|
//! | a rude provider, a polite one behind it, and the program's configuration | [`Stage`] |
//! | a run of the program, into pipes or on a terminal | [`Ran`] |
//! | what must not be shown: keys, whole numbers, what a terminal obeys | [`shown`] |

mod run;
mod shown;
mod stage;

pub use run::Ran;
pub use shown::{Secrets, shown};
pub use stage::{Behind, Stage};
