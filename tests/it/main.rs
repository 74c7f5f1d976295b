//! The tests that span several crates, in one program, so that they are linked once. `masking` and
//! `rude` are programs of their own; their headers say why.

#![allow(clippy::expect_used, clippy::print_stdout, clippy::unwrap_used)]

mod answers;
mod clients;
mod conformance;
mod coverage;
mod documents;
mod failures;
mod journey;
mod kill_loop;
mod model;
mod module_circles;
mod platform_failures;
mod power_loss;
mod python_sdk;
mod regions;
mod shapes;
mod simulate;
