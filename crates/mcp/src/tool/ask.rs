//! `plan_call` and `check_rules`: what would happen, and whether it may.

use rmcp::model::CallToolResponse;
use switchboard_api::{
    caller::PlanRead,
    problem::Result,
    wire::{CheckRules, NewCall},
};

use super::Use;
use crate::{
    answer::{done, value},
    arguments::read,
};

impl Use<'_> {
    pub(super) fn plan_call(&self) -> Result<CallToolResponse> {
        let by = self.caller.allowed::<PlanRead>()?;
        let new: NewCall = read(self.tool, self.arguments)?;
        Ok(done(value(&self.service.plan(by, &new)?)?))
    }

    pub(super) async fn check_rules(&self) -> Result<CallToolResponse> {
        let by = self.caller.allowed::<PlanRead>()?;
        let new: CheckRules = read(self.tool, self.arguments)?;
        Ok(done(value(&self.service.check_rules(by, &new).await?)?))
    }
}
