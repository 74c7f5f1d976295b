//! Rate decks, and what a call would cost.

use askama::Template;
use axum::{extract::State, response::Response};
use switchboard_api::{
    caller::ProvidersRead,
    wire::{Quote, QuoteRow},
};

use crate::{
    console::Console,
    failure::{Failure, page},
    fields::Fields,
    form::Form,
    frame::{Frame, Place},
    text::{Moment, NONE, moment, money, seconds},
    visitor::Visitor,
};

struct Deck {
    provider: String,
    name: String,
    rows: u64,
    currency: String,
}

struct Price {
    provider: String,
    cost: String,
    billed: String,
    row: Option<RowView>,
    skipped: Vec<String>,
}

struct RowView {
    deck: String,
    prefix: String,
    per_minute: String,
    fee: String,
    steps: String,
    from: Option<Moment>,
    until: Option<Moment>,
}

#[derive(Template)]
#[template(path = "rates.html")]
struct Rates {
    frame: Frame,
    fields: Fields,
    decks: Vec<Deck>,
    prices: Option<Vec<Price>>,
    /// Why there are no prices.
    wrong: Option<String>,
}

pub(crate) async fn show(
    State(console): State<Console>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    shown(&console, &visitor, Fields::default(), None, None)
}

/// What a call to this number would cost. It is a form, so that the number is in no address.
pub(crate) async fn quote(
    State(console): State<Console>,
    visitor: Visitor,
    Form(fields): Form,
) -> Result<Response, Failure> {
    let reads = visitor.may::<ProvidersRead>()?;
    let service = console.service();
    let at = fields.time("at")?.unwrap_or_else(|| service.clock().now());
    let lasts = fields.number("seconds", 1, 3_600)?;
    let to = fields.needed("to", "write the number in full, as +442079460123")?;
    let (prices, wrong) = match service.quote(reads, to, at, lasts) {
        Ok(quotes) => (Some(quotes.data.iter().map(Price::new).collect()), None),
        Err(problem) => (None, Some(format!("{}.", problem.detail()))),
    };
    shown(&console, &visitor, fields.clone(), prices, wrong)
}

fn shown(
    console: &Console,
    visitor: &Visitor,
    fields: Fields,
    prices: Option<Vec<Price>>,
    wrong: Option<String>,
) -> Result<Response, Failure> {
    let decks = console.service().decks(visitor.may::<ProvidersRead>()?).data;
    let decks = decks.into_iter().map(|deck| Deck {
        provider: deck.provider,
        name: deck.name,
        rows: deck.rows,
        currency: deck.currency,
    });
    page(&Rates {
        frame: visitor.frame(Place::Rates, "Rates"),
        decks: decks.collect(),
        fields,
        prices,
        wrong,
    })
}

impl Price {
    fn new(quote: &Quote) -> Self {
        Self {
            provider: quote.provider.clone(),
            cost: money(quote.cost.as_ref()),
            billed: quote.billed_seconds.map_or(NONE.to_owned(), |it| seconds(it as f64)),
            row: quote.row.as_ref().map(RowView::new),
            skipped: quote.skipped.clone(),
        }
    }
}

impl RowView {
    fn new(row: &QuoteRow) -> Self {
        Self {
            deck: row.deck.clone(),
            prefix: row.prefix.clone(),
            per_minute: money(Some(&row.per_minute)),
            fee: money(Some(&row.connection_fee)),
            steps: format!(
                "{} s, then {} s, at least {} s",
                row.first_increment_seconds, row.next_increment_seconds, row.minimum_seconds
            ),
            from: moment(row.effective_from),
            until: moment(row.effective_until),
        }
    }
}
