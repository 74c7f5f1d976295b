//! No crate has a circle of modules: whoever reads a module can read what it uses first, and none
//! of that leads back. The sources are parsed, so that the rule holds for every crate that is
//! added.

mod circles;
mod module;
mod names;
mod parse;
mod rule;
