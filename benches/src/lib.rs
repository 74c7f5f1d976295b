//! What the benchmarks share: material that is the same in every run, and tables that are read by
//! people.
//!
//! Every figure stands beside a floor that was measured in the same run, because nanoseconds of one
//! machine mean nothing on the next. Nothing here passes or fails on time.

mod instant;
mod material;
mod table;

pub use instant::Instant;
pub use material::{Chance, Sample, numbers, tariff};
pub use table::Table;

/// True under `cargo bench`. Elsewhere, as under `cargo test --benches`, a benchmark runs a little
/// to show that it runs.
pub fn in_earnest() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}
