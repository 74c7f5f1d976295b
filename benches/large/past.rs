//! One call of a large ledger: who was called, and how it went.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use switchboard::{
    Attempt, CallId, CallRequest, CallStatus, Config, Cost, Delivery, ErrorKind, Journal, Money,
    Outcome, PhoneNumber, Plan, Policy, ProviderId, ValidCall,
    core::{AttemptId, CallFailure, Error, ProviderCall, ProviderState, Raw, Refusal},
    journal::{NewCall, Opened, Write, state::Fact},
    router::{PlanRecord, Reading, Reservation, Snapshot, hold, plan},
};
use switchboard_benches::Chance;
use uuid::Uuid;

use crate::{Failure, SPAN};

const PEOPLE: u64 = 600_000;
const TASK: &str =
    "Remind them of their appointment on Friday at eight, and ask whether they will come.";
const SUMMARY: &str = "They answered, confirmed the appointment on Friday at eight and asked for a text message with the address.";
/// The longest call, which a hold pays for.
const LONGEST: Duration = Duration::from_secs(600);

/// The past that is written down.
pub(crate) struct Past {
    policy: Policy,
    version: Option<String>,
    calls: u64,
    began: Timestamp,
}

/// A call with all that is written of it, transaction by transaction.
pub(crate) struct PastCall {
    new: NewCall,
    writes: Vec<(Write, Timestamp)>,
}

impl Past {
    pub(crate) fn new(config: &Config, calls: u64, began: Timestamp) -> Result<Self, Failure> {
        Ok(Self { policy: config.policy()?, version: config.version(), calls, began })
    }

    /// The `nth` call, in the order of time.
    pub(crate) fn call(&self, nth: u64) -> Result<PastCall, Failure> {
        let mut chance = Chance::new(nth);
        let at = self.began + SPAN.mul_f64(nth as f64 / self.calls as f64);
        let request = Arc::new(request(nth % PEOPLE, &mut chance)?.validate(at)?);
        let new = NewCall::new(CallId::new(id(at, &mut chance)), Arc::clone(&request), at);
        let readings = vec![Reading::default(); self.policy.providers.len()];
        let draw = chance.below(u64::MAX);
        let snapshot = Snapshot {
            policy: &self.policy,
            readings: &readings,
            draw,
            quality: None,
            experiments: None,
        };
        let plan = plan(&request, &snapshot, at);
        let named = self.policy.providers.iter().map(|one| &one.info.id);
        let version = self.version.as_deref();
        let record = PlanRecord::of(&plan, version, draw, named.zip(&readings), at);
        let mut first = vec![Fact::Admitted {
            estimated_cost: plan.candidates.first().and_then(|best| best.estimated_cost),
            experiment: plan.experiment.clone(),
            plan: Some(Box::new(record)),
        }];
        // Every twentieth call goes over to the next provider, and every hundredth is refused by all.
        let failovers = match chance.below(100) {
            0 => plan.candidates.len(),
            1..=5 => 1,
            _ => 0,
        };
        let mut writes = Vec::new();
        let mut then = at;
        for (position, candidate) in plan.candidates.iter().enumerate() {
            then += Duration::from_millis(200 + chance.below(900));
            let attempt = attempt(&candidate.provider, candidate.estimated_cost, then, &mut chance);
            let tried = attempt.id;
            first.extend([
                Fact::Intended(Box::new(attempt)),
                Fact::Claimed(tried),
                Fact::Sent(tried),
            ]);
            let reservation = self.reserve(&request, &plan, candidate.index, then)?;
            writes.push((Write { facts: std::mem::take(&mut first), reservation }, then));
            if position < failovers {
                let error = Error::new(ErrorKind::Provider, "no agent is free");
                let delivery = Delivery::Refused(Refusal::ThisProvider);
                let failed = Fact::Failed { attempt: tried, delivery, error: (&error).into() };
                writes.push((failed.into(), then + Duration::from_millis(300)));
                then += Duration::from_millis(300);
                continue;
            }
            writes.extend(self.answer(nth, (&candidate.provider, tried), then, &mut chance));
            return Ok(PastCall { new, writes });
        }
        let message = "no provider can take this call".to_owned();
        let refused = Fact::Refused(CallFailure { kind: ErrorKind::NoProvider, message });
        writes.push((refused.into(), then));
        Ok(PastCall { new, writes })
    }

