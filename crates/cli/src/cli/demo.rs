//! The arguments of `demo` and `sim`.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, ValueEnum};

/// `demo`
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Place the calls of this CSV file instead of the built-in ones. Its columns are those of
    /// `examples/calls.csv`.
    #[arg(long, value_name = "FILE")]
    pub(crate) calls: Option<PathBuf>,
    /// The seed of the simulated outcomes.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Keep the calls in this new file, for `switchboard calls --ledger FILE`. By default they are
    /// deleted.
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    /// Serve the console over these calls afterwards, until Ctrl-C, and print where it is.
    #[arg(long, conflicts_with = "json")]
    pub(crate) open: bool,
    /// Print every decision as it is made, and the result of each call.
    #[arg(long, short, conflicts_with = "json")]
    pub(crate) verbose: bool,
}

/// `sim`
#[derive(Debug, Args)]
pub(crate) struct SimArgs {
    /// The provider to simulate.
    pub(crate) provider: SimProvider,
    /// The address to listen on; with port 0 the system picks a port.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// A fault script: TOML, or JSON if the file's name ends in .json.
    #[arg(long, value_name = "FILE")]
    pub(crate) faults: Option<PathBuf>,
    /// Append one line of JSON to this file for each phone that rings, before the response is
    /// sent.
    #[arg(long, value_name = "FILE")]
    pub(crate) ring_ledger: Option<PathBuf>,
    /// The seed of outcomes, ids and the credential. By default it is random; the ready line shows
    /// it.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// How much faster than real time calls run: at 60, a minute of a call takes a second.
    #[arg(long, default_value_t = 1.0)]
    pub(crate) speed: f64,
    /// Which version of KallyAI's documentation the responses follow.
    #[arg(long, value_enum, default_value_t = SimShape::February)]
    pub(crate) shape: SimShape,
}

/// The simulated providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SimProvider {
    /// KallyAI.
    #[value(name = "kallyai")]
    KallyAi,
    /// KaiCalls.
    #[value(name = "kaicalls")]
    KaiCalls,
}

/// The versions of KallyAI's documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SimShape {
    /// The API reference of February 2026.
    #[value(name = "2026-02", alias = "february")]
    February,
    /// The API reference of January 2026.
    #[value(name = "2026-01", alias = "january")]
    January,
    /// The page for AI assistants.
    Assistant,
}
