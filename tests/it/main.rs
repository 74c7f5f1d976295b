//! Every test across crates but two, in one program: it links once instead of once a file.
//! `masking` and `rude` are programs of their own and say why.

#![allow(clippy::expect_used, clippy::print_stdout, clippy::unwrap_used)]

mod answers;
mod conformance;
mod coverage;
mod failures;
mod journey;
mod kill_loop;
mod model;
mod power_loss;
mod python_sdk;
mod regions;
mod shapes;
mod simulate;
