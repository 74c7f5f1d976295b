//! `place_call`: a call that a person confirmed.

use rmcp::model::CallToolResponse;
use serde_json::{Value, json};
use switchboard_api::{
    caller::CallsWrite,
    problem::Result,
    service::{Placed, Preview},
};

use super::Use;
use crate::{
    answer::{done, thin},
    arguments::placing,
    confirm::{Asked, Bound, ask},
};

const FOLLOW: &str =
    "The call goes on by itself. Use wait_for_call with its id, until settled is true.";
const OVER: &str = "Nothing more happens to it on its own. Use get_call to see how it ended.";

impl Use<'_> {
    pub(super) async fn place_call(&self) -> Result<CallToolResponse> {
        let by = self.caller.allowed::<CallsWrite>()?;
        let (new, key) = placing(self.tool, self.arguments)?;
        if self.caller.key().confirm {
            let preview = match self.service.preview(by, &new, &key).await? {
                // It was confirmed then, and nothing new would ring.
                Preview::Before(placed) => return self.answer(&placed),
                Preview::New(preview) => preview,
            };
            let arguments = Value::Object(self.arguments.clone());
            let bound = Bound { caller: self.caller, arguments: &arguments, key: key.as_str() };
            let now = self.service.clock().now();
            let how = (now, self.reaches_client);
            match ask(self.seals, &bound, &preview, self.request, self.context, how).await? {
                Asked::Yes => {}
                Asked::Question(question) => return Ok((*question).into()),
            }
        }
        let placed = self.service.place(by, &new, Some(&key), None).await?;
        self.answer(&placed)
    }

    fn answer(&self, placed: &Placed) -> Result<CallToolResponse> {
        let call = placed.record.seen_by(self.caller);
        let next = if call.settled { OVER } else { FOLLOW };
        Ok(done(json!({"call": thin(&call)?, "replayed": placed.replayed, "next": next})))
    }
}
