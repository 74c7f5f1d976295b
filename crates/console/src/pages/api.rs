//! Every operation of the API, from its document, each with a command.

use std::sync::LazyLock;

use askama::Template;
use axum::{extract::State, response::Response};
use serde_json::Value;
use switchboard_api::{Code, caller::Console as ConsoleScope, document};

use crate::{
    console::Console,
    failure::{Failure, page},
    frame::{Frame, Place},
    visitor::Visitor,
};

/// The document, made once.
static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::to_value(document(None)).unwrap_or(Value::Null));
/// The groups that are shown before the others.
const FIRST: [&str; 7] = ["calls", "batches", "plan", "rules", "people", "events", "webhooks"];

struct Operation {
    method: String,
    path: String,
    summary: String,
    description: String,
    scope: String,
    /// True if the key that is signed in with has the scope.
    allowed: bool,
    curl: String,
}

struct Group {
    name: String,
    operations: Vec<Operation>,
}

struct KnownError {
    status: u16,
    code: &'static str,
    title: &'static str,
}

#[derive(Template)]
#[template(path = "api.html")]
struct Page {
    frame: Frame,
    base: String,
    groups: Vec<Group>,
    errors: Vec<KnownError>,
}

pub(crate) async fn show(
    State(console): State<Console>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    visitor.may::<ConsoleScope>()?;
    let base = console.service().public_url().as_str().trim_end_matches('/').to_owned();
    let error = |code: &Code| KnownError {
        status: code.status().as_u16(),
        code: code.as_str(),
        title: code.title(),
    };
    page(&Page {
        frame: visitor.frame(Place::Api, "API"),
        groups: groups(&DOCUMENT, &base, &visitor),
        errors: Code::ALL.iter().map(error).collect(),
        base,
    })
}

fn groups(document: &Value, base: &str, visitor: &Visitor) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let paths = document["paths"].as_object().into_iter().flatten();
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let name = operation["tags"][0].as_str().unwrap_or("more").to_owned();
            let shown = Operation::new(method, path, operation, base, visitor);
            match groups.iter_mut().find(|group| group.name == name) {
                Some(group) => group.operations.push(shown),
                None => groups.push(Group { name, operations: vec![shown] }),
            }
        }
    }
    let place = |group: &Group| FIRST.iter().position(|one| *one == group.name);
    groups.sort_by_key(|group| place(group).unwrap_or(FIRST.len()));
    groups
}

impl Operation {
    fn new(method: &str, path: &str, operation: &Value, base: &str, visitor: &Visitor) -> Self {
        let text = |name: &str| operation[name].as_str().unwrap_or_default().to_owned();
        let scope = operation["security"][0]["key"][0].as_str().unwrap_or_default().to_owned();
        let has = visitor.who().scopes().any(|one| one.as_str() == scope && visitor.has(one));
        let method = method.to_uppercase();
        Self {
            curl: curl(&method, path, operation, base),
            allowed: scope.is_empty() || has,
            summary: text("summary"),
            description: text("description"),
            path: path.to_owned(),
            scope,
            method,
        }
    }
}

/// A command with the example of the document.
fn curl(method: &str, path: &str, operation: &Value, base: &str) -> String {
    let mut lines =
        vec![format!("curl {base}{path}"), "-H \"Authorization: Bearer $KEY\"".to_owned()];
    if method != "GET" && method != "POST" {
        lines.push(format!("-X {method}"));
    }
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    if parameters.clone().any(|one| one["name"] == "Idempotency-Key") {
        lines.push("-H \"Idempotency-Key: $(uuidgen)\"".to_owned());
    }
    let body = &operation["requestBody"]["content"]["application/json"]["example"];
    if !body.is_null() {
        lines.push("-H 'Content-Type: application/json'".to_owned());
        lines.push(format!("-d '{}'", body.to_string().replace('\'', "'\\''")));
    } else if method == "POST" {
        lines.push("-X POST".to_owned());
    }
    lines.join(" \\\n  ")
}
