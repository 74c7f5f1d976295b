//! Placing many calls at once.

use futures::{FutureExt, StreamExt, future::BoxFuture, stream};
use serde_json::Value;

use crate::{
    Service,
    caller::{Allowed, CallsWrite},
    extract,
    idempotency::RequestKey,
    problem::{Problem, Result},
    service::Placed,
    wire::{BatchCall, NewCall},
};

/// The most calls of a batch.
pub(crate) const MOST: usize = 500;
/// Calls of a batch that are accepted at the same time.
const AT_ONCE: usize = 16;

impl Service {
    /// Accepts or refuses each of these calls by itself. The results are in the order of the calls.
    ///
    /// # Errors
    /// `invalid_request` if there are too many.
    pub async fn place_batch(
        &self,
        by: Allowed<'_, CallsWrite>,
        calls: &[Value],
    ) -> Result<Vec<Result<Placed>>> {
        if calls.len() > MOST {
            let fix = format!("send at most {MOST} at once");
            return Err(Problem::invalid("calls", "has too many calls", fix));
        }
        let each: Vec<BoxFuture<'_, Result<Placed>>> = calls
            .iter()
            .enumerate()
            .map(|(index, call)| self.place_one(by, index, call).boxed())
            .collect();
        Ok(stream::iter(each).buffered(AT_ONCE).collect().await)
    }

    async fn place_one(
        &self,
        by: Allowed<'_, CallsWrite>,
        index: usize,
        call: &Value,
    ) -> Result<Placed> {
        let placed = async {
            let call: BatchCall = extract::parse(call.to_string().as_bytes())?;
            let key = RequestKey::new(&call.idempotency_key)
                .map_err(|problem| problem.field("idempotency_key"))?;
            self.place(by, &NewCall::from(call), Some(&key), None).await
        };
        placed.await.map_err(|problem| problem.within(&format!("calls[{index}]")).of_placing())
    }
}
