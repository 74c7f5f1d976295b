//! Reading: placed calls can be found.

use std::collections::HashSet;

use futures::TryStreamExt;
use switchboard_core::{CallFilter, CallsExt, ErrorKind, ProviderCallId};

use crate::conformance::{
    report::Report,
    suite::{Suite, expect, failure},
};

pub(crate) async fn run(suite: &Suite<'_>, report: &mut Report) {
    report.note("a call is read by its id", by_id(suite).await);
    report.note("an id that nobody has is not found", unknown_id(suite).await);
    report.note("a list shows each call once, newest first", listed(suite).await);
    report.note("a list begins where it is asked to", since(suite).await);
    report.note("a finished call has a transcript", transcript(suite).await);
    report.note("a finished call has a recording", recording(suite).await);
}

async fn by_id(suite: &Suite<'_>) -> Result<(), String> {
    let (_, call) = suite.finished().await?;
    let again =
        suite.provider.calls().get(&call.id).await.map_err(|error| failure("get", &error))?;
    expect(again.id == call.id && again.state == call.state, || {
        format!("{} became {:?}", again.id, again.state)
    })
}

async fn unknown_id(suite: &Suite<'_>) -> Result<(), String> {
    match suite
        .provider
        .calls()
        .get(&ProviderCallId::new("00000000-0000-4000-8000-000000000000"))
        .await
    {
        Ok(call) => Err(format!("it answered with {}", call.id)),
        Err(error) => expect(error.kind() == ErrorKind::NotFound, || failure("get", &error)),
    }
}

async fn listed(suite: &Suite<'_>) -> Result<(), String> {
    let mut placed = Vec::new();
    for _ in 0..3 {
        placed.push(suite.finished().await?.1.id);
    }
    let all: Vec<_> = suite
        .provider
        .calls()
        .all(CallFilter::default())
        .try_collect()
        .await
        .map_err(|error| failure("list", &error))?;
    let ids: HashSet<_> = all.iter().map(|call| call.id.clone()).collect();
    expect(ids.len() == all.len(), || "a call is listed twice".to_owned())?;
    expect(placed.iter().all(|id| ids.contains(id)), || "a call is not listed".to_owned())?;
    let times: Vec<_> = all.iter().filter_map(|call| call.created_at).collect();
    expect(times.is_sorted_by(|newer, older| newer >= older), || {
        "the list is not newest first".to_owned()
    })
}

async fn since(suite: &Suite<'_>) -> Result<(), String> {
    suite.finished().await?;
    let future = suite
        .clock
        .now()
        .checked_add(std::time::Duration::from_secs(3600))
        .map_err(|error| error.to_string())?;
    let filter = CallFilter { since: Some(future), ..CallFilter::default() };
    let all: Vec<_> = suite
        .provider
        .calls()
        .all(filter)
        .try_collect()
        .await
        .map_err(|error| failure("list", &error))?;
    expect(all.is_empty(), || {
        format!("{} calls are listed although they would have to be in the future", all.len())
    })
}

async fn transcript(suite: &Suite<'_>) -> Result<(), String> {
    let (_, call) = suite.finished().await?;
    let transcript = suite
        .provider
        .calls()
        .transcript(&call.id)
        .await
        .map_err(|error| failure("transcript", &error))?;
    expect(!transcript.entries.is_empty(), || "the transcript is empty".to_owned())
}

async fn recording(suite: &Suite<'_>) -> Result<(), String> {
    let (_, call) = suite.finished().await?;
    let recording = suite
        .provider
        .calls()
        .recording(&call.id)
        .await
        .map_err(|error| failure("recording", &error))?;
    expect(!format!("{recording:?}").contains(recording.url.path()), || {
        "Debug shows the URL of the recording".to_owned()
    })
}
