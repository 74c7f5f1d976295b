//! Looking for a call whose placing ended in `Unknown`.
//!
//! KaiCalls takes no key and its records do not show the callee. What is left, strongest first: the
//! lead that we sent, the usage log's row of a placed call, and the agent's list. None of it names
//! the callee, so each call is read as well: one that contradicts the order is no candidate.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use switchboard_core::{
    AgentId, CallFilter, Direction, Error, ErrorKind, PageRequest, PlaceRequest, Proof,
    ProviderCall, ProviderCallId, Result, Trace, UsageFilter,
};
use switchboard_http::{Bounds, Walk};

use crate::{KaiCallsClient, convert, listing, record, usage, wire};

/// The provider's clock may be this much behind ours.
const BEFORE: SignedDuration = SignedDuration::from_secs(60);
/// A request may lie with the provider this long before its call is made: the longest that we wait
/// for its answer, and clocks again.
const AFTER: SignedDuration = SignedDuration::from_secs(180);
/// How many calls are read, so that one search does not use up the limit of reads.
const MOST_READ: usize = 30;

/// Candidates, strongest first. Where a source cannot be read, what the other found counts; where
/// it found nothing, the failure does. A source that is longer than what is read of it may hold any
/// number of others: then nothing that was found proves anything.
pub(crate) async fn trace(
    client: &KaiCallsClient,
    agent: Option<&AgentId>,
    order: &PlaceRequest,
    sent_at: Timestamp,
) -> Result<Vec<Trace>> {
    let since = sent_at.checked_sub(BEFORE).unwrap_or(Timestamp::MIN);
    let until = sent_at.checked_add(AFTER).unwrap_or(Timestamp::MAX);
    let mut found: BTreeMap<ProviderCallId, Proof> = BTreeMap::new();
    let mut failure = None;
    let walk = Walk::new(client.provider().clone(), Bounds::LOOK);
    let client = &client.within(&walk);

    let filter = CallFilter { since: Some(since), until: Some(until), agent: agent.cloned() };
    match listed(client, &walk, filter).await {
        // One without a name might be ours: left out, it could make a wrong call look like the only
        // one.
        Ok((_, unnamed)) if unnamed > 0 => {
            return Err(Error::new(
                ErrorKind::Decode,
                "a row of the list has no id of a call: it might be this one",
            )
            .with_provider(client.provider().clone())
            .with_operation("calls.trace"));
        }
        Ok((listed, _)) => {
            let outbound =
                listed.into_iter().filter(|call| call.direction != Some(Direction::Inbound));
            found.extend(outbound.map(|call| (call.id, Proof::AgentAndTime)));
        }
        Err(error) if walk.is_over() => return Err(error),
        Err(error) => failure = Some(error),
    }
    match usage::rows(
        client,
        &walk,
        &UsageFilter { since: Some(since), until: Some(until), limit: None },
    )
    .await
    {
        Ok(rows) => found
            .extend(rows.into_iter().filter_map(|row| Some((placed_by(&row)?, Proof::UsageRow)))),
        Err(error) => failure = failure.or(Some(error)),
    }
    if walk.is_over() {
        let message = "the usage log is longer than what is read of it: what was read is not all";
        return Err(Error::new(ErrorKind::Decode, message)
            .with_provider(client.provider().clone())
            .with_operation("calls.trace"));
    }

    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_key(|(_, proof)| rank(*proof));
    let mut traces = Vec::new();
    for (read, (id, proof)) in found.into_iter().enumerate() {
        if read >= MOST_READ {
            traces.push(Trace { call: id, proof });
            continue;
        }
        // One that cannot be read might be anybody's: left in or left out, it could make a wrong
        // call look like the only one.
        let call = convert::call(client.provider(), record::read(client, &id).await?)
            .ok_or_else(|| record::missing(client))?;
        if let Some(proof) = weigh(order, agent, &call, proof, since, until) {
            traces.push(Trace { call: id, proof });
        }
    }
    traces.sort_by_key(|trace| rank(trace.proof));
    match failure {
        Some(error) if traces.is_empty() => Err(error),
        Some(_) | None => Ok(traces),
    }
}

/// All calls of the window, and how many rows of it name no call.
async fn listed(
    client: &KaiCallsClient,
    walk: &Walk,
    filter: CallFilter,
) -> Result<(Vec<ProviderCall>, usize)> {
    let mut page = PageRequest::default();
    let (mut calls, mut unnamed) = (Vec::new(), 0);
    loop {
        let answer = listing::rows(client, walk, &filter, &page).await?;
        unnamed += answer.unnamed;
        calls.extend(answer.page.items);
        match answer.page.next {
            Some(cursor) if page.cursor.as_ref() != Some(&cursor) => page.cursor = Some(cursor),
            Some(_) | None => return Ok((calls, unnamed)),
        }
    }
}

/// The call of a row that says `POST /v1/calls` succeeded.
fn placed_by(row: &wire::UsageRow) -> Option<ProviderCallId> {
    let endpoint = row.endpoint.as_deref()?.trim_end_matches('/').to_ascii_lowercase();
    let placing =
        row.method.as_deref()?.eq_ignore_ascii_case("POST") && endpoint.ends_with("/v1/calls");
    let succeeded = row.status_code.is_none_or(|status| (200..300).contains(&status));
    (placing && succeeded).then_some(())?;
    row.call_id.as_deref().filter(|id| !id.is_empty()).map(ProviderCallId::from)
}

/// What a candidate's own record adds: `None` where it contradicts the order.
fn weigh(
    order: &PlaceRequest,
    agent: Option<&AgentId>,
    call: &ProviderCall,
    proof: Proof,
    since: Timestamp,
    until: Timestamp,
) -> Option<Proof> {
    let inbound = call.direction == Some(Direction::Inbound);
    let other_agent = matches!((agent, &call.agent), (Some(ours), Some(its)) if ours != its);
    let other_callee = call.to.as_ref().is_some_and(|to| *to != order.call.to);
    let other_time = call.created_at.is_some_and(|at| at < since || at >= until);
    let lead = match (&order.call.lead_id, &call.lead_id) {
        (Some(ours), Some(its)) => Some(ours == its),
        (Some(_), None) | (None, Some(_)) | (None, None) => None,
    };
    if inbound || other_agent || other_callee || other_time || lead == Some(false) {
        return None;
    }
    Some(if lead == Some(true) { Proof::LeadId } else { proof })
}

fn rank(proof: Proof) -> u8 {
    match proof {
        Proof::LeadId => 0,
        Proof::UsageRow => 1,
        Proof::AgentAndTime => 2,
        Proof::Answer
        | Proof::NotSent
        | Proof::NeverClaimed
        | Proof::Webhook
        | Proof::NumberAndTask
        | Proof::Record
        | Proof::Operator
        | Proof::AssumedNotPlaced => 3,
    }
}
