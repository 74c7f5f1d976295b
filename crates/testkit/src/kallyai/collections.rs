//! Stores the items of the sections that only store and return them. Each item is a JSON object
//! with an `id`.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::codes::Refused;
use super::state::SimState;
use crate::host::Params;

impl SimState {
    /// Adds an item to its collection, with an `id` and `created_at` before its fields.
    pub(crate) fn keep(&self, kind: &'static str, fields: Value) -> Value {
        let mut collections = self.collections.lock();
        let mut thing = json!({"id": self.id(kind, collections.made), "created_at": self.host.timeline.rfc3339()});
        collections.made += 1;
        if let (Value::Object(thing), Value::Object(fields)) = (&mut thing, fields) {
            thing.extend(fields);
        }
        collections.kinds.entry(kind).or_default().push(thing.clone());
        thing
    }

    /// Returns the items of a kind that match, newest first, limited by `limit` and `offset`.
    pub(crate) fn kept(
        &self,
        kind: &'static str,
        params: &Params,
        passes: impl Fn(&Value) -> bool,
    ) -> Result<Vec<Value>, Refused> {
        let bad = |()| self.refuse("bad_request", "limit and offset are whole numbers");
        let limit = params.number("limit", 50).map_err(bad)?;
        let offset = params.number("offset", 0).map_err(bad)?;
        let collections = self.collections.lock();
        let things = collections.kinds.get(kind).into_iter().flatten().rev();
        Ok(things.filter(|thing| passes(thing)).skip(offset).take(limit).cloned().collect())
    }

    /// Changes an item and returns it.
    pub(crate) fn alter(
        &self,
        kind: &'static str,
        id: &str,
        missing: &str,
        change: impl FnOnce(&mut Map<String, Value>) -> Result<(), Refused>,
    ) -> Result<Value, Refused> {
        let mut collections = self.collections.lock();
        let things = collections.kinds.entry(kind).or_default();
        let thing = things.iter_mut().find(|thing| thing["id"] == id);
        let thing = thing.ok_or_else(|| self.refuse(missing, format!("no such {kind}")))?;
        if let Value::Object(fields) = thing {
            change(fields)?;
        }
        Ok(thing.clone())
    }

    /// Returns an item.
    pub(crate) fn find(
        &self,
        kind: &'static str,
        id: &str,
        missing: &str,
    ) -> Result<Value, Refused> {
        self.alter(kind, id, missing, |_| Ok(()))
    }

    /// Sets fields of an item.
    pub(crate) fn merge(
        &self,
        kind: &'static str,
        id: &str,
        fields: Map<String, Value>,
    ) -> Result<Value, Refused> {
        self.alter(kind, id, "not_found", |thing| {
            thing.extend(fields.into_iter().filter(|(name, _)| name != "id"));
            Ok(())
        })
    }

    /// Removes an item from its collection.
    pub(crate) fn discard(&self, kind: &'static str, id: &str) -> Result<Value, Refused> {
        let thing = self.find(kind, id, "not_found")?;
        self.collections.lock().kinds.entry(kind).or_default().retain(|kept| kept["id"] != id);
        Ok(thing)
    }

    /// Parses a body that must be a JSON object with these fields.
    pub(crate) fn object(
        &self,
        body: &[u8],
        required: &[&str],
    ) -> Result<Map<String, Value>, Refused> {
        let Ok(Value::Object(fields)) = serde_json::from_slice(body) else {
            return Err(self.refuse("bad_request", "the body is not a JSON object"));
        };
        match required.iter().find(|name| fields.get(**name).is_none_or(Value::is_null)) {
            Some(name) => Err(self.refuse("bad_request", format!("{name} is required"))),
            None => Ok(fields),
        }
    }
}

/// A response with status 200.
pub(crate) fn ok(body: Value) -> Result<Response, Refused> {
    Ok(Json(body).into_response())
}

/// A response with status 201.
pub(crate) fn created(body: Value) -> Result<Response, Refused> {
    Ok((StatusCode::CREATED, Json(body)).into_response())
}
