//! Accepts calls: once for each `command_id`, within what the carrier allows.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::body;
use super::causes::WORDS;
use super::codes::Refused;
use super::state::{Calls, Record, SimState, Wanted};
use crate::KeyRepeat;
use crate::calls::Course;
use crate::countries;
use crate::host::{Known, RequestContext};

impl SimState {
    /// Accepts a call, unless its `command_id` belongs to an earlier one, and returns the answer.
    pub(crate) fn place_once(
        self: &Arc<Self>,
        wanted: Wanted,
        sent: Value,
        context: &RequestContext,
    ) -> Result<Value, Refused> {
        let Some(command) = wanted.command.clone() else {
            return Ok(self.place(wanted, context)?.1);
        };
        let mut calls = self.calls.lock();
        if let Some(answer) = self.repeated(&calls, &command, &sent) {
            return answer;
        }
        let (id, answer) = self.accept(&mut calls, wanted, context)?;
        calls.keys.keep(command, sent, id.clone(), answer.clone());
        drop(calls);
        self.begin(id, context);
        Ok(answer)
    }

    /// Accepts a call and returns its id and the answer.
    pub(crate) fn place(
        self: &Arc<Self>,
        wanted: Wanted,
        context: &RequestContext,
    ) -> Result<(String, Value), Refused> {
        let (id, answer) = self.accept(&mut self.calls.lock(), wanted, context)?;
        self.begin(id.clone(), context);
        Ok((id, answer))
    }

    fn begin(self: &Arc<Self>, id: String, context: &RequestContext) {
        self.note_command(&id, "dial", json!({}));
        self.tell(&id, "call.initiated", json!({"state": "bridging"}));
        self.host.spawn(Arc::clone(self).follow(id, context.clone()));
    }

    fn repeated(
        &self,
        calls: &Calls,
        command: &str,
        sent: &Value,
    ) -> Option<Result<Value, Refused>> {
        let settings = &self.config.platform;
        let life = settings.key_life.unwrap_or(Duration::from_secs(60));
        let used = || Refused::value("command_id", "was used before");
        let first = match calls.keys.look(command, sent, Some(life)) {
            Known::No => return None,
            Known::Other(_) if settings.other_body_refused => return Some(Err(used())),
            Known::Same(first) | Known::Other(first) => first,
        };
        match settings.key_repeat {
            KeyRepeat::FirstAnswer => Some(Ok(first.answer)),
            KeyRepeat::CurrentCall => {
                let record = calls.find(&first.call_id)?;
                Some(Ok(body::of(record, self.host.timeline)))
            }
            KeyRepeat::Silent => Some(Ok(Value::Null)),
            KeyRepeat::Refused => Some(Err(used())),
            KeyRepeat::RingsAgain => None,
        }
    }

    fn accept(
        &self,
        calls: &mut Calls,
        wanted: Wanted,
        context: &RequestContext,
    ) -> Result<(String, Value), Refused> {
        let line = self.host.timeline;
        let nth = calls.accepted.entry(wanted.to.clone()).or_insert(0);
        let mut course = Course::draw(self.seed, &self.config, &WORDS, &wanted.to, *nth, line);
        *nth += 1;
        course.give_up(wanted.ringing, "timeout");
        if course.talks_longer_than(wanted.longest) {
            course.limit(wanted.longest);
            "time_limit".clone_into(&mut course.word);
        }
        if let Some(own) = self.edge(calls, &wanted) {
            course.never_dialled(own);
        }
        let place = calls.records.len();
        let secret = |kind: &str| self.seed.secret(&format!("telnyx/{}/{kind}/{place}", self.boot));
        let id = format!("v3:{}-{}", secret("control"), &secret("more")[..20]);
        if course.dials_at_once() {
            if !self.host.ring(&wanted.to, &id, context) {
                return Err(Refused::new("10007", "the ring ledger could not be written"));
            }
            course.dialled = Some(line.timestamp());
        }
        let record = Record {
            id: id.clone(),
            leg: self.id("leg", place),
            session: self.id("session", place),
            conversation: self.id("conversation", place),
            wanted,
            accepted: line.now(),
            made: line.timestamp(),
            course,
            settled: false,
        };
        let answer = body::dialled(&record);
        calls.records.push(record);
        Ok((id, answer))
    }

    /// Why the carrier refuses a call at its own edge, after the API has accepted it.
    fn edge(&self, calls: &Calls, wanted: &Wanted) -> Option<&'static str> {
        let line = self.host.timeline;
        let active = calls.records.iter().filter(|record| !record.course.is_over(line)).count();
        let country = countries::country(&wanted.to).unwrap_or_default();
        if active >= self.concurrency() {
            Some("D1")
        } else if !self.config.countries.contains(country) {
            Some("D13")
        } else if self.config.credits == 0 {
            Some("D19")
        } else {
            None
        }
    }
}
