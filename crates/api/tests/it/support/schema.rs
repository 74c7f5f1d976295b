//! Bodies against the document's schemas.

use http::Method;
use serde_json::{Value, json};
use switchboard_api::document;

use super::Answer;

/// An operation of the document.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) method: Method,
    /// With its parameters in braces.
    pub(crate) path: String,
    pub(crate) id: String,
    /// `None` if it needs no key; empty if any key is enough.
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) definition: Value,
}

/// The document as JSON.
pub(crate) fn json_document() -> Value {
    serde_json::to_value(document(None)).unwrap()
}

/// Every operation.
pub(crate) fn operations() -> Vec<Operation> {
    let document = json_document();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, definition) in item.as_object().unwrap() {
            let security = definition["security"].as_array().unwrap();
            let scopes = security.iter().find_map(|one| one["key"].as_array()).map(|scopes| {
                scopes.iter().map(|scope| scope.as_str().unwrap().to_owned()).collect()
            });
            all.push(Operation {
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                id: definition["operationId"].as_str().unwrap().to_owned(),
                scopes,
                definition: definition.clone(),
            });
        }
    }
    all
}

/// The operation with this id.
pub(crate) fn operation(id: &str) -> Operation {
    operations().into_iter().find(|one| one.id == id).unwrap()
}

impl Operation {
    /// The path with ids of nothing.
    pub(crate) fn filled(&self, id: &str) -> String {
        let mut path = String::new();
        for part in self.path.split_inclusive('/') {
            match part.strip_suffix('/').unwrap_or(part) {
                "{id}" | "{name}" | "{rule}" => {
                    path.push_str(&part.replace(part.trim_end_matches('/'), id))
                }
                _ => path.push_str(part),
            }
        }
        path
    }

    /// The media type of its body, and the example of it. A text stands for itself.
    pub(crate) fn example(&self) -> Option<(String, String)> {
        let body = self.definition.get("requestBody")?;
        let content = body["content"].as_object().unwrap();
        let (kind, first) = content.iter().next().unwrap();
        let example = &first["example"];
        assert!(!example.is_null(), "{} has no example", self.id);
        let text = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
        Some((kind.clone(), text))
    }

    /// Fails if an answer is not described, or its body does not fit its schema.
    pub(crate) fn check(&self, answer: &Answer) {
        let status = answer.status.as_u16().to_string();
        let described = self.definition["responses"].get(&status);
        let described = described
            .unwrap_or_else(|| panic!("{} does not describe {status}: {}", self.id, answer.text));
        let Some(content) = described.get("content") else {
            assert!(answer.text.is_empty(), "{} {status} has a body: {}", self.id, answer.text);
            return;
        };
        let kind = answer.header("content-type");
        let schema = &content[kind]["schema"];
        assert!(schema.is_object(), "{} {status} does not describe {kind}", self.id);
        let components = json_document()["components"].clone();
        let whole = json!({"components": components, "allOf": [schema]});
        let validator = jsonschema::draft202012::new(&whole).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&answer.body).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{} {status}: {errors:?}\n{}", self.id, answer.text);
    }
}
