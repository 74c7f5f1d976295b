//! What routes and agent profiles say about their calls, checked as in a request.

use switchboard_core::{CallRequest, ValidCall};
use switchboard_router::FactDefaults;

use crate::config::{
    AgentConfig,
    problem::{KeyPath, Problems},
    routing::RouteConfig,
};

pub(crate) fn of_route(route: &RouteConfig, at: &KeyPath, problems: &mut Problems) -> FactDefaults {
    FactDefaults::default().with(|facts| {
        facts.purpose = route.purpose;
        facts.callee_kind = route.callee_kind;
        facts.recording = route.recording;
        facts.published_number = published(route.published_number.as_ref(), at, problems);
    })
}

pub(crate) fn of_agent(agent: &AgentConfig, at: &KeyPath, problems: &mut Problems) -> FactDefaults {
    let said = |call: &mut CallRequest| {
        call.on_behalf_of.clone_from(&agent.on_behalf_of);
        call.callback_number.clone_from(&agent.callback_number);
    };
    let said = in_a_request(said, at, problems);
    FactDefaults::default().with(|facts| {
        facts.purpose = agent.purpose;
        facts.callee_kind = agent.callee_kind;
        facts.recording = agent.recording;
        facts.published_number = published(agent.published_number.as_ref(), at, problems);
        if let Some(said) = said {
            facts.on_behalf_of = said.on_behalf_of;
            facts.callback_number = said.callback_number;
        }
    })
}

fn published(text: Option<&String>, at: &KeyPath, problems: &mut Problems) -> Option<String> {
    let given = |call: &mut CallRequest| call.published_number = text.cloned();
    in_a_request(given, at, problems)?.facts.published_number
}

/// What a request with this field is read as.
fn in_a_request(
    field: impl FnOnce(&mut CallRequest),
    at: &KeyPath,
    problems: &mut Problems,
) -> Option<ValidCall> {
    /// A number for fiction: only the field is looked at.
    const NOBODY: &str = "+442079460018";
    CallRequest::new(NOBODY, "Check a configuration.")
        .with(field)
        .revalidate()
        .map_err(|error| {
            problems.push(&at.dotted(error.field().unwrap_or_default()), error.message());
        })
        .ok()
}
