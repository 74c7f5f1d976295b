//! `get_call`, `list_calls`, `list_agents`, `get_transcript`.

use rmcp::model::CallToolResponse;
use serde_json::{Value, json};
use switchboard::{
    CallId, Country, ProfileName, TenantId, journal::server::CallsFilter, uuid::Uuid,
};
use switchboard_api::{
    Code, Problem,
    caller::{AgentsRead, CallsContent, CallsRead, ScopeName},
    problem::Result,
    service::CallRecord,
    wire,
};

use super::Use;
use crate::{
    answer::{STRANGER, done, done_after, thin, value},
    arguments::{Filters, Nothing, OfCall, read},
};

const WAIT: &str = "It is not over. Use wait_for_call with its id.";
const OVER: &str = "Nothing more happens to it on its own.";

impl Use<'_> {
    pub(super) async fn get_call(&self) -> Result<CallToolResponse> {
        let by = self.caller.allowed::<CallsRead>()?;
        let wanted: OfCall = read(self.tool, self.arguments)?;
        self.whole(&self.service.call(by, wanted.id()?).await?)
    }

    /// A call as its caller may see it. With words of others in it, it says so first.
    pub(super) fn whole(&self, record: &CallRecord) -> Result<CallToolResponse> {
        let call = record.seen_by(self.caller);
        let next = if call.settled { OVER } else { WAIT };
        let answer = json!({"call": value(&call)?, "next": next});
        let has_words = self.caller.has(ScopeName::CallsContent);
        Ok(if has_words { done_after(STRANGER, answer) } else { done(answer) })
    }

    pub(super) async fn list_calls(&self) -> Result<CallToolResponse> {
        let by = self.caller.allowed::<CallsRead>()?;
        let filters: Filters = read(self.tool, self.arguments)?;
        let mut filter = calls_filter(&filters)?;
        let list = self.list()?;
        let list: Vec<&[u8]> = list.iter().map(String::as_bytes).collect();
        if let Some(cursor) = &filters.cursor {
            let position = self.service.cursors().open(&list, cursor)?;
            let id = Uuid::from_slice(&position).map_err(|_| {
                Problem::new(Code::CursorInvalid, "the cursor is not one of this list")
            })?;
            filter.before = Some(CallId::new(id));
        }
        let found = self.service.calls(by, filter).await?;
        let next = found.next.map(|id| self.service.cursors().seal(&list, id.as_uuid().as_bytes()));
        let calls = found.records.iter().map(|record| thin(&record.seen_by(self.caller)));
        let calls = calls.collect::<Result<Vec<Value>>>()?;
        Ok(done(json!({"calls": calls, "has_more": next.is_some(), "next_cursor": next})))
    }

    /// The list that a cursor belongs to: these filters, of this tenant.
    fn list(&self) -> Result<[String; 3]> {
        let mut filters = self.arguments.clone();
        filters.remove("limit");
        filters.remove("cursor");
        let filters = value(&filters.into_iter().collect::<std::collections::BTreeMap<_, _>>())?;
        let tenant = self.caller.tenant().map_or("*", |tenant| tenant.as_str());
        Ok(["mcp/calls".to_owned(), tenant.to_owned(), filters.to_string()])
    }

    pub(super) fn list_agents(&self) -> Result<CallToolResponse> {
        let by = self.caller.allowed::<AgentsRead>()?;
        let Nothing {} = read(self.tool, self.arguments)?;
        Ok(done(value(&self.service.agents(by))?))
    }

    pub(super) async fn get_transcript(&self) -> Result<CallToolResponse> {
        let by = self.caller.allowed::<CallsContent>()?;
        let wanted: OfCall = read(self.tool, self.arguments)?;
        let id = wanted.id()?;
        let transcript = self.service.transcript(by, id).await?;
        let shown = wire::Transcript::new(id, &transcript);
        let entries: Vec<Value> = shown
            .entries
            .iter()
            .map(|entry| {
                json!({
                    "speaker": entry.speaker, "text": entry.text,
                    "offset_seconds": entry.offset_seconds, "is_stranger": entry.speaker != "agent",
                })
            })
            .collect();
        let answer = json!({"call": shown.call, "notice": STRANGER, "entries": entries});
        Ok(done_after(STRANGER, answer))
    }
}

fn calls_filter(filters: &Filters) -> Result<CallsFilter> {
    let [created_after, created_before] = filters.period()?;
    let country = filters.country.as_deref().map(|code| {
        code.parse::<Country>()
            .map_err(|_| Problem::invalid("country", "is no country", "write two letters, as GB"))
    });
    Ok(CallsFilter {
        tenant: filters.tenant.as_deref().map(TenantId::from),
        statuses: filters.status.clone(),
        outcomes: filters.outcome.clone(),
        agent: filters.agent.as_deref().map(ProfileName::from),
        country: country.transpose()?,
        created_after,
        created_before,
        limit: filters.limit()?,
        ..CallsFilter::default()
    })
}
