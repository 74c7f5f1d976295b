//! Pages of calls, made from the history of events.
//!
//! A page is one page of the calls that were initiated, newest first, each with its state from the
//! events since the oldest of them. Every filter is applied here once more, because a filter that a
//! provider ignores would show other people's calls.

use std::collections::HashMap;

use switchboard_core::{CallFilter, Direction, Error, Page, PageRequest, ProviderCall, Result};
use switchboard_http::ReadBudget;

use crate::{
    account::Account,
    api::{EventQuery, LARGEST_PAGE},
    course::Course,
    history,
};

/// The event that each call begins with.
const FIRST: &str = "call.initiated";

/// One page of calls, newest first.
pub(crate) async fn page(
    account: &Account,
    budget: &ReadBudget,
    filter: &CallFilter,
    page: &PageRequest,
) -> Result<Page<ProviderCall>> {
    let number = match &page.cursor {
        Some(cursor) => cursor
            .as_str()
            .parse()
            .map_err(|_| Error::invalid("cursor", "is not from a list of this account"))?,
        None => 1,
    };
    let client = account.client.within(budget);
    let query = query(filter).name(FIRST).page(number).size(page.limit.unwrap_or(LARGEST_PAGE));
    budget.page()?;
    let begun = client.events().list(&query).await?;
    budget.rows(begun.items.len())?;
    let next = begun.next().map(|next| next.to_string());
    let mut courses: Vec<Course> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for event in begun.items.iter().filter_map(history::event) {
        let mut course = Course::default();
        course.add(&event);
        if let Some(id) = course.call_control_id.clone() {
            places.entry(id).or_insert_with(|| {
                courses.push(course);
                courses.len() - 1
            });
        }
    }
    let oldest = courses.iter().filter_map(|course| course.initiated_at).min();
    if let Some(oldest) = oldest {
        let mut later = EventQuery::new().since(oldest);
        if let Some(to) = &filter.to {
            later = later.to(to.e164());
        }
        for row in history::rows(&account.client, budget, &later).await? {
            let Some(event) = history::event(&row) else { continue };
            let id = event.payload.as_ref().and_then(|payload| payload.call_control_id.as_ref());
            if let Some(course) = id.and_then(|id| courses.get_mut(*places.get(id)?)) {
                course.add(&event);
            }
        }
    }
    let mut items: Vec<ProviderCall> = courses
        .iter()
        .filter(|course| course.direction != Some(Direction::Inbound))
        .filter_map(|course| course.report(account.provider(), None))
        .filter(|call| passes(filter, call))
        .collect();
    items.sort_by_key(|call| std::cmp::Reverse(call.created_at));
    Ok(Page { items, next })
}

fn query(filter: &CallFilter) -> EventQuery {
    let mut query = EventQuery::new();
    if let Some(since) = filter.since {
        query = query.since(since);
    }
    if let Some(until) = filter.until {
        query = query.until(until);
    }
    if let Some(to) = &filter.to {
        query = query.to(to.e164());
    }
    query
}

/// No event names the assistant, so a list by agent is empty.
fn passes(filter: &CallFilter, call: &ProviderCall) -> bool {
    let in_time = call.created_at.is_some_and(|at| {
        filter.since.is_none_or(|since| at >= since) && filter.until.is_none_or(|until| at < until)
    });
    in_time && filter.agent.is_none() && filter.is_about(call)
}
