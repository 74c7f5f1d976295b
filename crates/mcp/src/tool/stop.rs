//! `stop_call`.

use rmcp::model::CallToolResponse;
use serde_json::json;
use switchboard_api::{caller::CallsWrite, problem::Result};

use super::Use;
use crate::{
    answer::{done, thin},
    arguments::{OfCall, read},
};

const STOPPED: &str = "It was stopped.";
const STOPPING: &str =
    "Its provider was asked to end it. Use wait_for_call with its id to see how it ends.";

impl Use<'_> {
    pub(super) async fn stop_call(&self) -> Result<CallToolResponse> {
        let by = self.caller.allowed::<CallsWrite>()?;
        let wanted: OfCall = read(self.tool, self.arguments)?;
        let call = self.service.stop(by, wanted.id()?).await?.seen_by(self.caller);
        let next = if call.settled { STOPPED } else { STOPPING };
        Ok(done(json!({"call": thin(&call)?, "next": next})))
    }
}
