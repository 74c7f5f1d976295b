//! Schemas of tools, made of the components of the OpenAPI document: a field means here what it
//! means there.

use serde_json::{Map, Value, json};
use switchboard_api::document;

const COMPONENTS: &str = "#/components/schemas/";

/// The schemas of the OpenAPI document.
pub(crate) struct Components(Map<String, Value>);

impl Components {
    pub(crate) fn of_the_document() -> Self {
        let mut document = serde_json::to_value(document(None)).unwrap_or_default();
        let schemas = document.pointer_mut("/components/schemas").map(Value::take);
        Self(schemas.and_then(|schemas| schemas.as_object().cloned()).unwrap_or_default())
    }

    /// The names of the fields of a component, in the order of the document.
    pub(crate) fn fields(&self, name: &str) -> Vec<String> {
        let properties = self.0.get(name).and_then(|schema| schema.get("properties"));
        properties
            .and_then(Value::as_object)
            .map_or_else(Vec::new, |fields| fields.keys().cloned().collect())
    }

    /// These fields of a component.
    pub(crate) fn properties(&self, name: &str, fields: &[&str]) -> Map<String, Value> {
        let all = self.0.get(name).and_then(|schema| schema.get("properties"));
        let of = |field: &&str| Some(((*field).to_owned(), all?.get(*field)?.clone()));
        fields.iter().filter_map(of).collect()
    }

    /// What a tool takes: an object with these fields and no others. A field that may be null in the
    /// document is left out instead.
    pub(crate) fn input(
        &self,
        properties: Map<String, Value>,
        required: &[&str],
    ) -> Map<String, Value> {
        let mut schema = self.closed(properties, required);
        for value in schema.values_mut() {
            without_null(value);
        }
        schema
    }

    /// What a tool answers: an object with these fields, all of them always there.
    pub(crate) fn output(&self, properties: Map<String, Value>) -> Map<String, Value> {
        let names: Vec<String> = properties.keys().cloned().collect();
        let required: Vec<&str> = names.iter().map(String::as_str).collect();
        self.closed(properties, &required)
    }

    /// A component as the answer of a tool.
    pub(crate) fn whole(&self, name: &str) -> Map<String, Value> {
        let fields = self.fields(name);
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        self.output(self.properties(name, &fields))
    }

    fn closed(&self, properties: Map<String, Value>, required: &[&str]) -> Map<String, Value> {
        let mut definitions = Map::new();
        let mut properties = Value::Object(properties);
        self.settle(&mut properties, &mut definitions);
        let mut schema = Map::new();
        schema.insert("type".to_owned(), json!("object"));
        schema.insert("additionalProperties".to_owned(), json!(false));
        schema.insert("required".to_owned(), json!(required));
        schema.insert("properties".to_owned(), properties);
        if !definitions.is_empty() {
            schema.insert("$defs".to_owned(), Value::Object(definitions));
        }
        schema
    }

    /// Points references at `$defs`, with everything that they need there.
    fn settle(&self, schema: &mut Value, definitions: &mut Map<String, Value>) {
        match schema {
            Value::Object(object) => {
                if let Some(Value::String(reference)) = object.get_mut("$ref")
                    && let Some(name) = reference.strip_prefix(COMPONENTS).map(str::to_owned)
                {
                    *reference = format!("#/$defs/{name}");
                    self.define(&name, definitions);
                }
                // Clients know few formats of numbers.
                let is_number = |format: &Value| {
                    matches!(format.as_str(), Some("int32" | "int64" | "float" | "double"))
                };
                if object.get("format").is_some_and(is_number) {
                    object.remove("format");
                }
                object.values_mut().for_each(|value| self.settle(value, definitions));
            }
            Value::Array(values) => {
                values.iter_mut().for_each(|value| self.settle(value, definitions));
            }
            _ => {}
        }
    }

    fn define(&self, name: &str, definitions: &mut Map<String, Value>) {
        if definitions.contains_key(name) {
            return;
        }
        let mut schema = self.0.get(name).cloned().unwrap_or_default();
        definitions.insert(name.to_owned(), Value::Null);
        self.settle(&mut schema, definitions);
        definitions.insert(name.to_owned(), schema);
    }
}

/// Takes null out of a schema and of everything in it.
fn without_null(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Array(types)) = object.get_mut("type") {
                types.retain(|one| one != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    object.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(choices)) = object.get_mut("oneOf") {
                choices.retain(|one| one.get("type").is_none_or(|kind| kind != "null"));
                if let [only] = choices.as_slice() {
                    let only = only.as_object().cloned().unwrap_or_default();
                    object.remove("oneOf");
                    for (name, value) in only {
                        object.entry(name).or_insert(value);
                    }
                }
            }
            object.values_mut().for_each(without_null);
        }
        Value::Array(values) => values.iter_mut().for_each(without_null),
        _ => {}
    }
}
