//! Reading the history of events.

use futures::TryStreamExt;
use switchboard_core::{ProviderCallId, Result};
use switchboard_http::{PageOf, ReadBudget, fields::Field, pages};

use crate::{TelnyxClient, api::EventQuery, course::Course, wire};

/// The rows that a query finds, on all its pages.
pub(crate) async fn rows(
    client: &TelnyxClient,
    budget: &ReadBudget,
    query: &EventQuery,
) -> Result<Vec<wire::HistoryRow>> {
    let client = client.within(budget);
    let rows = pages(None, budget.clone(), row_id, |cursor: Option<u32>| {
        let client = client.clone();
        let query = query.clone().page(cursor.unwrap_or(1)).size(crate::api::LARGEST_PAGE);
        async move {
            let page = client.events().list(&query).await?;
            let next = page.next();
            Ok(PageOf { items: page.items, next })
        }
    });
    rows.try_collect().await
}

/// How the call with this id and this leg went, as far as the history has it. A filter that is
/// ignored would show how other calls ended, so events that do not name the call are left out.
pub(crate) async fn course(
    client: &TelnyxClient,
    budget: &ReadBudget,
    id: &ProviderCallId,
    leg: &str,
) -> Result<Course> {
    let mut course = Course::default();
    for event in rows(client, budget, &EventQuery::new().leg(leg)).await?.iter().filter_map(event) {
        let payload = event.payload.as_ref();
        if payload.and_then(|payload| payload.call_control_id.as_deref()) == Some(id.as_str()) {
            course.add(&event);
        }
    }
    Ok(course)
}

/// The event that a row holds. The row has it raw, which is not said to be the whole delivery or what
/// is under its `data`: both are read.
pub(crate) fn event(row: &wire::HistoryRow) -> Option<wire::WebhookEvent> {
    let raw = row.metadata.as_ref()?;
    wire::WebhookEvent::read(raw.get("data").filter(|data| data.is_object()).unwrap_or(raw))
}

/// The event's own id where it has one; a row has none.
fn row_id(row: &wire::HistoryRow) -> String {
    let id = event(row).and_then(|event| event.id);
    id.unwrap_or_else(|| row.raw.value().to_string())
}
