//! The agent's instructions for one call: a prompt takes them from one dynamic variable. Retell has no
//! field for the first words, so they are the first instruction.

use std::collections::BTreeMap;

use switchboard_core::PlaceRequest;

/// The dynamic variable of the callee's name, for prompts that greet by it.
pub(crate) const CALLEE_NAME: &str = "callee_name";

/// The dynamic variables of a call. The variable of the task has all that the agent should know, so
/// that a prompt with this one variable misses nothing; the callee's name is also one of its own.
pub(crate) fn variables(task_variable: &str, order: &PlaceRequest) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::from([(task_variable.to_owned(), order.briefing(true))]);
    if let Some(name) = &order.call.callee_name {
        variables.insert(CALLEE_NAME.to_owned(), name.clone());
    }
    variables
}
