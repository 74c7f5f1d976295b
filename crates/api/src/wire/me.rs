//! The caller's own key.

use serde::Serialize;
use utoipa::ToSchema;

use crate::wire::Time;

/// The key of a request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Me {
    /// The key's public part.
    #[schema(examples("4jT0aQ9xW2bC"))]
    pub key: String,
    /// What the key is for, in its maker's words.
    pub name: String,
    /// The tenant that it acts for. Null: every tenant.
    #[schema(required)]
    pub tenant: Option<String>,
    /// What it may do.
    #[schema(examples("calls:read"))]
    pub scopes: Vec<String>,
    /// True if a person has to confirm each call that an agent places with it.
    pub confirm: bool,
    /// It stops working at this time.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Time>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
    /// What it may use.
    pub limits: KeyLimits,
}

/// What a key may use.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KeyLimits {
    /// Requests a minute.
    pub requests_per_minute: u32,
    /// Requests that are left now, in the process that answered.
    pub requests_left: u32,
    /// Requests at the same time.
    pub concurrent_requests: u32,
    /// Event streams at the same time.
    pub streams: u32,
}
