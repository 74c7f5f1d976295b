//! Reads an account for an inspection: what its answers say, and what they say in passing.

use std::{future::Future, time::Duration};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use switchboard_core::{
    Agent, AgentId, Agents, Clock, Difference, Error, ErrorKind, Finding, Inspection, JsonType,
    Numbers, OwnedNumber, PhoneNumber, Result, ShapeDifference,
};

use crate::{Answer, Helper, RawRequest, fields::Field, retry_after, shape};

/// How long one read may take, with its repetitions.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reads an account and collects what its answers say. After a failure that no other read would
/// escape, nothing is asked any more.
#[derive(Debug)]
pub struct Inspector<'a> {
    clock: &'a dyn Clock,
    found: Inspection,
}

impl<'a> Inspector<'a> {
    /// An inspection that has found nothing. The clock is compared with the provider's.
    pub fn new(clock: &'a dyn Clock) -> Self {
        Self { clock, found: Inspection::default() }
    }

    /// Adds a finding.
    pub fn add(&mut self, finding: Finding) {
        self.found.findings.push(finding);
    }

    /// Counts a number of the account for the carrier with this name of a failure domain.
    pub fn carrier(&mut self, name: &str) {
        *self.found.carriers.entry(name.to_owned()).or_default() += 1;
    }

    /// Compares answers with the type that reads them, where there are any.
    pub fn compare<T: Field>(&mut self, answer: &'static str, rows: &[&Value]) {
        if !rows.is_empty() {
            self.found.compared.insert(answer);
            self.found.shapes.extend(shape::compare(answer, T::SHAPE, rows));
        }
    }

    /// Adds the parts of an answer that its type does not read, as JSON pointers.
    pub fn unread(&mut self, answer: &'static str, row: &Value, pointers: &[String]) {
        self.found.compared.insert(answer);
        self.found.shapes.extend(pointers.iter().filter_map(|pointer| {
            let holds = JsonType::of(row.pointer(pointer)?);
            let (path, difference) = (shape::path(pointer), Difference::UnknownField { holds });
            Some(ShapeDifference { answer, path, difference })
        }));
    }

    /// Looks for words that no document lists in a field of such words.
    pub fn words(
        &mut self,
        answer: &'static str,
        rows: &[&Value],
        field: &str,
        is_known: impl Fn(&str) -> bool,
    ) {
        let words = rows.iter().filter_map(|row| row.get(field)?.as_str());
        let unknown = words.filter(|word| !word.is_empty() && !is_known(word));
        self.found.shapes.extend(unknown.map(|word| ShapeDifference {
            answer,
            path: field.to_owned(),
            difference: Difference::UnknownWord { word: shape::shown_word(word) },
        }));
    }

    /// Looks for settings by which the provider rings or chooses on its own. Each of these is named as
    /// it is shown, as `agent agent_1`.
    fn helpers(&mut self, settings: &[(String, &Value)], helpers: &[Helper]) {
        for helper in helpers {
            let mut with = settings.iter().filter(|(_, settings)| helper.sign.is_in(settings));
            let Some((first, _)) = with.next() else {
                continue;
            };
            let more = match with.count() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let message =
                format!("{first}{more} has {}, which {}", helper.sign.name(), helper.does);
            let mut finding = Finding::warning("helpers", message, helper.fix);
            finding.severity = helper.severity;
            self.add(finding);
        }
    }

    /// Compares the records of agents with the type that reads them, and looks for settings by which
    /// they act on their own.
    pub fn compare_agents<T: Field>(
        &mut self,
        answer: &'static str,
        agents: &[Agent],
        helpers: &[Helper],
    ) {
        let named = agents.iter().map(|agent| (format!("agent {}", agent.id), agent.raw.value()));
        self.compare_named::<T>(answer, &named.collect::<Vec<_>>(), helpers);
    }

    /// The same for numbers.
    pub fn compare_numbers<T: Field>(
        &mut self,
        answer: &'static str,
        numbers: &[OwnedNumber],
        helpers: &[Helper],
    ) {
        let named = numbers.iter().map(|number| {
            let shown = number.number.map_or_else(String::new, |number| number.masked());
            (format!("number {shown}"), number.raw.value())
        });
        self.compare_named::<T>(answer, &named.collect::<Vec<_>>(), helpers);
    }

    fn compare_named<T: Field>(
        &mut self,
        answer: &'static str,
        named: &[(String, &Value)],
        helpers: &[Helper],
    ) {
        let rows: Vec<&Value> = named.iter().map(|(_, row)| *row).collect();
        self.compare::<T>(answer, &rows);
        self.helpers(named, helpers);
    }

    /// What was found.
    pub fn finish(self) -> Inspection {
        self.found
    }

    /// Sends a read. `answer` names it, as `GET /v2/list-agents`; `scope` is what the key needs for
    /// it. What cannot be read is a finding, and `None`.
    pub async fn read(
        &mut self,
        answer: &'static str,
        scope: Option<&str>,
        request: Result<RawRequest>,
    ) -> Option<Value> {
        if self.found.failure.is_some() {
            return None;
        }
        let read = self.send(request).await.and_then(|read| read.value());
        self.taken(answer, scope, read)
    }

