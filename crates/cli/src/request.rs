//! A request of `call` and `plan`: from JSON, and errors in terms of the command line.

use std::{
    fs::File,
    io::{Read, stdin},
    path::Path,
};

use clap::CommandFactory;
use switchboard::{CallRequest, Policy};
use switchboard_api::{surface, wire::NewCall};
use switchboard_table::nearest;

use crate::{
    cli::Cli,
    failure::{Failure, Outcome},
};

/// A longer file is no request.
const LARGEST: u64 = 1024 * 1024;

/// Reads the JSON of `POST /v1/calls`.
pub(crate) fn from_json(file: &Path) -> Outcome<CallRequest> {
    let is_stdin = file == Path::new("-");
    let shown = if is_stdin { "stdin".to_owned() } else { file.display().to_string() };
    let wrong = |problem: String| Failure::input("--json-request", format!("{shown} {problem}"));
    let mut text = String::new();
    let read = if is_stdin {
        stdin().lock().take(LARGEST).read_to_string(&mut text)
    } else {
        File::open(file).and_then(|open| open.take(LARGEST).read_to_string(&mut text))
    };
    read.map_err(|error| wrong(format!("cannot be read: {error}")))?;
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|error| {
        wrong(format!(
            "is not JSON at line {}, column {}: write an object as {{\"to\": \"+442079460018\", \"task\": \"…\"}}",
            error.line(),
            error.column()
        ))
    })?;
    let new: NewCall = surface::read_value(&value)?;
    let mut request = new.to_request()?;
    request.tenant = new.tenant;
    Ok(request)
}

/// Refuses an agent profile that the configuration does not have, before anything is opened.
pub(crate) fn check_agent(policy: &Policy, request: &CallRequest) -> Outcome<()> {
    let Some(agent) = request.agent.as_deref() else { return Ok(()) };
    let known: Vec<&str> = policy.profiles.keys().map(|name| name.as_str()).collect();
    if known.contains(&agent) {
        return Ok(());
    }
    let fix = match (nearest(agent, known.iter().copied()), known.as_slice()) {
        (Some(near), _) => format!("did you mean {near}?"),
        (None, []) => "the configuration has none, add [agents.NAME]".to_owned(),
        (None, known) => format!("name one of {}", known.join(", ")),
    };
    Err(Failure::input("--agent", format!("{agent:?} is no agent profile: {fix}")))
}

/// The failure, with the option of this command in place of the field of the request.
pub(crate) fn by_option(failure: Failure, command: &str) -> Failure {
    let option = failure.field().and_then(|field| option(command, field));
    match option {
        Some(option) => failure.named(&option),
        None => failure,
    }
}

/// The option that sets a field, as `--not-before`; `None` if the command has none.
fn option(command: &str, field: &str) -> Option<String> {
    let field = field.split(['[']).next().unwrap_or_default();
    let name = match field {
        "instructions" => "instruction".to_owned(),
        "tags" => "tag".to_owned(),
        "allow_duplicate" => "again".to_owned(),
        "agreed_time" | "agreed_time.from" | "agreed_time.to" => "agreed".to_owned(),
        "overrides" => "override".to_owned(),
        "consent.kind" => "consent".to_owned(),
        field => {
            let field = if field.starts_with("metadata.") { "metadata" } else { field };
            field.replace(['_', '.'], "-")
        }
    };
    let all = Cli::command();
    let has = all
        .find_subcommand(command)?
        .get_arguments()
        .any(|one| one.get_long() == Some(name.as_str()));
    has.then(|| format!("--{name}"))
}

#[cfg(test)]
mod tests {
    use super::option;

    #[test]
    fn an_option_is_named_only_where_the_command_has_it() {
        for (field, named) in [
            ("to", Some("--to")),
            ("not_before", Some("--not-before")),
            ("instructions[3]", Some("--instruction")),
            ("tags[0]", Some("--tag")),
            ("metadata.order", Some("--metadata")),
            ("consent.at", Some("--consent-at")),
            ("agreed_time", Some("--agreed")),
            ("redial.times", None),
            ("appointment.date", None),
        ] {
            assert_eq!(option("call", field).as_deref(), named, "{field}");
        }
        assert_eq!(option("plan", "task"), None);
        assert_eq!(option("plan", "to").as_deref(), Some("--to"));
    }
}
