//! Searching for a call whose placing request ended in `Unknown`.
//!
//! KaiCalls has no idempotency key and its records do not show the callee. What remains, strongest
//! first: the lead that we sent, the usage log's row of a placed call, and the agent's list of
//! calls. None of these names the callee, so each candidate's record is read as well, and one that
//! contradicts the request is dropped.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use switchboard_core::{
    AgentId, CallFilter, Direction, Error, ErrorKind, PageRequest, PlaceRequest, Proof,
    ProviderCall, ProviderCallId, Result, Trace, UsageFilter,
};
use switchboard_http::{ReadBudget, ReadLimits};

use crate::{KaiCallsClient, convert, listing, record, usage, wire};

/// How far the provider's clock may be behind ours.
const CLOCK_BEHIND: SignedDuration = SignedDuration::from_secs(60);
/// How long after the request its call may be created: the longest time that we wait for the
/// answer, plus clock differences.
const CREATED_WITHIN: SignedDuration = SignedDuration::from_secs(180);
/// How many candidates are read, so that one search does not use up the limit of reads.
const MAX_CANDIDATES: usize = 30;

/// Candidates, strongest first. If one source cannot be read, the results of the other count; if
/// that found nothing, the failure is returned. A source that is longer than what is read of it may
/// contain other candidates, so nothing that was found proves anything.
pub(crate) async fn trace(
    client: &KaiCallsClient,
    agent: Option<&AgentId>,
    order: &PlaceRequest,
    sent_at: Timestamp,
) -> Result<Vec<Trace>> {
    let since = sent_at.checked_sub(CLOCK_BEHIND).unwrap_or(Timestamp::MIN);
    let until = sent_at.checked_add(CREATED_WITHIN).unwrap_or(Timestamp::MAX);
    let mut found: BTreeMap<ProviderCallId, Proof> = BTreeMap::new();
    let mut failure = None;
    let budget = ReadBudget::new(client.provider().clone(), ReadLimits::SEARCH);
    let client = &client.within(&budget);

    let filter = CallFilter {
        since: Some(since),
        until: Some(until),
        agent: agent.cloned(),
        ..CallFilter::default()
    };
    match listed(client, &budget, filter).await {
        // A row without an id might be ours: leaving it out could make a wrong call look like the
        // only one.
        Ok((_, without_id)) if without_id > 0 => {
            return Err(Error::new(
                ErrorKind::Decode,
                "a row of the list has no call id and might be this call",
            )
            .with_provider(client.provider().clone())
            .with_operation("calls.trace"));
        }
        Ok((listed, _)) => {
            let outbound =
                listed.into_iter().filter(|call| call.direction != Some(Direction::Inbound));
            found.extend(outbound.map(|call| (call.id, Proof::AgentAndTime)));
        }
        Err(error) if budget.is_exhausted() => return Err(error),
        Err(error) => failure = Some(error),
    }
    match usage::rows(
        client,
        &budget,
        &UsageFilter { since: Some(since), until: Some(until), limit: None },
    )
    .await
    {
        Ok(rows) => found
            .extend(rows.into_iter().filter_map(|row| Some((placed_by(&row)?, Proof::UsageRow)))),
        Err(error) => failure = failure.or(Some(error)),
    }
    if budget.is_exhausted() {
        let message = "the usage log was not read to its end: it is longer than the limit";
        return Err(Error::new(ErrorKind::Decode, message)
            .with_provider(client.provider().clone())
            .with_operation("calls.trace"));
    }

    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_key(|(_, proof)| rank(*proof));
    let mut traces = Vec::new();
    for (read, (id, proof)) in found.into_iter().enumerate() {
        if read >= MAX_CANDIDATES {
            traces.push(Trace { call: id, proof });
            continue;
        }
        // A candidate that cannot be read might be any call: with or without it, a wrong call could
        // look like the only one.
        let call = convert::call(client.provider(), record::read(client, &id).await?)
            .ok_or_else(|| record::missing(client))?;
        if let Some(proof) = check_candidate(order, agent, &call, proof, since, until) {
            traces.push(Trace { call: id, proof });
        }
    }
    traces.sort_by_key(|trace| rank(trace.proof));
    match failure {
        Some(error) if traces.is_empty() => Err(error),
        Some(_) | None => Ok(traces),
    }
}

/// All calls of the time window, and how many of its rows have no id.
async fn listed(
    client: &KaiCallsClient,
    budget: &ReadBudget,
    filter: CallFilter,
) -> Result<(Vec<ProviderCall>, usize)> {
    let mut page = PageRequest::default();
    let (mut calls, mut without_id) = (Vec::new(), 0);
    loop {
        let answer = listing::rows(client, budget, &filter, &page).await?;
        without_id += answer.without_id;
        calls.extend(answer.page.items);
        match answer.page.next {
            Some(cursor) if page.cursor.as_ref() != Some(&cursor) => page.cursor = Some(cursor),
            Some(_) | None => return Ok((calls, without_id)),
        }
    }
}

/// The call of a row that records a successful `POST /v1/calls`.
fn placed_by(row: &wire::UsageRow) -> Option<ProviderCallId> {
    let endpoint = row.endpoint.as_deref()?.trim_end_matches('/').to_ascii_lowercase();
    let placing =
        row.method.as_deref()?.eq_ignore_ascii_case("POST") && endpoint.ends_with("/v1/calls");
    let succeeded = row.status_code.is_none_or(|status| (200..300).contains(&status));
    (placing && succeeded).then_some(())?;
    row.call_id.as_deref().filter(|id| !id.is_empty()).map(ProviderCallId::from)
}

/// The proof after reading a candidate's record: `None` if it contradicts the request.
fn check_candidate(
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
        | Proof::Reference
        | Proof::Record
        | Proof::Conversation
        | Proof::Operator
        | Proof::AssumedNotPlaced => 3,
    }
}
