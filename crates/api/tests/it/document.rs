//! The OpenAPI document.

use std::collections::HashSet;

use serde_json::Value;
use switchboard::CallRequest;
use switchboard_api::{caller::ScopeName, document};

fn json() -> Value {
    serde_json::to_value(document(None)).unwrap()
}

/// Every operation with its method and path.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let each = |(path, item): (&String, &Value)| {
        let item = item.as_object().unwrap().clone();
        item.into_iter()
            .map(|(method, operation)| (method, path.clone(), operation))
            .collect::<Vec<_>>()
    };
    paths.iter().flat_map(each).collect()
}

#[test]
fn the_document_is_openapi_3_1_with_a_name_for_each_operation() {
    let document = json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut names = HashSet::new();
    for (method, path, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap();
        assert!(names.insert(name.to_owned()), "{name} is there twice");
        assert!(name.chars().all(|one| one.is_ascii_alphanumeric()), "{name}");
        assert!(operation["summary"].is_string(), "{method} {path} has no summary");
        for (status, response) in operation["responses"].as_object().unwrap() {
            let described = response["description"].as_str().is_some_and(|text| !text.is_empty());
            assert!(described, "{method} {path}: {status} has no description");
        }
        let scopes = operation["security"].as_array().unwrap();
        for scope in scopes.iter().filter_map(|one| one["key"].as_array()).flatten() {
            let scope = scope.as_str().unwrap();
            assert!(ScopeName::parse(scope).is_some(), "{name} needs {scope}, which is no scope");
        }
    }
}

#[test]
fn every_reference_leads_somewhere_and_no_schema_is_generic() {
    let document = json();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"").skip(1) {
        let name = reference.split('"').next().unwrap();
        let name = name.strip_prefix("#/components/schemas/").unwrap();
        assert!(schemas.contains_key(name), "{name} is referred to and is not there");
        assert!(name.chars().all(|one| one.is_ascii_alphanumeric()), "{name}");
    }
}

#[test]
fn every_field_of_a_call_is_always_there() {
    let document = json();
    for schema in ["Call", "Attempt", "Evidence", "AttemptError", "Me"] {
        let schema = &document["components"]["schemas"][schema];
        let fields: HashSet<&String> = schema["properties"].as_object().unwrap().keys().collect();
        let required = schema["required"].as_array().unwrap();
        let required: HashSet<&str> = required.iter().filter_map(Value::as_str).collect();
        assert_eq!(fields.len(), required.len(), "{schema:#}");
    }
}

#[test]
fn a_new_call_takes_every_field_of_the_librarys_request() {
    let document = json();
    let schema = &document["components"]["schemas"]["CallRequest"];
    let fields: HashSet<&str> =
        schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    let request = CallRequest::new("+442079460018", "Ask for the opening hours.")
        .with(|call| call.default_country = Some("GB".to_owned()));
    let request = serde_json::to_value(request).unwrap();
    // The tenant is the key's, the idempotency key is a header, and rows are the batch's.
    let elsewhere = ["tenant", "idempotency_key", "row_key"];
    let wanted = request.as_object().unwrap().keys().map(String::as_str);
    let wanted: HashSet<&str> = wanted.filter(|name| !elsewhere.contains(name)).collect();
    let missing: Vec<_> = wanted.difference(&fields).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Generated clients put types and functions of their own beside the schemas: Go a constructor
/// `NewCall` beside a type `Call`, most a type `Configuration`.
#[test]
fn no_name_of_a_schema_collides_with_one_that_generators_make() {
    let document = json();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for name in schemas.keys() {
        let constructed = name.strip_prefix("New").is_some_and(|of| schemas.contains_key(of));
        assert!(!constructed, "{name} is what a Go client calls a constructor");
        assert_ne!(name, "Configuration");
    }
}

#[test]
fn the_document_names_a_server_and_the_license() {
    let local = json();
    assert_eq!(local["servers"][0]["url"], "http://127.0.0.1:8080");
    assert_eq!(local["info"]["license"]["identifier"], "MIT OR Apache-2.0");
    let url = "https://calls.example.com/".parse().unwrap();
    let named = serde_json::to_value(document(Some(&url))).unwrap();
    assert_eq!(named["servers"][0]["url"], "https://calls.example.com");
}

/// A type with properties and without a closed list says what else may be in it; an example of a
/// list's items is an item.
#[test]
fn objects_say_what_they_hold_and_examples_fit() {
    fn walk(value: &Value, path: &str) {
        if let Value::Object(members) = value {
            if value["type"] == "object" {
                let holds = members.contains_key("properties")
                    || members.contains_key("additionalProperties");
                assert!(holds, "{path} is an object of which nothing is said");
            }
            if let (Some("string"), Some(examples)) =
                (value["type"].as_str(), value["examples"].as_array())
            {
                assert!(examples.iter().all(Value::is_string), "{path}: {examples:?}");
            }
            assert!(!members.contains_key("allOf"), "{path} mixes schemas");
        }
        let members: Vec<(String, &Value)> = match value {
            Value::Object(members) => members.iter().map(|(name, of)| (name.clone(), of)).collect(),
            Value::Array(items) => {
                items.iter().enumerate().map(|(at, of)| (at.to_string(), of)).collect()
            }
            _ => Vec::new(),
        };
        for (name, of) in members {
            walk(of, &format!("{path}/{name}"));
        }
    }
    walk(&json(), "#");
}
