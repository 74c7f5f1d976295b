//! What a person is asked, and what counts as a yes.

use rmcp::model::{ElicitRequestParams, ElicitationSchema};
use serde_json::{Value, json};
use switchboard_api::{
    Code, Problem,
    problem::Result,
    service::CallPreview,
    wire::{RuleFinding, RuleVerdict},
};

/// The question's name among those of a request.
pub(super) const NAME: &str = "confirmation";
const FIELD: &str = "place_this_call";

/// The form: what would happen, and one box to tick.
pub(super) fn form(preview: &CallPreview) -> Result<ElicitRequestParams> {
    let schema = json!({
        "type": "object",
        "required": [FIELD],
        "properties": {FIELD: {
            "type": "boolean", "title": "Place this call",
            "description": "Tick it to have this phone called.", "default": false,
        }},
    });
    let schema: ElicitationSchema = serde_json::from_value(schema)
        .map_err(|_| Problem::new(Code::Internal, "the question could not be made"))?;
    Ok(ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: message(preview),
        requested_schema: schema,
    })
}

/// One line for each thing that matters. What the agent wrote is in quotes and on one line, so that
/// it cannot look like a line of ours.
fn message(preview: &CallPreview) -> String {
    let request = &preview.request;
    let mut lines = vec![format!("Call {} ({})?", preview.to().e164(), preview.country())];
    let mut quoted = |name: &str, text: Option<&str>| {
        if let Some(text) = text {
            lines.push(format!("{name}: \u{201c}{}\u{201d}", plain(text)));
        }
    };
    quoted("Whom", request.callee_name.as_deref());
    quoted("Business", request.business_name.as_deref());
    quoted("Task", Some(&request.task));
    quoted("In the name of", request.on_behalf_of.as_deref());
    if let Some(number) = &request.callback_number {
        lines.push(format!("Number to call back: {}", number.e164()));
    }
    if let Some(purpose) = request.facts.purpose {
        lines.push(format!("Purpose: {purpose}"));
    }
    if let Some(agent) = &preview.plan.agent {
        lines.push(format!("Voice agent: {}", plain(agent)));
    }
    if let Some(opens) = request.window.opens {
        lines.push(format!("Not before {opens}"));
    }
    if let Some(closes) = request.window.closes {
        lines.push(format!("Not after {closes}"));
    }
    lines.push(providers(preview));
    if let Some(most) = request.max_duration {
        lines.push(format!("At most {} minutes", most.as_secs().div_ceil(60)));
    }
    lines.extend(rules(preview));
    lines.join("\n")
}

fn providers(preview: &CallPreview) -> String {
    let mut candidates = preview.plan.candidates.iter();
    let Some(first) = candidates.next() else {
        return "No provider would take it now".to_owned();
    };
    let mut line = match &first.estimated_cost {
        Some(cost) => {
            format!("Expected {} {}, by {} first", cost.amount, cost.currency, first.provider)
        }
        None => format!("Expected cost not known, by {} first", first.provider),
    };
    let others: Vec<&str> = candidates.map(|one| one.provider.as_str()).collect();
    if !others.is_empty() {
        line.push_str(", then ");
        line.push_str(&others.join(", "));
    }
    line
}

fn rules(preview: &CallPreview) -> Option<String> {
    let decision = &preview.rules.decision;
    if preview.rules.off.is_some() {
        return None;
    }
    let said = |findings: &[RuleFinding]| {
        let said: Vec<&str> = findings.iter().map(|one| one.message.as_str()).collect();
        said.join(" ")
    };
    match (decision.verdict, &decision.wait_until) {
        (RuleVerdict::Allow, _) if decision.findings.is_empty() => None,
        (RuleVerdict::Allow, _) => {
            Some(format!("The calling rules warn: {}", said(&decision.findings)))
        }
        (RuleVerdict::Wait, Some(until)) => Some(format!(
            "The calling rules let it ring from {} on: {}",
            until.0,
            said(&decision.findings)
        )),
        (RuleVerdict::Wait, None) => {
            Some(format!("The calling rules hold it up: {}", said(&decision.findings)))
        }
        (RuleVerdict::Refuse, _) => Some(format!(
            "The calling rules stop it, so it would be refused: {}",
            said(&decision.findings)
        )),
    }
}

/// A text on one line, without characters that are not seen or that turn the line around.
fn plain(text: &str) -> String {
    let unseen = |one: &char| {
        matches!(*one, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
    };
    let one_line = |one: char| if one.is_control() { ' ' } else { one };
    text.trim().chars().filter(|one| !unseen(one)).map(one_line).collect()
}

/// Refuses everything but a yes.
///
/// # Errors
/// `not_confirmed`.
pub(super) fn is_yes(action: &str, content: Option<&Value>) -> Result<()> {
    let ticked = content.and_then(|content| content.get(FIELD)) == Some(&Value::Bool(true));
    let detail = match action {
        "accept" if ticked => return Ok(()),
        "accept" => "the person sent the form without ticking place_this_call",
        "decline" => "the person declined the call",
        _ => "the person closed the question without an answer",
    };
    Err(Problem::new(Code::NotConfirmed, detail))
}