    /// Sends a read of something that need not be there: `None` then.
    pub async fn optional(
        &mut self,
        answer: &'static str,
        request: Result<RawRequest>,
    ) -> Option<Value> {
        if self.found.failure.is_some() {
            return None;
        }
        match self.send(request).await.and_then(|read| read.value()) {
            Ok(value) => Some(value),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => {
                self.failed(answer, None, error);
                None
            }
        }
    }

    /// Lists the agents, all pages of them, and checks that the account's own one is there.
    pub async fn agents(
        &mut self,
        answer: &'static str,
        scope: Option<&str>,
        agents: &dyn Agents,
        own: Option<&AgentId>,
    ) -> Vec<Agent> {
        let listed = self.within(answer, scope, agents.list()).await;
        let Some(listed) = listed else {
            return Vec::new();
        };
        self.found.agents = Some(listed.iter().map(|agent| agent.id.clone()).collect());
        if let Some(own) = own.filter(|own| !listed.iter().any(|agent| agent.id == **own)) {
            self.add(Finding::problem(
                "agents",
                format!("the agent {own} of default_agent is not in the account"),
                "name one of switchboard agents list",
            ));
        }
        listed
    }

    /// Lists the numbers, all pages of them, and checks that the one that calls are made from is
    /// there.
    pub async fn numbers(
        &mut self,
        answer: &'static str,
        scope: Option<&str>,
        numbers: &dyn Numbers,
        own: Option<&PhoneNumber>,
    ) -> Vec<OwnedNumber> {
        let listed = self.within(answer, scope, numbers.list()).await;
        let Some(listed) = listed else {
            return Vec::new();
        };
        if let Some(own) = own.filter(|own| !listed.iter().any(|one| one.number == Some(**own))) {
            self.add(Finding::problem(
                "numbers",
                format!("the number {} of from_number is not in the account", own.masked()),
                "name one of switchboard numbers list",
            ));
        }
        self.found.numbers = Some(listed.clone());
        listed
    }

    async fn within<T>(
        &mut self,
        answer: &'static str,
        scope: Option<&str>,
        read: impl Future<Output = Result<T>>,
    ) -> Option<T> {
        if self.found.failure.is_some() {
            return None;
        }
        let read = tokio::time::timeout(PATIENCE, read).await.unwrap_or_else(|_| Err(late()));
        self.taken(answer, scope, read)
    }

    fn taken<T>(
        &mut self,
        answer: &'static str,
        scope: Option<&str>,
        read: Result<T>,
    ) -> Option<T> {
        read.map_err(|error| self.failed(answer, scope, error)).ok()
    }

    async fn send(&mut self, request: Result<RawRequest>) -> Result<Answer> {
        let began = self.clock.now();
        let answer = tokio::time::timeout(PATIENCE, request?.send()).await;
        let answer = answer.unwrap_or_else(|_| Err(late()))?;
        let ahead = clock_ahead(&answer, began, self.clock.now());
        // The least that any answer allows: the rest is how long they were under way.
        let least = [self.found.clock_ahead, ahead].into_iter().flatten();
        self.found.clock_ahead = least.min_by_key(|ahead| ahead.unsigned_abs());
        Ok(answer)
    }

    fn failed(&mut self, answer: &'static str, scope: Option<&str>, error: Error) {
        match error.kind() {
            ErrorKind::Forbidden => self.add(match scope {
                Some(scope) => Finding::problem(
                    "credential",
                    format!("this key may not read {answer} ({})", said(&error)),
                    format!("give it the scope {scope}, or use another key"),
                ),
                None => Finding::warning(
                    "credential",
                    format!("this key may not read {answer} ({})", said(&error)),
                    "grant it at the provider, or know that this is not looked at",
                ),
            }),
            ErrorKind::NotFound | ErrorKind::Unsupported => self.add(Finding::note(
                "answers",
                format!("{answer} is not there ({}), so it was not looked at", said(&error)),
            )),
            ErrorKind::Decode => self.add(Finding::warning(
                "answers",
                format!("{answer} cannot be read: {}", error.message()),
                "update Switchboard, or tell its maintainers",
            )),
            _ => self.found.failure = Some(error),
        }
    }
}

fn late() -> Error {
    let message = format!("no answer within {} s", PATIENCE.as_secs());
    Error::new(ErrorKind::Timeout, message)
}

fn said(error: &Error) -> String {
    error.status().map_or_else(|| error.kind().as_str().to_owned(), |status| status.to_string())
}

/// How far the machine's clock is ahead of the `Date` of an answer, at the least: the second of the
/// date and the time that the request was under way are no difference. `None` for an answer without
/// a date, or that a cache kept.
fn clock_ahead(answer: &Answer, began: Timestamp, ended: Timestamp) -> Option<SignedDuration> {
    if answer.header("age").is_some_and(|age| age.trim() != "0") {
        return None;
    }
    let date = retry_after::date(answer.header("date")?, ended)?;
    let after = date.checked_add(SignedDuration::from_secs(1)).ok()?;
    let (ahead, behind) = (began.duration_since(after), ended.duration_since(date));
    Some(if ahead.is_positive() {
        ahead
    } else if behind.is_negative() {
        behind
    } else {
        SignedDuration::ZERO
    })
}
