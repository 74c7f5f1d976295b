//! On whose behalf a call is placed.

use switchboard_core::{ProfileName, TenantId};

/// On whose behalf a call is placed, as far as limits and budgets ask.
#[derive(Debug, Clone, Copy)]
pub struct Parties<'a> {
    /// The caller.
    pub tenant: &'a TenantId,
    /// The agent profile that serves the call, where there is one.
    pub profile: Option<&'a ProfileName>,
    /// The experiment that the call takes part in, where there is one.
    pub experiment: Option<&'a str>,
}
