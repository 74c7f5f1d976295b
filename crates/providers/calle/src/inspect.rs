//! What the account's settings at CALL-E are. Its API shows none: only that it answers.

use std::sync::Arc;

use async_trait::async_trait;
use switchboard_core::{Clock, Inspect, Inspection};
use switchboard_http::{Inspector, Method};

use crate::account::Account;

/// [`Inspect`] on the typed client.
#[derive(Debug, Clone)]
pub(crate) struct CallEInspect(pub(crate) Arc<Account>);

#[async_trait]
impl Inspect for CallEInspect {
    async fn inspect(&self, clock: &dyn Clock) -> Inspection {
        let client = &self.0.client;
        let mut look = Inspector::new(clock);
        // There is no list of calls: the list of published goals shows whether the key is good.
        look.read("GET /v1/goals", None, client.request(Method::Get, "/v1/goals")).await;
        look.finish()
    }
}
