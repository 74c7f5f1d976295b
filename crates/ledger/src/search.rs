//! Which rows to read for a page of calls, the same for both databases.
//!
//! A page is read in two steps. The first one walks a range of an index, newest first, and reads of
//! each row only what the filter asks for; it stops when the page is full, and after
//! [`CallsFilter::READ_AT_MOST`] rows in any case. The second one reads the calls of the page whole.
//! The database compares columns; what is in JSON is compared here, because the two databases have
//! different words for it, and PostgreSQL refuses some JSON that it stores as text.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;
use switchboard_core::{
    Assignment, BatchName, Call, CallId, CallStatus, Outcome, PhoneNumber, ProfileName, Result,
};
use switchboard_journal::server::{COUNTED, CallsFilter};
use uuid::Uuid;

use crate::{
    key::HashKey,
    refusal::unreadable,
    row::{AttemptRow, CallRow, micros, read_request},
};

/// How many rows are looked at in one query, if most of them may not match.
const BATCH: usize = 1_000;

/// A value in a query, in the order of its placeholders.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Id(Uuid),
    Text(String),
    Bytes(Vec<u8>),
    Number(i64),
}

/// A row that was looked at.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) id: Uuid,
    pub(crate) created_at: i64,
    /// `calls.body` if the columns match; empty if nothing in it is asked for.
    pub(crate) body: Option<String>,
    /// `calls.request`, if something in it is asked for.
    pub(crate) request: Option<String>,
}

/// What the filter compares of `calls.body`.
#[derive(Deserialize)]
struct Body {
    agent: Option<ProfileName>,
    batch: Option<BatchName>,
    experiment: Option<Assignment>,
}

/// What the filter compares of `calls.request`.
#[derive(Deserialize)]
struct Request {
    #[serde(default)]
    tags: BTreeSet<String>,
}

/// The walk to one page.
#[derive(Debug)]
pub(crate) struct Walk<'a> {
    filter: &'a CallsFilter,
    /// The keyed hash of the person, if the calls to one person are asked for.
    person: Option<[u8; 32]>,
    /// The last row that was looked at: its id and its time.
    last: Option<(Uuid, i64)>,
    read: usize,
    /// The calls of the page so far.
    pub(crate) found: Vec<Uuid>,
    /// Where the next page begins, once the walk is over.
    pub(crate) next: Option<CallId>,
}

impl<'a> Walk<'a> {
    /// A walk from the beginning, or from `before`, which was received at this time.
    pub(crate) fn new(filter: &'a CallsFilter, key: &HashKey, before: Option<i64>) -> Self {
        Self {
            filter,
            person: filter.to.as_ref().map(|to: &PhoneNumber| key.person(to)),
            last: filter.before.map(|id| (id.as_uuid(), before.unwrap_or(i64::MAX))),
            read: 0,
            found: Vec::new(),
            next: None,
        }
    }

    /// How many rows the next query may look at: one more than count, to see whether there are
    /// more.
    fn window(&self) -> usize {
        let filter = self.filter;
        let plain = self.person.is_none()
            && filter.statuses.is_empty()
            && filter.outcomes.is_empty()
            && filter.provider.is_none()
            && filter.country.is_none()
            && filter.created_after.is_none()
            && filter.created_before.is_none()
            && !self.asks_for_body()
            && filter.tags.is_empty();
        let wanted = if plain { 0 } else { BATCH };
        let left = CallsFilter::READ_AT_MOST as usize - self.read;
        wanted.max(filter.page_size() - self.found.len()).min(left) + 1
    }

    fn asks_for_body(&self) -> bool {
        let filter = self.filter;
        filter.agent.is_some()
            || filter.batch.is_some()
            || filter.experiment.is_some()
            || filter.arm.is_some()
    }

