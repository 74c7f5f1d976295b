//! How a call went, from its events in any order.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use switchboard_core::{
    AgentId, Cost, Direction, Outcome, PhoneNumber, ProviderCall, ProviderCallId, ProviderId,
    ProviderState,
};
use switchboard_http::{bill, usable_id};

use crate::{causes, reference, wire::WebhookEvent};

/// What the events of one call say.
#[derive(Debug, Clone, Default)]
pub(crate) struct Course {
    pub(crate) call_control_id: Option<String>,
    pub(crate) reference: Option<String>,
    pub(crate) to: Option<PhoneNumber>,
    pub(crate) direction: Option<Direction>,
    pub(crate) initiated_at: Option<Timestamp>,
    pub(crate) answered_at: Option<Timestamp>,
    /// An event that only a call that was answered has.
    was_answered: bool,
    is_machine: bool,
    hangup: Option<Hangup>,
    cost: Option<(Timestamp, Cost)>,
}

#[derive(Debug, Clone)]
struct Hangup {
    at: Option<Timestamp>,
    cause: String,
    sip_status: Option<String>,
}

impl Course {
    /// Takes in one more event of the call.
    pub(crate) fn add(&mut self, event: &WebhookEvent) {
        let (Some(name), Some(payload)) = (&event.event_type, &event.payload) else {
            return;
        };
        self.call_control_id =
            self.call_control_id.take().or_else(|| usable_id(payload.call_control_id.clone()));
        self.reference = self
            .reference
            .take()
            .or_else(|| payload.client_state.as_deref().and_then(reference::decode));
        self.to =
            self.to.or_else(|| payload.to.as_ref().and_then(|to| PhoneNumber::parse(to).ok()));
        self.direction = self.direction.or(match payload.direction.as_deref() {
            Some("incoming") => Some(Direction::Inbound),
            Some("outgoing") => Some(Direction::Outbound),
            _ => None,
        });
        match name.as_str() {
            "call.initiated" => {
                self.initiated_at = self.initiated_at.or(event.occurred_at);
            }
            "call.answered" => {
                self.was_answered = true;
                self.answered_at = self.answered_at.or(event.occurred_at);
            }
            "call.machine.detection.ended" | "call.machine.premium.detection.ended" => {
                let is_machine = payload.result.as_deref().is_some_and(causes::is_machine);
                self.was_answered |= is_machine;
                self.is_machine |= is_machine;
            }
            // The history may lack the answer itself: no page says how complete it is.
            "call.conversation.ended" => self.was_answered = true,
            "call.hangup" => {
                self.hangup = Some(Hangup {
                    at: payload.end_time.or(event.occurred_at),
                    cause: payload.hangup_cause.clone().unwrap_or_default(),
                    sip_status: payload.sip_hangup_cause.clone(),
                });
            }
            "call.cost" => self.add_cost(event),
            _ => {}
        }
    }

    /// The cost comes late and may come again: the latest one counts.
    fn add_cost(&mut self, event: &WebhookEvent) {
        let at = event.occurred_at.unwrap_or(Timestamp::MIN);
        if let Some(cost) = cost(event)
            && self.cost.as_ref().is_none_or(|(known, _)| at >= *known)
        {
            self.cost = Some((at, cost));
        }
    }

    /// The state. That a call was initiated says nothing about its phone: the carrier may refuse it
    /// after that.
    pub(crate) fn state(&self) -> ProviderState {
        match &self.hangup {
            Some(hangup) => {
                let (cause, sip) = (&hangup.cause, hangup.sip_status.as_deref());
                let outcome = causes::outcome(cause, sip, self.was_answered);
                let is_voicemail = self.is_machine && outcome == Outcome::Completed;
                ProviderState::Ended(if is_voicemail { Outcome::Voicemail } else { outcome })
            }
            None if self.was_answered => ProviderState::InProgress,
            None => ProviderState::Queued,
        }
    }

    /// The word for the state that the last event has.
    fn word(&self) -> &'static str {
        match (&self.hangup, self.was_answered, self.initiated_at) {
            (Some(_), ..) => "call.hangup",
            (None, true, _) => "call.answered",
            (None, false, Some(_)) => "call.initiated",
            (None, false, None) => "dialled",
        }
    }

    fn duration(&self) -> Option<Duration> {
        let from = self.answered_at?;
        let to = self.hangup.as_ref()?.at?;
        Duration::try_from(to.duration_since(from).max(SignedDuration::ZERO)).ok()
    }

    /// The call; `None` if no event had its id.
    pub(crate) fn report(
        &self,
        provider: &ProviderId,
        agent: Option<&AgentId>,
    ) -> Option<ProviderCall> {
        let id = ProviderCallId::from(self.call_control_id.clone()?);
        let state = self.state();
        let mut report = ProviderCall::new(provider.clone(), id, state, self.word());
        report.direction = self.direction;
        report.to = self.to;
        report.reference = self.reference.clone();
        report.agent = agent.cloned();
        report.created_at = self.initiated_at;
        report.duration = self.duration();
        report.cost = self.cost.as_ref().map(|(_, cost)| *cost).filter(|_| state.is_over());
        let ended_well = state.outcome() == Some(Outcome::Completed);
        report.failure_code = self
            .hangup
            .as_ref()
            .map(|hangup| hangup.cause.clone())
            .filter(|cause| !ended_well && switchboard_http::is_code(cause));
        Some(report)
    }
}

/// The cost in a `call.cost` event; `None` where its parts do not name one currency.
pub(crate) fn cost(event: &WebhookEvent) -> Option<Cost> {
    let payload = event.payload.as_ref()?;
    let mut named = payload.cost_parts.iter().flatten().filter_map(|part| part.currency.as_ref());
    let currency = named.next()?;
    let is_one = named.all(|other| other == currency);
    bill(payload.total_cost?, currency.parse().ok().filter(|_| is_one)?)
}
