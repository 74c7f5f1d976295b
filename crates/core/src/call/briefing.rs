//! All that an agent should know for one call, as text.

use crate::{PlaceRequest, ValidAppointment, ValidCall};

impl PlaceRequest {
    /// The task, the instructions and the details of the call as one text, for providers whose
    /// agents take them from one field: the task first, then the instructions, then the details.
    /// What the call does not set is left out.
    ///
    /// For a provider that has no field for the first words, `first_words` puts them first among the
    /// instructions.
    pub fn briefing(&self, first_words: bool) -> String {
        let mut text = self.call.task.clone();
        let first = self.first_message.as_deref().filter(|line| first_words && !line.is_empty());
        let first = first.map(PlaceRequest::begin_with);
        let instructions: Vec<&str> =
            first.iter().chain(&self.instructions).map(String::as_str).collect();
        if !instructions.is_empty() {
            text.push_str("\n\nInstructions:");
            for instruction in instructions {
                line(&mut text, &format!("- {instruction}"));
            }
        }
        let details = details(&self.call);
        if !details.is_empty() {
            text.push('\n');
            details.iter().for_each(|detail| line(&mut text, detail));
        }
        text
    }
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
