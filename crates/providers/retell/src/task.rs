//! The agent's instructions for one call, as text: a prompt takes them from one dynamic variable.

use std::collections::BTreeMap;

use switchboard_core::{PlaceRequest, ValidAppointment, ValidCall};

/// The dynamic variable of the callee's name, for prompts that greet by it.
pub(crate) const CALLEE_NAME: &str = "callee_name";

/// The dynamic variables of a call. The variable of the task has all that the agent should know, so
/// that a prompt with this one variable misses nothing; the callee's name is also one of its own.
pub(crate) fn variables(task_variable: &str, order: &PlaceRequest) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::from([(task_variable.to_owned(), text(order))]);
    if let Some(name) = &order.call.callee_name {
        variables.insert(CALLEE_NAME.to_owned(), name.clone());
    }
    variables
}

/// The task first, then the instructions, then the details; what the call does not set is left out.
/// Retell has no field for the first words, so they are the first instruction.
fn text(order: &PlaceRequest) -> String {
    let call = &order.call;
    let mut text = call.task.clone();
    let first = order.first_message.as_deref().filter(|line| !line.is_empty());
    let first = first.map(PlaceRequest::begin_with);
    let instructions: Vec<&str> =
        first.iter().chain(&order.instructions).map(String::as_str).collect();
    if !instructions.is_empty() {
        text.push_str("\n\nInstructions:");
        for instruction in instructions {
            line(&mut text, &format!("- {instruction}"));
        }
    }
    let details = details(call);
    if !details.is_empty() {
        text.push('\n');
        details.iter().for_each(|detail| line(&mut text, detail));
    }
    text
}

fn details(call: &ValidCall) -> Vec<String> {
    let details = [
        call.callee_name.as_ref().map(|name| format!("Person to speak to: {name}")),
        call.appointment
            .as_ref()
            .and_then(ValidAppointment::in_words)
            .map(|appointment| format!("Appointment: {appointment}")),
        call.business_name.as_ref().map(|name| format!("Business that is called: {name}")),
        call.on_behalf_of.as_ref().map(|name| format!("On behalf of: {name}")),
        call.callback_number
            .as_ref()
            .map(|number| format!("Number to call back: {}", number.e164())),
        call.language.as_ref().map(|language| format!("Language: {language}")),
        call.timezone.as_ref().map(|zone| format!("Time zone: {zone}")),
        call.urgent.then(|| "Urgent: yes".to_owned()),
    ];
    details.into_iter().flatten().collect()
}

fn line(text: &mut String, line: &str) {
    text.push('\n');
    text.push_str(line);
}
