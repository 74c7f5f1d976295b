//! The caller's own key.

use crate::{
    Service,
    caller::{Allowed, Anything},
    limits::Left,
    wire::{KeyLimits, Me},
};

impl Service {
    /// The caller's own key, and what is left of its limits.
    pub(crate) fn me(&self, by: Allowed<'_, Anything>, left: Option<&Left>) -> Me {
        let caller = by.caller();
        let key = caller.key();
        let limits = self.limits().of(&key.limits);
        Me {
            key: key.id.as_str().to_owned(),
            name: key.name.clone(),
            tenant: key.tenant.as_ref().map(|tenant| tenant.as_str().to_owned()),
            scopes: caller
                .scopes()
                .filter(|scope| caller.has(*scope))
                .map(|scope| scope.as_str().to_owned())
                .collect(),
            confirm: key.confirm,
            expires_at: key.expires_at.map(Into::into),
            created_at: key.created_at.into(),
            limits: KeyLimits {
                requests_per_minute: limits.requests_per_minute,
                requests_left: left.map_or(limits.requests_per_minute, |left| left.remaining),
                concurrent_requests: limits.concurrent_requests,
                streams: limits.streams,
            },
        }
    }
}
