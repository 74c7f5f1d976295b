//! A call from its acceptance to its webhooks.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::body;
use super::codes::Refused;
use super::reasons::WORDS;
use super::state::{Calls, Record, SimState, Wanted};
use crate::KeyRepeat;
use crate::calls::{Course, Reached};
use crate::countries;
use crate::host::{Known, RequestContext};

/// How long, in call time, the analysis after a call takes.
const ANALYSIS: Duration = Duration::from_secs(2);

impl SimState {
    /// Accepts a call, unless its key belongs to an earlier one, and returns the answer.
    pub(crate) fn place(
        self: &Arc<Self>,
        wanted: Wanted,
        sent: Value,
        context: &RequestContext,
    ) -> Result<Value, Refused> {
        let mut calls = self.calls.lock();
        if let Some(answer) = self.repeated(&calls, &wanted, &sent) {
            return answer;
        }
        let context = context.with_key(wanted.key.clone());
        let line = self.host.timeline;
        let nth = calls.accepted.entry(wanted.to.clone()).or_insert(0);
        let mut course = Course::draw(self.seed, &self.config, &WORDS, &wanted.to, *nth, line);
        *nth += 1;
        if course.talks_longer_than(wanted.longest) {
            course.limit(wanted.longest);
            "max_duration_reached".clone_into(&mut course.word);
        }
        let active = calls.records.iter().filter(|record| !record.course.is_over(line)).count();
        if active >= self.concurrency() {
            course.never_dialled("concurrency_limit_reached");
        } else if !self.may_call(&wanted) {
            course.never_dialled("telephony_provider_permission_denied");
        }
        let id = self.id("call", calls.made);
        if course.dials_at_once() {
            if !self.host.ring(&wanted.to, &id, &context) {
                return Err(Refused::no_ledger());
            }
            course.dialled = Some(line.timestamp());
        }
        calls.made += 1;
        let key = wanted.key.clone();
        let record =
            Record { id: id.clone(), wanted, accepted: line.now(), course, analyzed: false };
        let answer = body::registered(&record);
        calls.records.push(record);
        if let Some(key) = key {
            calls.keys.keep(key, sent, id.clone(), answer.clone());
        }
        drop(calls);
        self.host.spawn(Arc::clone(self).follow(id, context));
        Ok(answer)
    }

    fn repeated(
        &self,
        calls: &Calls,
        wanted: &Wanted,
        sent: &Value,
    ) -> Option<Result<Value, Refused>> {
        let settings = &self.config.platform;
        let life = settings.key_life.unwrap_or(Duration::from_secs(3600));
        let first = match calls.keys.look(wanted.key.as_ref()?, sent, Some(life)) {
            Known::No => return None,
            Known::Other(_) if settings.other_body_refused => {
                return Some(Err(Refused::invalid("idempotency_key was used with another body")));
            }
            Known::Same(first) | Known::Other(first) => first,
        };
        match settings.key_repeat {
            KeyRepeat::FirstAnswer => Some(Ok(first.answer)),
            KeyRepeat::CurrentCall => {
                calls.find(&first.call_id).map(|record| Ok(body::of(record, self.host.timeline)))
            }
            KeyRepeat::Silent => Some(Ok(json!({}))),
            KeyRepeat::Refused => Some(Err(Refused::invalid("idempotency_key was used before"))),
            KeyRepeat::RingsAgain => None,
        }
    }

    /// Whether the carrier may call this country from this number.
    fn may_call(&self, wanted: &Wanted) -> bool {
        let Some(country) = countries::country(&wanted.to) else {
            return false;
        };
        let numbers = self.numbers.lock();
        let number = numbers.iter().find(|number| number["phone_number"] == wanted.from.as_str());
        let list =
            number.and_then(|number| number.get("allowed_outbound_country_list")?.as_array());
        match list {
            Some(list) => list.iter().any(|allowed| allowed == country),
            None => self.config.countries.contains(country),
        }
    }

    /// Dials, unless the call was stopped before.
    fn dial(&self, id: &str, context: &RequestContext) -> bool {
        let mut calls = self.calls.lock();
        let Some(record) = calls.find_mut(id) else {
            return false;
        };
        if record.course.dialled.is_some() {
            return true;
        }
        if record.course.reached == Reached::Accepted {
            return false;
        }
        if !self.host.ring(&record.wanted.to, id, context) {
            record.course.never_dialled("error_retell");
            return false;
        }
        record.course.dialled = Some(self.host.timeline.timestamp());
        true
    }

    async fn follow(self: Arc<Self>, id: String, context: RequestContext) {
        let line = self.host.timeline;
        let Some(mut moments) =
            self.calls.lock().find(&id).map(|record| record.course.moments(line))
        else {
            return;
        };
        if let Some(rings_at) = moments.rings_at
            && moments.reach(rings_at).await
            && self.dial(&id, &context)
            && let Some(answered_at) = moments.answered_at
            && moments.reach(answered_at).await
        {
            self.tell(&id, "call_started");
            self.tell(&id, "transcript_updated");
        }
        moments.reach(moments.ends_at).await;
        self.tell(&id, "call_ended");
        tokio::time::sleep(line.real(ANALYSIS)).await;
        if let Some(record) = self.calls.lock().find_mut(&id) {
            record.analyzed = true;
        }
        self.tell(&id, "call_analyzed");
    }
}