    /// The next query: `id`, `created_at`, `body` and `request` of the rows to look at, with
    /// placeholders as `sign` and their number.
    pub(crate) fn query(&self, sign: char) -> (String, Vec<Value>) {
        let mut values = Vec::new();
        let mut put = |value: Value| {
            values.push(value);
            format!("{sign}{}", values.len())
        };
        let filter = self.filter;
        let mut fits = vec!["to_number IS NOT NULL".to_owned()];
        let statuses: Vec<&str> =
            filter.statuses.iter().map(|one| CallStatus::as_str(*one)).collect();
        let outcomes: Vec<&str> = filter.outcomes.iter().map(|one| Outcome::as_str(*one)).collect();
        for (column, words) in [("status", statuses), ("outcome", outcomes)] {
            if !words.is_empty() {
                let words: Vec<String> =
                    words.into_iter().map(|word| put(Value::Text(word.to_owned()))).collect();
                fits.push(format!("{column} IN ({})", words.join(", ")));
            }
        }
        let provider = filter.provider.as_ref().map(|provider| provider.as_str());
        let country = filter.country.as_ref().map(|country| country.as_str());
        for (column, word) in [("provider", provider), ("country", country)] {
            if let Some(word) = word {
                fits.push(format!("{column} = {}", put(Value::Text(word.to_owned()))));
            }
        }
        let mut range = Vec::new();
        let tenant = filter.tenant.as_ref().map(|tenant| Value::Text(tenant.as_str().to_owned()));
        let times = [(">=", filter.created_after), ("<", filter.created_before)];
        let order = if let Some(person) = self.person {
            range.push(format!("to_hash = {}", put(Value::Bytes(person.to_vec()))));
            for (sign, time) in times {
                if let Some(time) = time {
                    range.push(format!("created_at {sign} {}", put(Value::Number(above(time)))));
                }
            }
            if let Some((id, at)) = self.last {
                let (at, id) = (put(Value::Number(at)), put(Value::Id(id)));
                range.push(format!("(created_at, id) < ({at}, {id})"));
            }
            fits.extend(tenant.map(|tenant| format!("tenant = {}", put(tenant))));
            "created_at DESC, id DESC"
        } else {
            let whose = tenant.map(|tenant| format!("tenant = {}", put(tenant)));
            if self.by_status() {
                fits.extend(whose)
            } else {
                range.extend(whose)
            }
            for (sign, time) in times {
                if let Some(time) = time {
                    fits.push(format!("created_at {sign} {}", put(Value::Number(above(time)))));
                }
            }
            let (first, end) = filter.ids();
            let end = [self.last.map(|(id, _)| id), end.map(CallId::as_uuid)];
            if let Some(end) = end.into_iter().flatten().min() {
                range.push(format!("id < {}", put(Value::Id(end))));
            }
            if let Some(first) = first {
                range.push(format!("id >= {}", put(Value::Id(first.as_uuid()))));
            }
            "id DESC"
        };
        let body = if self.asks_for_body() { "body" } else { "''" };
        let request = if filter.tags.is_empty() { "NULL" } else { "request" };
        let range = if range.is_empty() { "1 = 1".to_owned() } else { range.join(" AND ") };
        let (fits, window) = (fits.join(" AND "), self.window());
        let rows = |range: &str| {
            format!(
                "SELECT id, created_at, CASE WHEN {fits} THEN {body} END AS body, {request} AS request FROM calls WHERE {range} ORDER BY {order} LIMIT {window}"
            )
        };
        if !self.by_status() {
            return (rows(&range), values);
        }
        let asked = COUNTED.iter().filter(|status| filter.statuses.contains(status));
        let each = asked.map(|status| {
            let word = status.as_str();
            let rows = rows(&format!("status = '{word}' AND status <> 'closed' AND {range}"));
            format!("SELECT * FROM ({rows}) AS of_{word}")
        });
        let all = each.collect::<Vec<_>>().join(" UNION ALL ");
        let sql = format!(
            "SELECT id, created_at, body, request FROM ({all}) AS page ORDER BY {order} LIMIT {window}"
        );
        (sql, values)
    }

    /// True if the rows are those of statuses of which there are never many: each is a range of the
    /// index `calls_by_status`, however many calls are over.
    fn by_status(&self) -> bool {
        let statuses = &self.filter.statuses;
        self.person.is_none()
            && !statuses.is_empty()
            && statuses.iter().all(|status| COUNTED.contains(status))
    }

    /// Takes the rows of the last query. Returns false once the walk is over.
    pub(crate) fn take(&mut self, rows: Vec<Seen>) -> Result<bool> {
        let window = self.window();
        let more = rows.len() == window;
        let all = rows.len() - usize::from(more);
        for (nth, row) in rows.into_iter().take(all).enumerate() {
            self.read += 1;
            self.last = Some((row.id, row.created_at));
            if self.fits(&row)? {
                self.found.push(row.id);
                if self.found.len() == self.filter.page_size() {
                    self.next = (more || nth + 1 < all).then(|| CallId::new(row.id));
                    return Ok(false);
                }
            }
        }
        if more && self.read >= CallsFilter::READ_AT_MOST as usize {
            self.next = self.last.map(|(id, _)| CallId::new(id));
        }
        Ok(more && self.next.is_none())
    }

    fn fits(&self, row: &Seen) -> Result<bool> {
        let Some(body) = &row.body else {
            return Ok(false);
        };
        let filter = self.filter;
        let call = || format!("the call {}", CallId::new(row.id));
        if self.asks_for_body() {
            let body: Body =
                serde_json::from_str(body).map_err(|source| unreadable(call(), source))?;
            let assignment = body.experiment.as_ref();
            let same = is(filter.agent.as_ref(), body.agent.as_ref())
                && is(filter.batch.as_ref(), body.batch.as_ref())
                && is(filter.experiment.as_ref(), assignment.map(|its| &its.experiment))
                && is(filter.arm.as_ref(), assignment.map(|its| &its.arm));
            if !same {
                return Ok(false);
            }
        }
        if filter.tags.is_empty() {
            return Ok(true);
        }
        let Some(request) = &row.request else {
            return Ok(false);
        };
        let request: Request =
            serde_json::from_str(request).map_err(|source| unreadable(call(), source))?;
        Ok(!request.tags.is_disjoint(&filter.tags))
    }
}

fn is<T: PartialEq>(wanted: Option<&T>, its: Option<&T>) -> bool {
    wanted.is_none_or(|wanted| its == Some(wanted))
}

/// The first moment in the ledger's precision that is not before this one.
fn above(time: Timestamp) -> i64 {
    let at = micros(time);
    if time.as_nanosecond() % 1_000 > 0 { at.saturating_add(1) } else { at }
}

/// A call and its request, as they are found.
pub(crate) type Found = (Call, Option<std::sync::Arc<switchboard_core::ValidCall>>);

/// A call of a page with its request. `None` if it was erased.
pub(crate) fn whole(
    row: CallRow,
    request: Option<&str>,
    attempts: Vec<AttemptRow>,
) -> Result<Option<Found>> {
    let id = CallId::new(row.id);
    let request = match (&row.to_number, request) {
        (Some(number), Some(request)) => {
            Some(read_request(id, number, &row.country, request)?.into())
        }
        (Some(_), None) | (None, Some(_)) | (None, None) => None,
    };
    Ok(row.read(attempts)?.map(|call| (call, request)))
}
