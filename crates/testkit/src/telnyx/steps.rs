//! A call from its first ring to its last event.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::causes::cause;
use super::state::{Record, SimState, iso};
use crate::calls::Reached;
use crate::host::RequestContext;

/// How long, in call time, the work after a call takes.
const AFTERWARDS: Duration = Duration::from_secs(3);

impl SimState {
    /// Dials, unless the call was hung up before.
    fn dial(&self, id: &str, context: &RequestContext) -> bool {
        let mut calls = self.calls.lock();
        let record = calls.find_mut(id).filter(|record| record.course.reached > Reached::Accepted);
        let Some(record) = record else {
            return false;
        };
        if record.course.dialled.is_none() {
            if !self.host.ring(&record.wanted.to, id, context) {
                record.course.never_dialled("unspecified");
                return false;
            }
            record.course.dialled = Some(self.host.timeline.timestamp());
        }
        true
    }

    pub(crate) async fn follow(self: Arc<Self>, id: String, context: RequestContext) {
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
            self.tell(&id, "call.answered", json!({"state": "answered"}));
            self.tell_detection(&id);
        }
        moments.reach(moments.ends_at).await;
        self.try_another_route(&id, &context);
        self.hang_up(&id);
        tokio::time::sleep(line.real(AFTERWARDS)).await;
        self.settle(&id);
    }

    fn tell_detection(&self, id: &str) {
        let detection = self.calls.lock().find(id).and_then(|record| {
            let result = if record.course.word == "machine" { "machine" } else { "human" };
            Some((record.wanted.detection?, result))
        });
        if let Some((event, result)) = detection {
            self.tell(id, event, json!({"result": result}));
        }
    }

    /// The same phone rings again if nobody answered in time and the request did not forbid it.
    fn try_another_route(&self, id: &str, context: &RequestContext) {
        let to = self.calls.lock().find(id).and_then(|record| {
            let again = record.wanted.other_routes
                && record.course.dialled.is_some()
                && record.course.word == "timeout";
            again.then(|| record.wanted.to.clone())
        });
        if let Some(to) = to {
            self.host.ring(&to, id, context);
        }
    }

    /// Tells that the call is over, and why.
    fn hang_up(&self, id: &str) {
        let line = self.host.timeline.frozen();
        let ended = self.calls.lock().find(id).map(|record| {
            let talked = record.course.talked(line).as_secs();
            let talk = record.wanted.assistant.is_some() && record.course.is_answered(line);
            (talk.then_some(talked), hangup(record, self))
        });
        let Some((talk, payload)) = ended else {
            return;
        };
        if let Some(seconds) = talk {
            let payload = json!({"duration_sec": seconds, "reason": "call_ended"});
            self.tell(id, "call.conversation.ended", payload);
        }
        self.tell(id, "call.hangup", payload);
    }

    /// The events that come late: content and cost. The cost comes twice, as announced.
    fn settle(&self, id: &str) {
        let line = self.host.timeline;
        let about = {
            let mut calls = self.calls.lock();
            let Some(record) = calls.find_mut(id) else {
                return;
            };
            record.settled = true;
            let answered = record.course.is_answered(line);
            let recorded = answered && record.wanted.recorded;
            let analyzed = answered && record.wanted.assistant.is_some();
            let cost = record.course.dialled.map(|_| cost(record, self));
            (recorded, analyzed, cost, record.conversation.clone())
        };
        let (recorded, analyzed, cost, conversation) = about;
        if recorded {
            let url = self.recording_url(id, "mp3");
            self.tell(id, "call.recording.saved", json!({"recording_urls": {"mp3": url}}));
        }
        if analyzed {
            let results = json!([{"result": "A simulated talk."}]);
            let payload = json!({"conversation_id": conversation, "results": results});
            self.tell(id, "call.conversation_insights.generated", payload);
        }
        if let Some(cost) = cost {
            self.tell(id, "call.cost", cost.clone());
            self.tell(id, "call.cost", cost);
        }
    }
}

fn hangup(record: &Record, sim: &SimState) -> Value {
    let end = cause(&record.course.word);
    let ended = record.course.times(sim.host.timeline).1;
    let mut payload = json!({
        "hangup_cause": end.cause, "hangup_source": end.source, "sip_hangup_cause": end.sip,
        "state": "hangup", "start_time": record.course.dialled.map(iso), "end_time": ended.map(iso),
    });
    if let Some(own) = end.own {
        payload["sip_hangup_reason"] = own.into();
    }
    payload
}

/// Two parts: the carrier's and the agent's. Dollars as text.
pub(crate) fn cost(record: &Record, sim: &SimState) -> Value {
    let seconds = record.course.talked(sim.host.timeline).as_secs();
    let billed = seconds.div_ceil(60) * 60;
    let dollars = |mills_a_minute: u64| {
        let mills = billed / 60 * mills_a_minute;
        format!("{}.{:03}", mills / 1000, mills % 1000)
    };
    let part = |name: &str, mills: u64| {
        json!({
            "call_part": name, "cost": dollars(mills), "currency": "USD",
            "rate": format!("0.{mills:03}"), "billed_duration_secs": billed,
        })
    };
    json!({
        "cost_parts": [part("sip-trunking", 7), part("ai-voice-assistant", 50)],
        "total_cost": dollars(57), "status": "completed", "billed_duration_secs": billed,
    })
}
