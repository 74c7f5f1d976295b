//! `switchboard api`: sends one request to a provider's own API.

use std::{
    io::{Read, stdin},
    sync::Arc,
};

use serde_json::{Value, json};
use switchboard::{
    Clock, SystemClock,
    core::ErrorKind,
    process_environment,
    registry::{RawAnswer, RawMethod, RawRequest},
};

use crate::{
    cli::{ApiArgs, ApiMethod, Common},
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
    setup,
};

pub(crate) async fn run(common: &Common, args: ApiArgs, output: Output) -> Outcome {
    let request = RawRequest {
        method: match args.method {
            ApiMethod::Get => RawMethod::Get,
            ApiMethod::Post => RawMethod::Post,
            ApiMethod::Put => RawMethod::Put,
            ApiMethod::Patch => RawMethod::Patch,
            ApiMethod::Delete => RawMethod::Delete,
        },
        path: args.path,
        query: args.query.iter().map(|pair| parameter(pair)).collect::<Outcome<_>>()?,
        body: args.data.as_deref().map(body).transpose()?,
    };
    let config = setup::read(common)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let Some(api) = config.raw(&args.provider, process_environment, &clock)? else {
        return Err(Failure::input("PROVIDER", "is of a kind that does not support raw requests"));
    };
    let answer = match api.send(request).await {
        Ok(answer) => answer,
        // The request was refused here; nothing was sent.
        Err(error) if error.kind() == ErrorKind::Unsupported => {
            let hint = if error.code() == Some("tokens") {
                ""
            } else {
                ". Place calls with `switchboard call`"
            };
            return Err(Failure::input("PATH", format!("{}{hint}", error.message())));
        }
        Err(error) => return Err(error.into()),
    };
    show(&answer, output);
    Ok(Exit::Done)
}

fn parameter(pair: &str) -> Outcome<(String, String)> {
    match pair.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        Some(_) | None => {
            Err(Failure::input("--query", "is not a parameter: write it like limit=10"))
        }
    }
}

/// Parses the body. An error names the position only, since the body may contain personal data.
fn body(data: &str) -> Outcome<Value> {
    let wrong = |message: String| Failure::input("--data", message);
    let text = match data.strip_prefix('@') {
        None => data.to_owned(),
        Some("-") => {
            let mut text = String::new();
            stdin()
                .read_to_string(&mut text)
                .map_err(|error| wrong(format!("stdin cannot be read: {error}")))?;
            text
        }
        Some(file) => std::fs::read_to_string(file)
            .map_err(|error| wrong(format!("{file} cannot be read: {error}")))?,
    };
    serde_json::from_str(&text).map_err(|error| {
        wrong(format!("is not JSON at line {}, column {}", error.line(), error.column()))
    })
}

fn show(answer: &RawAnswer, output: Output) {
    let json: Option<Value> = serde_json::from_slice(&answer.body).ok();
    match (json, output.json) {
        (Some(body), false) => output.object(&body),
        (body, true) => {
            let text = || {
                std::str::from_utf8(&answer.body)
                    .ok()
                    .filter(|text| !text.is_empty())
                    .map(Value::from)
            };
            output.object(&json!({
                "status": answer.status,
                "content_type": answer.content_type,
                "body": body.or_else(text),
                "bytes": answer.body.len(),
            }));
        }
        (None, false) if answer.body.is_empty() => {
            output.note(format!("status {}, without a body", answer.status))
        }
        (None, false) => output.bytes(&answer.body),
    }
}
