//! How a person is asked: from 2026-07-28 on by an answer that needs input, with what they were asked
//! sealed in it; before that by a request to the client, where the transport can carry one.

use rmcp::{
    RoleServer,
    model::{
        CallToolRequestParams, ElicitRequest, ElicitationAction, InputRequest, InputRequests,
        InputRequiredResult, ProtocolVersion,
    },
    service::{RequestContext, ServiceError},
};
use serde_json::Value;
use switchboard::jiff::Timestamp;
use switchboard_api::{Code, Problem, problem::Result, service::CallPreview};

use super::{
    question::{NAME, form, is_yes},
    seal::{Bound, HOLDS, Seals},
};

/// What came of it.
#[derive(Debug)]
pub(crate) enum Asked {
    /// They said yes.
    Yes,
    /// They have to be asked by the client, which sends the request again with their answer.
    Question(Box<InputRequiredResult>),
}

/// Asks a person, or reads what they answered. `reaches_client`: the server can send requests of its
/// own to the client.
///
/// # Errors
/// `confirmation_needed` if nobody can be asked, `not_confirmed`, `confirmation_invalid`.
pub(crate) async fn ask(
    seals: &Seals,
    bound: &Bound<'_>,
    preview: &CallPreview,
    request: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
    (now, reaches_client): (Timestamp, bool),
) -> Result<Asked> {
    let stateless = context
        .protocol_version()
        .is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str());
    if !stateless {
        return ask_the_client(preview, context, reaches_client).await;
    }
    match &request.request_state {
        Some(state) => {
            seals.open(state, bound, now)?;
            answered(request)?;
            Ok(Asked::Yes)
        }
        None if can_ask(context) => {
            let question = InputRequest::Elicitation(ElicitRequest::new(form(preview)?));
            let questions = InputRequests::from([(NAME.to_owned(), question)]);
            let state = seals.seal(bound, now);
            Ok(Asked::Question(Box::new(InputRequiredResult::new(Some(questions), Some(state)))))
        }
        None => Err(nobody_to_ask("this client does not say that it can ask one (elicitation)")),
    }
}

/// Reads what the client sent as the person's answer.
fn answered(request: &CallToolRequestParams) -> Result<()> {
    let answer = request.input_responses.as_ref().and_then(|answers| answers.get(NAME));
    let action = answer.and_then(|answer| answer.get("action")).and_then(Value::as_str);
    let Some(action) = action else {
        let detail = "the answer of the person is not there";
        return Err(Problem::new(Code::ConfirmationInvalid, detail)
            .field("inputResponses")
            .fix(format!("send what they answered as {NAME}")));
    };
    is_yes(action, answer.and_then(|answer| answer.get("content")))
}

async fn ask_the_client(
    preview: &CallPreview,
    context: &RequestContext<RoleServer>,
    reaches_client: bool,
) -> Result<Asked> {
    if !reaches_client {
        return Err(nobody_to_ask(
            "over HTTP that takes a client of the protocol version 2026-07-28, and this one speaks an older version",
        ));
    }
    if !can_ask(context) {
        return Err(nobody_to_ask("this client does not say that it can ask one (elicitation)"));
    }
    let asked = context.peer.create_elicitation_with_timeout(form(preview)?, Some(HOLDS));
    let answer = asked.await.map_err(|error| match error {
        ServiceError::Timeout { .. } => {
            Problem::new(Code::NotConfirmed, "nobody answered within ten minutes")
        }
        _ => nobody_to_ask("this client could not ask one"),
    })?;
    let action = match answer.action {
        ElicitationAction::Accept => "accept",
        ElicitationAction::Decline => "decline",
        _ => "cancel",
    };
    is_yes(action, answer.content.as_ref())?;
    Ok(Asked::Yes)
}

/// True if the client says that it shows forms. One that names no kind of question means forms.
fn can_ask(context: &RequestContext<RoleServer>) -> bool {
    let asks = context.client_capabilities().and_then(|can| can.elicitation);
    asks.is_some_and(|asks| asks.form.is_some() || asks.url.is_none())
}

fn nobody_to_ask(why: &'static str) -> Problem {
    Problem::new(
        Code::ConfirmationNeeded,
        format!("a person has to confirm each call of this key, and {why}"),
    )
    .fix("use a client that can ask, or a key with confirm: never (switchboard keys create --confirm never, or \"confirm\": false over HTTP), which leaves the question to the client's own approval of a tool that rings phones")
}
