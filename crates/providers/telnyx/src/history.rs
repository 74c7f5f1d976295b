//! Reading the history of events.

use futures::TryStreamExt;
use switchboard_core::Result;
use switchboard_http::{PageOf, ReadBudget, pages};

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

/// How the call with this leg went, as far as the history has it.
pub(crate) async fn course(
    client: &TelnyxClient,
    budget: &ReadBudget,
    leg: &str,
) -> Result<Course> {
    let mut course = Course::default();
    for row in rows(client, budget, &EventQuery::new().leg(leg)).await? {
        if let Some(event) = &row.metadata {
            course.add(event);
        }
    }
    Ok(course)
}

/// The event's own id where it has one; a row has none.
fn row_id(row: &wire::HistoryRow) -> String {
    let id = row.metadata.as_ref().and_then(|event| event.id.clone());
    id.unwrap_or_else(|| row.raw.value().to_string())
}
