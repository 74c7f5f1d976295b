//! What each tool does: one function of the service, and its answer.
//!
//! | file | tools |
//! |---|---|
//! | `place.rs` | `place_call` |
//! | `read.rs` | `get_call`, `list_calls`, `list_agents`, `get_transcript` |
//! | `wait.rs` | `wait_for_call` |
//! | `ask.rs` | `plan_call`, `check_rules` |
//! | `stop.rs` | `stop_call` |

mod ask;
mod place;
mod read;
mod stop;
mod wait;

use rmcp::{
    RoleServer,
    model::{CallToolRequestParams, CallToolResponse, Tool},
    service::RequestContext,
};
use switchboard_api::{Service, caller::Caller, problem::Result};

use crate::{arguments::Arguments, catalog::Action, confirm::Seals};

/// One call of a tool.
pub(crate) struct Use<'a> {
    pub(crate) service: &'a Service,
    pub(crate) seals: &'a Seals,
    pub(crate) caller: &'a Caller,
    pub(crate) tool: &'a Tool,
    pub(crate) request: &'a CallToolRequestParams,
    pub(crate) arguments: &'a Arguments,
    pub(crate) context: &'a RequestContext<RoleServer>,
    /// The server can send requests of its own to the client.
    pub(crate) reaches_client: bool,
}

impl Use<'_> {
    pub(crate) async fn run(&self, action: Action) -> Result<CallToolResponse> {
        match action {
            Action::PlanCall => self.plan_call(),
            Action::CheckRules => self.check_rules().await,
            Action::PlaceCall => self.place_call().await.map_err(|problem| problem.of_placing()),
            Action::GetCall => self.get_call().await,
            Action::ListCalls => self.list_calls().await,
            Action::WaitForCall => self.wait_for_call().await,
            Action::GetTranscript => self.get_transcript().await,
            Action::StopCall => self.stop_call().await,
            Action::ListAgents => self.list_agents(),
        }
    }
}
