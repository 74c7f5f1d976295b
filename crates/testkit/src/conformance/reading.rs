//! Reading: what was placed can be found again.

use std::collections::HashSet;

use futures::TryStreamExt;
use switchboard_core::{CallFilter, CallsExt, ErrorKind, ProviderCallId};

use crate::conformance::{Report, Stage, expect, told};

pub(crate) async fn run(stage: &Stage<'_>, report: &mut Report) {
    report.note("a call is read by its id", by_id(stage).await);
    report.note("an id that nobody has is not found", unknown_id(stage).await);
    report.note("a list shows each call once, newest first", listed(stage).await);
    report.note("a list begins where it is told", since(stage).await);
    report.note("a finished call has a transcript", transcript(stage).await);
    report.note("a finished call has a recording", recording(stage).await);
}

async fn by_id(stage: &Stage<'_>) -> Result<(), String> {
    let (_, call) = stage.finished().await?;
    let again = stage.provider.calls().get(&call.id).await.map_err(|error| told("get", &error))?;
    expect(again.id == call.id && again.state == call.state, || {
        format!("{} became {:?}", again.id, again.state)
    })
}

async fn unknown_id(stage: &Stage<'_>) -> Result<(), String> {
    match stage
        .provider
        .calls()
        .get(&ProviderCallId::new("00000000-0000-4000-8000-000000000000"))
        .await
    {
        Ok(call) => Err(format!("it answered with {}", call.id)),
        Err(error) => expect(error.kind() == ErrorKind::NotFound, || told("get", &error)),
    }
}

async fn listed(stage: &Stage<'_>) -> Result<(), String> {
    let mut placed = Vec::new();
    for _ in 0..3 {
        placed.push(stage.finished().await?.1.id);
    }
    let all: Vec<_> = stage
        .provider
        .calls()
        .all(CallFilter::default())
        .try_collect()
        .await
        .map_err(|error| told("list", &error))?;
    let ids: HashSet<_> = all.iter().map(|call| call.id.clone()).collect();
    expect(ids.len() == all.len(), || "a call is listed twice".to_owned())?;
    expect(placed.iter().all(|id| ids.contains(id)), || "a call is not listed".to_owned())?;
    let times: Vec<_> = all.iter().filter_map(|call| call.created_at).collect();
    expect(times.is_sorted_by(|newer, older| newer >= older), || {
        "the list is not newest first".to_owned()
    })
}

async fn since(stage: &Stage<'_>) -> Result<(), String> {
    stage.finished().await?;
    let future = stage
        .clock
        .now()
        .checked_add(std::time::Duration::from_secs(3600))
        .map_err(|error| error.to_string())?;
    let filter = CallFilter { since: Some(future), ..CallFilter::default() };
    let all: Vec<_> = stage
        .provider
        .calls()
        .all(filter)
        .try_collect()
        .await
        .map_err(|error| told("list", &error))?;
    expect(all.is_empty(), || format!("{} calls are listed that the future made", all.len()))
}

async fn transcript(stage: &Stage<'_>) -> Result<(), String> {
    let (_, call) = stage.finished().await?;
    let transcript = stage
        .provider
        .calls()
        .transcript(&call.id)
        .await
        .map_err(|error| told("transcript", &error))?;
    expect(!transcript.entries.is_empty(), || "nobody said anything".to_owned())
}

async fn recording(stage: &Stage<'_>) -> Result<(), String> {
    let (_, call) = stage.finished().await?;
    let recording = stage
        .provider
        .calls()
        .recording(&call.id)
        .await
        .map_err(|error| told("recording", &error))?;
    expect(!format!("{recording:?}").contains(recording.url.path()), || {
        "Debug shows where the sound is".to_owned()
    })
}
