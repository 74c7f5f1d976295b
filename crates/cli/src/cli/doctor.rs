//! The arguments of `doctor`.

use clap::Args;

/// `doctor`
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Check only this account, by its name in the configuration.
    #[arg(value_name = "PROVIDER")]
    pub(crate) provider: Option<String>,
}
