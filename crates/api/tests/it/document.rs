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
    let schema = &document["components"]["schemas"]["NewCall"];
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
