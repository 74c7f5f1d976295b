//! The agent's instructions for one call, as text: KaiCalls has one free field for them, which
//! people read in the dashboard.

use switchboard_core::{ValidAppointment, ValidCall};

/// The task first, then the instructions; what the call does not set is left out. The callee's name
/// and the opening line have fields of their own.
pub(crate) fn context(call: &ValidCall, instructions: &[String]) -> String {
    let mut text = call.task.clone();
    if !instructions.is_empty() {
        text.push_str("\n\nInstructions:");
        for instruction in instructions {
            line(&mut text, &format!("- {instruction}"));
        }
    }
    let details = [
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
    let details: Vec<String> = details.into_iter().flatten().collect();
    if !details.is_empty() {
        text.push('\n');
        details.iter().for_each(|detail| line(&mut text, detail));
    }
    text
}

fn line(text: &mut String, line: &str) {
    text.push('\n');
    text.push_str(line);
}
