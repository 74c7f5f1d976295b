//! Budgets, usage and rate decks.

use axum::{Json as Answer, extract::State};
use jiff::{Timestamp, ToSpan, tz::TimeZone};

use crate::{
    Service,
    caller::{ProvidersRead, UsageRead},
    extract::Permit,
    problem::{Problem, Result},
    routes::params::Params,
    wire::{BudgetList, DeckList, ProblemBody, QuoteList, Usage},
};

/// The longest time of which usage is summed up.
const MOST_DAYS: i64 = 366;

/// Read budgets
///
/// Each in its current period. `held` is what calls under way may cost at most; it is corrected when
/// their bill is known.
#[utoipa::path(
    get, path = "/v1/budgets", operation_id = "listBudgets", tag = "money",
    security(("key" = ["usage:read"])),
    responses((status = 200, description = "The tenant's budgets; for operators, all of them.", body = BudgetList))
)]
pub(super) async fn budgets(
    State(service): State<Service>,
    permit: Permit<UsageRead>,
) -> Result<Answer<BudgetList>> {
    Ok(Answer(service.budgets(permit.allowed()?).await?))
}

/// Read usage
///
/// Calls, seconds and costs by day and provider. A cost that is not known yet is null or counted as
/// unpriced, never zero.
#[utoipa::path(
    get, path = "/v1/usage", operation_id = "getUsage", tag = "money",
    security(("key" = ["usage:read"])),
    params(
        ("from" = Option<String>, Query, description = "From this time on, in RFC 3339. The default is the first of the month, in UTC."),
        ("until" = Option<String>, Query, description = "Until before this time. The default is now."),
    ),
    responses((status = 200, description = "What was used.", body = Usage))
)]
pub(super) async fn usage(
    State(service): State<Service>,
    permit: Permit<UsageRead>,
    params: Params,
) -> Result<Answer<Usage>> {
    params.known(&["from", "until"])?;
    let now = service.clock().now();
    let until = params.time("until")?.unwrap_or(now);
    let from = params.time("from")?.unwrap_or_else(|| first_of_month(until));
    let longest = from.checked_add((MOST_DAYS * 24).hours()).unwrap_or(Timestamp::MAX);
    if from > until || until > longest {
        let fix = format!("let it begin before it ends, {MOST_DAYS} days at most");
        return Err(Problem::invalid("from", "is after the end, or too long before it", fix));
    }
    permit.be_patient();
    Ok(Answer(service.usage(permit.allowed()?, from, until).await?))
}

fn first_of_month(at: Timestamp) -> Timestamp {
    let first = at.to_zoned(TimeZone::UTC).date().first_of_month();
    first.to_zoned(TimeZone::UTC).map_or(at, |midnight| midnight.timestamp())
}

/// List rate decks
#[utoipa::path(
    get, path = "/v1/decks", operation_id = "listDecks", tag = "money",
    security(("key" = ["providers:read"])),
    responses((status = 200, description = "The decks, in the order in which they are asked.", body = DeckList))
)]
pub(super) async fn decks(
    State(service): State<Service>,
    permit: Permit<ProvidersRead>,
) -> Result<Answer<DeckList>> {
    Ok(Answer(service.decks(permit.allowed()?)))
}

/// Ask what a call would cost
///
/// At each provider, with the row that makes the price.
#[utoipa::path(
    get, path = "/v1/decks/quote", operation_id = "quoteCall", tag = "money",
    security(("key" = ["providers:read"])),
    params(
        ("to" = String, Query, description = "The number, in E.164."),
        ("at" = Option<String>, Query, description = "When, in RFC 3339. The default is now."),
        ("seconds" = Option<u32>, Query, description = "How long, 1 to 86,400. The default is as configured.", minimum = 1, maximum = 86400),
    ),
    responses(
        (status = 200, description = "One quote for each provider.", body = QuoteList),
        (status = 422, description = "`number_not_allowed`.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn quote(
    State(service): State<Service>,
    permit: Permit<ProvidersRead>,
    params: Params,
) -> Result<Answer<QuoteList>> {
    params.known(&["to", "at", "seconds"])?;
    let Some(to) = params.one("to")? else {
        return Err(Problem::invalid("to", "is missing", "write the number as +442079460123"));
    };
    let at = params.time("at")?.unwrap_or_else(|| service.clock().now());
    let seconds = params.number("seconds", 1, 86_400)?;
    Ok(Answer(service.quote(permit.allowed()?, to, at, seconds)?))
}
