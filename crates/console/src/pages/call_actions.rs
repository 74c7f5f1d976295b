//! What can be done about a call. Each is what the API does, and is written down.

use axum::{
    extract::{Path, State},
    response::Response,
};
use switchboard_api::{
    caller::{CallsResolve, CallsWrite},
    idempotency::RequestKey,
    problem::Problem,
    wire::{NewVerdict, VerdictWord},
};

use crate::{
    console::Console,
    failure::Failure,
    form::Form,
    pages::call::id_of,
    visitor::{Visitor, go_to},
};

pub(crate) async fn stop(
    State(console): State<Console>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(_): Form,
) -> Result<Response, Failure> {
    let id = id_of(&id)?;
    console.service().stop(visitor.may_in_full::<CallsWrite>()?, id).await?;
    Ok(go_to(&format!("/console/calls/{id}?done=stopped")))
}

pub(crate) async fn resolve(
    State(console): State<Console>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Response, Failure> {
    let id = id_of(&id)?;
    let verdict: Option<VerdictWord> = fields.word("verdict")?;
    let verdict = verdict.ok_or_else(|| {
        Problem::invalid("verdict", "is missing", "choose what you found out about the call")
    })?;
    let new = NewVerdict {
        verdict,
        // The form has a field for it whatever was chosen.
        outcome: match verdict {
            VerdictWord::Ended => fields.word("outcome")?,
            VerdictWord::Placed | VerdictWord::NotPlaced => None,
        },
        provider_call_id: fields.owned("provider_call_id"),
        note: fields.needed("note", "say why, without phone numbers")?.to_owned(),
    };
    console.service().resolve(visitor.may_in_full::<CallsResolve>()?, id, &new).await?;
    Ok(go_to(&format!("/console/calls/{id}?done=resolved")))
}

pub(crate) async fn again(
    State(console): State<Console>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Response, Failure> {
    let id = id_of(&id)?;
    let key = RequestKey::new(fields.shown("key"))?;
    let by = visitor.may_in_full::<CallsWrite>()?;
    let record = console.service().place_again(by, id, &key).await?;
    Ok(go_to(&format!("/console/calls/{}?done=placed", record.call.id)))
}
