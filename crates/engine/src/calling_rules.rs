//! Which calling rules an engine applies.

use std::sync::Arc;

use switchboard_core::Region;
use switchboard_rules::Tables;

/// The calling rules that an engine applies before every ring.
#[derive(Debug, Clone)]
pub enum CallingRules {
    /// They apply.
    On {
        /// The tables of rules.
        tables: Arc<Tables>,
        /// Where an emergency is declared that forbids some calls.
        emergencies: Vec<Region>,
    },
    /// Nothing is checked but whether the callee asked not to be called again.
    Off {
        /// Why, as plans and the audit log show it.
        reason: String,
    },
}

impl CallingRules {
    /// The rules that are built in.
    pub fn builtin() -> Self {
        Self::On { tables: Arc::new(Tables::builtin()), emergencies: Vec::new() }
    }

    /// Why the rules are turned off, if they are.
    pub fn off(&self) -> Option<&str> {
        match self {
            Self::On { .. } => None,
            Self::Off { reason } => Some(reason),
        }
    }
}

impl Default for CallingRules {
    fn default() -> Self {
        Self::builtin()
    }
}
