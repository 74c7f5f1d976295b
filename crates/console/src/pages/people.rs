//! People: what is remembered about a number, what the rules say now, and opting out.

use askama::Template;
use axum::{extract::State, response::Response};
use switchboard::rules::Tables;
use switchboard_api::{
    caller::{PeopleRead, PeopleWrite, PlanRead, ScopeName},
    problem::Problem,
    service::{NumberList, RulesQuery},
    wire::{
        CheckRules, ConsentRecord, OptOutHow, OptOutPerson, OptOutRecord, Person, PersonCall,
        Purpose, ShowPerson,
    },
};

use crate::{
    console::Console,
    failure::{Failure, page},
    fields::Fields,
    form::Form,
    frame::{Frame, Place},
    pages::{
        call_view::DecisionView,
        calls::{Choice, word_of},
    },
    text::{Moment, moment, or_none},
    visitor::{Visitor, go_to},
    words::{self, Badge},
};

const PURPOSES: [Purpose; 9] = [
    Purpose::Reservation,
    Purpose::Requested,
    Purpose::Transactional,
    Purpose::Informational,
    Purpose::Survey,
    Purpose::DebtCollection,
    Purpose::Marketing,
    Purpose::Political,
    Purpose::Charity,
];

const fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Reservation => "reservation",
        Purpose::Requested => "requested",
        Purpose::Transactional => "transactional",
        Purpose::Informational => "informational",
        Purpose::Survey => "survey",
        Purpose::DebtCollection => "debt collection",
        Purpose::Marketing => "marketing",
        Purpose::Political => "political",
        Purpose::Charity => "charity",
    }
}

struct ListRow {
    name: String,
    of: Moment,
    days: i64,
    count: u64,
    imported: Moment,
    by: String,
}

struct CallRow {
    id: String,
    tenant: String,
    received: Moment,
    badge: Badge,
    outcome: Option<&'static str>,
}

struct OptOutRow {
    at: Moment,
    what: String,
    by: String,
    note: String,
}

struct ConsentRow {
    tenant: String,
    kind: String,
    given: Option<Moment>,
    purpose: String,
    expires: Option<Moment>,
    withdrawn: Option<Moment>,
    by: String,
}

struct PersonView {
    opted_out: Option<Moment>,
    rings: [u32; 3],
    last_ring: Option<Moment>,
    calls: Vec<CallRow>,
    opt_outs: Vec<OptOutRow>,
    consents: Vec<ConsentRow>,
}

#[derive(Template)]
#[template(path = "people.html")]
struct People {
    frame: Frame,
    fields: Fields,
    purposes: Vec<Choice>,
    lists: Vec<ListRow>,
    tables: Tables,
    rows: usize,
    old: Option<u32>,
    off: Option<String>,
    person: Option<PersonView>,
    decision: Option<DecisionView>,
    /// Why there is no decision.
    undecided: Option<String>,
    may_look_up: bool,
    may_opt_out: bool,
    operator: bool,
}

pub(crate) async fn show(
    State(console): State<Console>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    shown(&console, &visitor, Fields::default()).await
}

/// Looks up a number. It is a form, so that the number is in no address.
pub(crate) async fn look_up(
    State(console): State<Console>,
    visitor: Visitor,
    Form(fields): Form,
) -> Result<Response, Failure> {
    shown(&console, &visitor, fields).await
}

