//! The calling rules.

use axum::{
    Json as Answer,
    extract::{Path, State},
};
use switchboard::{core::Region, rules::Kind};

use crate::{
    Service,
    caller::PlanRead,
    extract::{Json, Permit},
    problem::{Code, Problem, Result},
    routes::params::Params,
    service::RulesQuery,
    wire::{CheckRules, ProblemBody, Purpose, Rule, RuleCheck, RulePage},
};

/// Ask the calling rules
///
/// What they would say about this call at this time, with what is known about the callee: whether
/// it may be made, until when it has to wait, and which rules stop it or warn about it. It does not
/// say that a call is lawful, only which rules of the tables stop it. Nothing is sent and nothing is
/// written.
#[utoipa::path(
    post, path = "/v1/rules/check", operation_id = "checkRules", tag = "rules",
    security(("key" = ["plan:read"])),
    request_body(content = CheckRules, description = "The call, and when it would be made.", example = json!({"to": "+442079460123", "purpose": "reservation", "on_behalf_of": "Ada Lovelace"})),
    responses(
        (status = 200, description = "What they say.", body = RuleCheck),
        (status = 422, description = "`number_not_allowed`.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn check(
    State(service): State<Service>,
    permit: Permit<PlanRead>,
    Json(new): Json<CheckRules>,
) -> Result<Answer<RuleCheck>> {
    Ok(Answer(service.check_rules(permit.allowed()?, &new).await?))
}

/// List the calling rules
///
/// In the order of the tables: rules of law first, then the defaults of this product.
#[utoipa::path(
    get, path = "/v1/rules", operation_id = "listRules", tag = "rules",
    security(("key" = ["plan:read"])),
    params(
        ("country" = Option<String>, Query, description = "Only rules that may hold in this country, state or province, as `FR` or `US-FL`."),
        ("kind" = Option<String>, Query, description = "Only rules of this kind: `quiet_hours`, `days`, `holidays`, `consent`, `ai_disclosure`, `recording`, `dnc`, `cap` or `identity`."),
        ("purpose" = Option<Purpose>, Query, description = "Only rules about calls with this purpose."),
        ("limit" = Option<u32>, Query, description = "How many, 1 to 100. The default is 50.", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before, with the same filters."),
    ),
    responses((status = 200, description = "A page of rules.", body = RulePage))
)]
pub(super) async fn list(
    State(service): State<Service>,
    permit: Permit<PlanRead>,
    params: Params,
) -> Result<Answer<RulePage>> {
    params.known(&["country", "kind", "purpose", "limit", "cursor"])?;
    let allowed = permit.allowed()?;
    let query = query(&params)?;
    let limit = params.number("limit", 1, 100)?.unwrap_or(50);
    let texts = params.canonical(&["limit", "cursor"]);
    let mut list: Vec<&[u8]> = vec![b"rules"];
    list.extend(texts.iter().map(String::as_bytes));
    let after = match params.one("cursor")? {
        None => 0,
        Some(cursor) => {
            let position = service.cursors().open(&list, cursor)?;
            let position = <[u8; 4]>::try_from(position.as_slice()).map_err(|_| {
                Problem::new(Code::CursorInvalid, "the cursor is not one of this list")
            })?;
            u32::from_be_bytes(position)
        }
    };
    let found = service.rules(allowed, query, after, limit);
    let next = found.next.map(|place| service.cursors().seal(&list, &place.to_be_bytes()));
    Ok(Answer(RulePage {
        tables: found.tables.version().to_owned(),
        tables_are_old: found.tables_are_old,
        off: found.off,
        data: found.rules,
        has_more: next.is_some(),
        next_cursor: next,
    }))
}

/// Read a calling rule
///
/// What it asks for, where it is written, what was read for it, and what lifts it.
#[utoipa::path(
    get, path = "/v1/rules/{rule}", operation_id = "getRule", tag = "rules",
    security(("key" = ["plan:read"])),
    params(("rule" = String, Path, description = "The id of the rule, for example `US-FL-HOURS`.")),
    responses((status = 200, description = "The rule.", body = Rule))
)]
pub(super) async fn get(
    State(service): State<Service>,
    permit: Permit<PlanRead>,
    Path(rule): Path<String>,
) -> Result<Answer<Rule>> {
    Ok(Answer(service.rule(permit.allowed()?, &rule)?))
}

fn query(params: &Params) -> Result<RulesQuery> {
    let country = params.one("country")?.map(|text| {
        text.parse::<Region>().map_err(|_| {
            Problem::invalid("country", "is no country or part of one", "write it as FR or US-FL")
        })
    });
    let kind = params.one("kind")?.map(|text| {
        Kind::ALL.iter().copied().find(|kind| kind.as_str() == text).ok_or_else(|| {
            let known: Vec<_> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
            let fix = format!("write one of {}", known.join(", "));
            Problem::invalid("kind", "is no kind of rule", fix)
        })
    });
    let purpose = params.one("purpose")?.map(|text| {
        text.parse::<switchboard::core::Purpose>()
            .map(Purpose::from)
            .map_err(|error| Problem::from(&error))
    });
    Ok(RulesQuery {
        country: country.transpose()?,
        kind: kind.transpose()?,
        purpose: purpose.transpose()?,
    })
}