    /// What the provider said, until its bill.
    fn answer(
        &self,
        nth: u64,
        (provider, tried): (&ProviderId, AttemptId),
        sent: Timestamp,
        chance: &mut Chance,
    ) -> Vec<(Write, Timestamp)> {
        let theirs = format!("{provider}-call-{nth:09}");
        let report = |state, word: &str| {
            ProviderCall::new(provider.clone(), theirs.as_str().into(), state, word)
        };
        let accepted = sent + Duration::from_millis(400 + chance.below(1_500));
        let mut queued = report(ProviderState::Queued, "queued");
        queued.raw = Raw::new(serde_json::json!({"id": theirs, "status": "queued"}));
        let answered = Fact::Answered(tried, Box::new(queued));
        // The last calls of the ledger are in part in doubt.
        if nth + 5_000 > self.calls && nth.is_multiple_of(50) {
            let message = "nothing proved it in time".to_owned();
            let lost = CallFailure { kind: ErrorKind::Timeout, message };
            let error = Error::new(ErrorKind::Timeout, "no answer came");
            let delivery = Delivery::Unknown;
            let failed = Fact::Failed { attempt: tried, delivery, error: (&error).into() };
            let facts = vec![failed, Fact::Reconciling(tried), Fact::GaveUp(lost)];
            return vec![(Write { facts, reservation: Reservation::default() }, accepted)];
        }
        let (outcome, seconds) = match chance.below(100) {
            0..=61 => (Outcome::Completed, 30 + chance.below(150)),
            62..=76 => (Outcome::NoAnswer, 0),
            77..=88 => (Outcome::Voicemail, 20 + chance.below(20)),
            89..=93 => (Outcome::Busy, 0),
            94..=97 => (Outcome::Declined, 0),
            _ => (Outcome::Failed, chance.below(20)),
        };
        let ended = accepted + Duration::from_secs(8 + seconds);
        let mut over = report(ProviderState::Ended(outcome), outcome.as_str());
        over.duration = Some(Duration::from_secs(seconds));
        over.summary = (outcome == Outcome::Completed).then(|| SUMMARY.to_owned());
        over.raw = Raw::new(serde_json::json!({
            "id": theirs, "status": outcome.as_str(), "duration": seconds, "summary": over.summary,
        }));
        let mut facts = vec![Fact::Reported(Box::new(over))];
        let deck =
            self.policy.index_of(provider).and_then(|index| self.policy.providers.get(index));
        let rate = match deck.map(|one| one.info.id.as_str()) {
            Some("north") => 80_000,
            Some("south") => 100_000,
            _ => 120_000,
        };
        let bill = Money::from_micros(
            rate * i64::try_from(seconds.div_ceil(60)).unwrap_or(0),
            self.policy.currency,
        );
        facts.push(Fact::Billed(tried, Cost::Money(bill), Some(bill)));
        vec![
            (answered.into(), accepted),
            (Write { facts, reservation: Reservation::default() }, ended),
        ]
    }

    fn reserve(
        &self,
        request: &ValidCall,
        plan: &Plan,
        index: usize,
        at: Timestamp,
    ) -> Result<Reservation, Failure> {
        let Some(provider) = self.policy.providers.get(index) else {
            return Ok(Reservation::default());
        };
        let hold = hold(
            &self.policy.budgets,
            &provider.deck,
            &request.to,
            LONGEST,
            &provider.info.id,
            plan.parties(&request.tenant),
            at,
        )?;
        Ok(Reservation { hold, ..Reservation::default() })
    }
}

impl PastCall {
    pub(crate) async fn write(self, journal: &dyn Journal) -> Result<(), Failure> {
        let id = self.new.id;
        match journal.open(self.new).await? {
            Opened::New(call) if call.status == CallStatus::Received => {}
            Opened::New(_) | Opened::Replayed(_) | Opened::Changed(_) => {
                return Err(format!("the call {id} was there already").into());
            }
        }
        for (write, at) in self.writes {
            journal.write(id, write, at).await.map_err(|error| format!("{error:?}"))?;
        }
        Ok(())
    }
}

/// An id as one of that time has it.
fn id(at: Timestamp, chance: &mut Chance) -> Uuid {
    let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
    let random = (u128::from(chance.below(u64::MAX)) << 64) | u128::from(chance.below(u64::MAX));
    uuid::Builder::from_unix_timestamp_millis(
        millis,
        &random.to_be_bytes()[..10].try_into().unwrap_or_default(),
    )
    .into_uuid()
}

fn attempt(
    provider: &ProviderId,
    cost: Option<Money>,
    at: Timestamp,
    chance: &mut Chance,
) -> Attempt {
    let mut attempt =
        Attempt::new(AttemptId::new(id(at, chance)), provider.clone(), id(at, chance), at);
    attempt.agent =
        Some(format!("agent-{}", provider.as_str().get(..1).unwrap_or_default()).as_str().into());
    attempt.estimated_cost = cost;
    attempt
}

/// The request to call this person.
fn request(person: u64, chance: &mut Chance) -> Result<CallRequest, Failure> {
    let to = number(person).ok_or("a person has no number")?;
    let batch = chance.below(40);
    Ok(CallRequest::new(to.e164(), TASK).with(|call| {
        call.allow_duplicate = true;
        call.tenant = Some(format!("tenant-{}", person % 12));
        call.callee_name = Some(format!("Person {person}"));
        call.metadata = [("order".to_owned(), person.to_string())].into();
        call.tags = [format!("branch-{batch}")].into();
        if chance.below(10) < 3 {
            call.tags.push("reminder".to_owned());
        }
    }))
}

/// A number of a city in the United States, Britain or Germany, another for each person.
fn number(person: u64) -> Option<PhoneNumber> {
    const CITIES: [&str; 8] =
        ["+1212", "+1312", "+1415", "+1512", "+1617", "+1305", "+442079", "+4930"];
    let mut chance = Chance::new(person.wrapping_mul(7_919));
    (0..100).find_map(|_| {
        let city = chance.of(&CITIES)?;
        let rest = match *city {
            "+442079" => format!("{:06}", chance.below(1_000_000)),
            "+4930" => format!("{:08}", 20_000_000 + chance.below(70_000_000)),
            _ => format!("{:07}", 2_000_000 + chance.below(7_999_999)),
        };
        PhoneNumber::parse(&format!("{city}{rest}")).ok()
    })
}
