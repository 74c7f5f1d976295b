//! The arguments of `doctor`.

use clap::Args;

/// `doctor`
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Check only this account, by its name in the configuration.
    #[arg(value_name = "PROVIDER")]
    pub(crate) provider: Option<String>,
    /// Print only how answers differ from what Switchboard knows of them: without names, numbers
    /// or values, so that it can be sent to the maintainers.
    #[arg(long)]
    pub(crate) shapes: bool,
}