async fn shown(console: &Console, visitor: &Visitor, fields: Fields) -> Result<Response, Failure> {
    let (service, now) = (console.service(), console.service().clock().now());
    let reads = visitor.may::<PlanRead>()?;
    let lists = service.number_lists(reads).await?;
    let found = service.rules(reads, RulesQuery::default(), 0, 1);
    let number = fields.get("to").map(str::to_owned);
    let person = match (&number, visitor.may::<PeopleRead>()) {
        (Some(to), Ok(by)) => {
            let asked = ShowPerson { to: to.clone() };
            Some(PersonView::new(&service.people_admin().show(by, &asked).await?))
        }
        _ => None,
    };
    let (decision, undecided) = match &number {
        Some(to) => match decide(console, visitor, to, &fields).await {
            Ok(decision) => (Some(decision), None),
            Err(problem) => (None, Some(said(&problem))),
        },
        None => (None, None),
    };
    let list = |one: NumberList| ListRow {
        days: now.duration_since(one.as_of).as_hours() / 24,
        name: one.name,
        of: one.as_of.into(),
        count: one.count,
        imported: one.imported_at.into(),
        by: one.imported_by,
    };
    let chosen = fields.shown("purpose").to_owned();
    page(&People {
        frame: visitor.frame(Place::People, "People and rules"),
        purposes: PURPOSES
            .iter()
            .map(|one| {
                let word = word_of_purpose(*one);
                Choice { chosen: word == chosen, label: purpose(*one), word }
            })
            .collect(),
        lists: lists.into_iter().map(list).collect(),
        rows: found.tables.rows().count(),
        tables: found.tables,
        old: found.tables_are_old,
        off: found.off,
        person,
        decision,
        undecided,
        may_look_up: visitor.has(ScopeName::PeopleRead),
        may_opt_out: visitor.has(ScopeName::PeopleWrite),
        operator: reads.tenant().is_none(),
        fields,
    })
}

fn word_of_purpose(one: Purpose) -> String {
    word_of(&one)
}

fn said(problem: &Problem) -> String {
    let field = problem.wrong_field().map(|field| format!("{field} ")).unwrap_or_default();
    format!("{field}{}.", problem.detail())
}

/// What the rules would say now about a call to this number.
async fn decide(
    console: &Console,
    visitor: &Visitor,
    to: &str,
    fields: &Fields,
) -> Result<DecisionView, Problem> {
    let asked = serde_json::json!({
        "to": to,
        "tenant": fields.get("tenant"),
        "purpose": fields.get("purpose"),
    });
    let new: CheckRules = switchboard_api::surface::read_value(&asked)?;
    let by = visitor.may_in_full::<PlanRead>()?;
    let checked = console.service().check_rules(by, &new).await?;
    let mut decision = DecisionView::new(&checked.decision);
    decision.off = checked.off;
    Ok(decision)
}

pub(crate) async fn opt_out(
    State(console): State<Console>,
    visitor: Visitor,
    Form(fields): Form,
) -> Result<Response, Failure> {
    let by = visitor.may_in_full::<PeopleWrite>()?;
    let how = match fields.shown("how") {
        "callee_said" => OptOutHow::CalleeSaid,
        "written" => OptOutHow::Written,
        _ => OptOutHow::Operator,
    };
    let new = OptOutPerson {
        to: fields.needed("to", "write the number in full, as +442079460123")?.to_owned(),
        how,
        at: None,
        note: fields.owned("note"),
    };
    console.service().people_admin().opt_out(by, &new).await?;
    Ok(go_to("/console/people?done=opted-out"))
}

impl PersonView {
    fn new(person: &Person) -> Self {
        let rings = &person.rings;
        Self {
            opted_out: moment(person.opted_out_at),
            rings: [rings.last_24_hours, rings.last_7_days, rings.last_30_days],
            last_ring: moment(rings.last_at),
            calls: person.calls.iter().map(CallRow::new).collect(),
            opt_outs: person.opt_outs.iter().map(OptOutRow::new).collect(),
            consents: person.consents.iter().map(ConsentRow::new).collect(),
        }
    }
}

impl CallRow {
    fn new(call: &PersonCall) -> Self {
        Self {
            id: call.id.clone(),
            tenant: call.tenant.clone(),
            received: call.created_at.into(),
            badge: words::status(call.status),
            outcome: call.outcome.map(words::outcome),
        }
    }
}

impl OptOutRow {
    fn new(record: &OptOutRecord) -> Self {
        let how = record.how.as_deref().map(words::spaced).unwrap_or_default();
        Self {
            at: record.at.into(),
            what: match record.taken_back {
                true => "taken back".to_owned(),
                false => format!("opted out ({how})"),
            },
            by: record.by.clone(),
            note: or_none(record.note.as_deref()),
        }
    }
}

impl ConsentRow {
    fn new(record: &ConsentRecord) -> Self {
        Self {
            tenant: record.tenant.clone(),
            kind: words::spaced(&word_of(&record.kind)),
            given: moment(record.at),
            purpose: record.purpose.map_or("any", purpose).to_owned(),
            expires: moment(record.expires_at),
            withdrawn: moment(record.withdrawn_at),
            by: record.by.clone(),
        }
    }
}
