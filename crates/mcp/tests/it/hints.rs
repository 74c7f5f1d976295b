//! What clients read of the tools before they use any.

use serde_json::{Value, json};

use crate::support::{Person, Server};

#[tokio::test(flavor = "multi_thread")]
async fn every_tool_has_all_hints_and_closed_schemas() {
    let server = Server::start().await;
    let client = server.client(&server.key(true).await, Person::Confirms).await;
    let tools = client.running.list_all_tools().await.unwrap();
    // Reads only, may destroy, may be repeated, reaches outside.
    let hints = [
        ("plan_call", [true, false, true, false]),
        ("check_rules", [true, false, true, false]),
        ("place_call", [false, true, true, true]),
        ("get_call", [true, false, true, false]),
        ("list_calls", [true, false, true, false]),
        ("wait_for_call", [true, false, true, false]),
        ("get_transcript", [true, false, true, true]),
        ("stop_call", [false, true, true, true]),
        ("list_agents", [true, false, true, false]),
    ];
    assert_eq!(tools.len(), hints.len());
    for (tool, (name, hints)) in tools.iter().zip(hints) {
        assert_eq!(tool.name, name);
        let said = tool.annotations.as_ref().unwrap();
        let said = [
            said.read_only_hint,
            said.destructive_hint,
            said.idempotent_hint,
            said.open_world_hint,
        ];
        assert_eq!(said, hints.map(Some), "{name}");
        assert!(tool.title.is_some() && tool.description.is_some());
        let input = Value::Object((*tool.input_schema).clone());
        let output = Value::Object((**tool.output_schema.as_ref().unwrap()).clone());
        for schema in [&input, &output] {
            assert_eq!(schema["additionalProperties"], false, "{name}");
            assert_eq!(schema["type"], "object");
            jsonschema::meta::validate(schema).unwrap();
            jsonschema::draft202012::new(schema).unwrap();
            let text = schema.to_string();
            assert!(!text.contains("#/components/"), "{name}: {text}");
        }
        assert!(!input.to_string().contains("null"), "{name}: {input}");
        for (field, schema) in input["properties"].as_object().unwrap() {
            assert!(schema["description"].is_string(), "{name}.{field}: {schema}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_needs_a_key_a_number_and_a_task() {
    let server = Server::start().await;
    let client = server.client(&server.key(true).await, Person::Confirms).await;
    let tools = client.running.list_all_tools().await.unwrap();
    let place = tools.iter().find(|tool| tool.name == "place_call").unwrap();
    assert_eq!(place.input_schema["required"], json!(["idempotency_key", "to", "task"]));
    let fields = place.input_schema["properties"].as_object().unwrap();
    assert_eq!(fields["idempotency_key"]["minLength"], 16);
    for claim in
        ["consent", "relationship", "requested_at", "agreed_time", "overrides", "recording"]
    {
        assert!(!fields.contains_key(claim), "{claim}");
    }
}
