//! Keys: made and shown once, rotated, revoked.

use std::time::Duration;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use switchboard_api::{
    caller::KeysManage,
    idempotency::RequestKey,
    problem::Problem,
    wire::{CreatedKey, Key, NewKey, OwnLimits},
};
use uuid::Uuid;

use crate::{
    console::Console,
    failure::{Failure, page},
    form::Form,
    frame::{Frame, Place},
    text::{Moment, moment, or_none},
    visitor::{Visitor, go_to},
    words::Badge,
};

const HOUR: u64 = 60 * 60;
/// The longest that a rotated key goes on working.
const LONGEST_OVERLAP: u32 = 168;

struct Row {
    id: String,
    name: String,
    tenant: String,
    scopes: String,
    badge: Badge,
    works: bool,
    made: Moment,
    used: Option<Moment>,
    expires: Option<Moment>,
}

/// A key that was just made.
struct Secret {
    id: String,
    /// `None` if the form was sent before.
    text: Option<String>,
}

#[derive(Template)]
#[template(path = "keys.html")]
struct Keys {
    frame: Frame,
    rows: Vec<Row>,
    made: Option<Secret>,
    operator: bool,
    request: String,
}

pub(crate) async fn show(
    State(console): State<Console>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    shown(&console, &visitor, None).await
}

async fn shown(
    console: &Console,
    visitor: &Visitor,
    made: Option<CreatedKey>,
) -> Result<Response, Failure> {
    let by = visitor.may_in_full::<KeysManage>()?;
    let list = console.service().key_admin().list(by).await?;
    let now = console.service().clock().now();
    let row = |key: &Key| {
        let expired = key.expires_at.is_some_and(|at| at.0 <= now);
        let badge = match (key.revoked_at.is_some(), expired) {
            (true, _) => Badge { text: "revoked", kind: "bad" },
            (false, true) => Badge { text: "expired", kind: "quiet" },
            (false, false) => Badge { text: "works", kind: "good" },
        };
        Row {
            id: key.id.clone(),
            name: or_none(Some(key.name.as_str())),
            tenant: key.tenant.clone().unwrap_or_else(|| "every tenant".to_owned()),
            scopes: key.scopes.join(", "),
            works: key.revoked_at.is_none() && !expired,
            badge,
            made: key.created_at.into(),
            used: moment(key.last_used_at),
            expires: moment(key.expires_at),
        }
    };
    page(&Keys {
        frame: visitor.frame(Place::Keys, "Keys"),
        rows: list.data.iter().map(row).collect(),
        made: made.map(|made| Secret { id: made.key.id, text: made.secret }),
        operator: by.tenant().is_none(),
        request: Uuid::new_v4().to_string(),
    })
}

pub(crate) async fn create(
    State(console): State<Console>,
    visitor: Visitor,
    Form(fields): Form,
) -> Result<Response, Failure> {
    let by = visitor.may_in_full::<KeysManage>()?;
    let days = fields.number("days", 1, 3_650)?;
    let expires = days.and_then(|days| {
        let lasts = Duration::from_secs(u64::from(days) * 24 * HOUR);
        console.service().clock().now().checked_add(lasts).ok()
    });
    let new = NewKey {
        name: fields.needed("name", "say what the key is for")?.to_owned(),
        tenant: fields.owned("tenant"),
        role: Some(fields.needed("role", "choose what the key may do")?.to_owned()),
        scopes: None,
        expires_at: expires.map(|at| at.to_string()),
        ip_allow: fields
            .shown("networks")
            .split([',', ' '])
            .filter(|one| !one.is_empty())
            .map(str::to_owned)
            .collect(),
        limits: OwnLimits::default(),
        confirm: fields.get("confirm").is_some(),
    };
    let request = RequestKey::new(fields.shown("request"))?;
    let made = console.service().key_admin().create(by, &new, Some(&request)).await?;
    shown(&console, &visitor, Some(made)).await
}

pub(crate) async fn rotate(
    State(console): State<Console>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Response, Failure> {
    let by = visitor.may_in_full::<KeysManage>()?;
    let hours = fields.number("hours", 0, LONGEST_OVERLAP)?.unwrap_or(0);
    let overlap = Duration::from_secs(u64::from(hours) * HOUR);
    let made = console.service().key_admin().rotate(by, &id, overlap).await?;
    shown(&console, &visitor, Some(made)).await
}

pub(crate) async fn revoke(
    State(console): State<Console>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(_): Form,
) -> Result<Response, Failure> {
    let by = visitor.may_in_full::<KeysManage>()?;
    if id == by.caller().id().as_str() {
        let fix = "sign in with another key first, and revoke this one from there";
        return Err(Problem::invalid("key", "is the one that you are signed in with", fix).into());
    }
    console.service().key_admin().revoke(by, &id).await?;
    Ok(go_to("/console/keys?done=revoked"))
}
