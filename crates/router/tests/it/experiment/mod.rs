//! Experiments: who is in which arm, and what becomes of them.

mod assignment;
mod definitions;
pub(crate) mod made;
mod processes;
mod split;
mod states;
