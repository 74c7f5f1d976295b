//! Reading: placed calls can be found.

use std::collections::HashSet;

use futures::TryStreamExt;
use switchboard_core::{
    CallFilter, CallLists, CallListsExt, ErrorKind, ProviderCall, ProviderCallId, Recordings,
    Transcripts,
};

use crate::conformance::{
    report::Report,
    suite::{READ_EVERY, Suite, expect, failure},
};

/// How often to look for a transcript that comes after the end.
const MOST_LOOKS: u32 = 500;

pub(crate) async fn run(suite: &Suite<'_>, report: &mut Report) {
    report.note("a call is read by its id", by_id(suite).await);
    report.note("an id that nobody has is not found", unknown_id(suite).await);
    report.note("a reference that was sent comes back", reference(suite).await);
    // What a provider cannot do is an ability that it lacks.
    if let Some(lists) = suite.provider.lists() {
        report.note("a list shows each call once, newest first", listed(suite, lists).await);
        report.note("a list begins where it is asked to", since(suite, lists).await);
        report.note("a list is narrowed to a number", to(suite, lists).await);
    }
    if let Some(transcripts) = suite.provider.transcripts() {
        report.note("a finished call has a transcript", transcript(suite, transcripts).await);
    }
    if let Some(recordings) = suite.provider.recordings() {
        report.note("a finished call has a recording", recording(suite, recordings).await);
    }
}

/// Where the record of a call has the attempt's id, every way to read the call shows it.
async fn reference(suite: &Suite<'_>) -> Result<(), String> {
    let (order, call) = suite.finished().await?;
    let sent = order.attempt.to_string();
    let read =
        suite.provider.calls().get(&call.id).await.map_err(|error| failure("get", &error))?;
    let Some(shown) = read.reference else {
        return expect(call.reference.is_none(), || "only the first answer has it".to_owned());
    };
    expect(shown == sent, || format!("{shown} instead of {sent}"))?;
    let Some(lists) = suite.provider.lists() else {
        return Ok(());
    };
    let filter = CallFilter { reference: Some(sent), ..CallFilter::default() };
    let all: Vec<_> =
        lists.all(filter).try_collect().await.map_err(|error| failure("list", &error))?;
    let ids: Vec<_> = all.iter().map(|call| &call.id).collect();
    expect(ids == [&call.id], || format!("a list by reference shows {ids:?}"))
}

/// A record that does not show the number is in no list of it.
async fn to(suite: &Suite<'_>, lists: &dyn CallLists) -> Result<(), String> {
    let (order, call) = suite.finished().await?;
    let filter = CallFilter { to: Some(order.call.to), ..CallFilter::default() };
    let all: Vec<_> =
        lists.all(filter).try_collect().await.map_err(|error| failure("list", &error))?;
    expect(all.iter().all(|other| other.to == Some(order.call.to)), || {
        "it shows another number's calls".to_owned()
    })?;
    // Rows may leave out what the record of one call shows.
    let rows: Vec<_> = lists
        .all(CallFilter::default())
        .try_collect()
        .await
        .map_err(|error| failure("list", &error))?;
    let is_to = |other: &&ProviderCall| other.id == call.id && other.to == Some(order.call.to);
    let omitted = rows.iter().find(is_to).is_some() && !all.iter().any(|other| other.id == call.id);
    expect(!omitted, || "it omits a call to the number".to_owned())
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

async fn listed(suite: &Suite<'_>, lists: &dyn CallLists) -> Result<(), String> {
    let mut placed = Vec::new();
    for _ in 0..3 {
        placed.push(suite.finished().await?.1.id);
    }
    let all: Vec<_> = lists
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

async fn since(suite: &Suite<'_>, lists: &dyn CallLists) -> Result<(), String> {
    suite.finished().await?;
    let future = suite
        .clock
        .now()
        .checked_add(std::time::Duration::from_secs(3600))
        .map_err(|error| error.to_string())?;
    let filter = CallFilter { since: Some(future), ..CallFilter::default() };
    let all: Vec<_> =
        lists.all(filter).try_collect().await.map_err(|error| failure("list", &error))?;
    expect(all.is_empty(), || {
        format!("{} calls are listed although they would have to be in the future", all.len())
    })
}

async fn transcript(suite: &Suite<'_>, transcripts: &dyn Transcripts) -> Result<(), String> {
    let call = suite.answered().await?;
    let mut looks = 0;
    let transcript = loop {
        match transcripts.transcript(&call.id).await {
            Ok(transcript) => break transcript,
            // It may come after the end.
            Err(error) if error.kind() == ErrorKind::NotFound && looks < MOST_LOOKS => {
                looks += 1;
                suite.clock.sleep(READ_EVERY).await;
            }
            Err(error) => return Err(failure("transcript", &error)),
        }
    };
    expect(!transcript.entries.is_empty(), || "the transcript is empty".to_owned())
}

async fn recording(suite: &Suite<'_>, recordings: &dyn Recordings) -> Result<(), String> {
    let call = suite.answered().await?;
    let recording =
        recordings.recording(&call.id).await.map_err(|error| failure("recording", &error))?;
    expect(!format!("{recording:?}").contains(recording.url.path()), || {
        "Debug shows the URL of the recording".to_owned()
    })
}
