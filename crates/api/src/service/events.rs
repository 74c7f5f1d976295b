//! Reading and following events.

use switchboard::{CallId, journal::server::FeedQuery};

use crate::{
    Service,
    caller::{Allowed, EventsRead},
    events::{EventCursors, EventStream},
    problem::{Code, Problem, Result},
    wire::{Event, EventPage},
};

/// Which events, from where on.
#[derive(Debug, Clone, Default)]
pub struct EventQuery {
    /// A cursor: only events behind it.
    pub after: Option<String>,
    /// Only events of these types. Empty: any type.
    pub kinds: Vec<String>,
    /// Only events about this call.
    pub call: Option<CallId>,
}

impl Service {
    /// Events of the caller's tenant, oldest first. Without a cursor, from the oldest on that is
    /// kept.
    ///
    /// # Errors
    /// `cursor_invalid`; `events_gone` with `oldest`.
    pub async fn events(
        &self,
        by: Allowed<'_, EventsRead>,
        query: EventQuery,
        limit: u32,
    ) -> Result<EventPage> {
        let cursors = self.event_cursors(by);
        let after = query.after.as_deref().map(|cursor| cursors.open(cursor)).transpose()?;
        let begin = match after {
            Some(after) => after,
            None => self.store().bounds().await?.oldest.saturating_sub(1),
        };
        let query = FeedQuery {
            after: begin,
            tenant: by.tenant().cloned(),
            kinds: query.kinds,
            call: query.call,
            limit,
        };
        let page = self.store().feed(&query).await?;
        // Afterwards, so that nothing is forgotten between the check and the reading.
        if after.is_some() {
            cursors.check(begin, self.store().bounds().await?)?;
        }
        Ok(EventPage {
            data: page.events.iter().map(|one| Event::from(&one.event)).collect(),
            has_more: page.has_more,
            next_cursor: cursors.seal(page.read_up_to.max(begin)),
        })
    }

    /// A stream of events of the caller's tenant. Without a cursor, from now on.
    ///
    /// # Errors
    /// `cursor_invalid`; `events_gone` with `oldest`; `too_many_streams`; `stopping`.
    pub(crate) async fn event_stream(
        &self,
        by: Allowed<'_, EventsRead>,
        query: EventQuery,
    ) -> Result<EventStream> {
        if self.hub().is_closed() {
            return Err(Problem::new(Code::Stopping, "this process is being stopped"));
        }
        let permits = (self.count_any_stream()?, self.count_stream(by.caller())?);
        let cursors = self.event_cursors(by);
        let bounds = self.store().bounds().await?;
        let after = match query.after.as_deref().map(|cursor| cursors.open(cursor)).transpose()? {
            Some(after) => {
                cursors.check(after, bounds)?;
                after
            }
            None => bounds.newest,
        };
        Ok(EventStream {
            service: self.clone(),
            cursors,
            query: FeedQuery {
                after,
                tenant: by.tenant().cloned(),
                kinds: query.kinds,
                call: query.call,
                limit: 1,
            },
            key: by.caller().id().clone(),
            after,
            ends_at: self.clock().uptime() + self.settings().events.stream_lifetime,
            _permits: permits,
        })
    }

    fn event_cursors(&self, by: Allowed<'_, EventsRead>) -> EventCursors {
        EventCursors { cursors: self.cursors().clone(), tenant: by.tenant().cloned() }
    }
}
