//! Calls that are over, written into the ledger as an engine would have written them: planned by the
//! engine, judged by its calling rules, and each step in the journal with the time it happened.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use switchboard::{
    Attempt, CallId, Cost, Credits, Delivery, Engine, ErrorKind, Journal, Money, Outcome,
    PhoneNumber, Plan, ProviderId, Result, Transcript, ValidCall,
    core::{
        AttemptError, AttemptId, CallFailure, Direction, ProviderCall, ProviderState, Speaker,
        TranscriptEntry,
    },
    journal::{NewCall, OptOut, OptOutSource, Write, WriteError, state::Fact},
    router::{
        PlanRecord, Reservation,
        experiment::{Change, Stage},
        hold,
    },
    uuid::Uuid,
};

use super::{
    cast::{self, Course, OPTED_OUT, PAUSED, Part},
    chance::Chance,
};

const SEED: u64 = 7;
/// Calls that are written at the same time: the ledger writes them together.
const AT_ONCE: usize = 512;
/// The arm at KallyAI succeeds more often.
const SUCCEEDS: [(&str, u64); 2] = [("kallyai", 81), ("kaicalls", 52)];
const EXPERIMENT: &str = "confirm-tables";
/// The names of people who decided something.
const OPERATOR: &str = "Ada (example)";
/// When somebody asked not to be called again, in seconds before now.
const OPTED_OUT_BEFORE: u64 = 20_000;
/// Calls that ended in the last minutes have no bill yet.
const BILLED_AFTER: Duration = Duration::from_secs(30 * 60);

/// Writes the past day into a journal of the engine's ledger, as a process that is gone by now left
/// it: the engine has to recover.
///
/// # Errors
/// `Journal`.
pub(in crate::commands::serve) async fn write(
    engine: &Engine,
    journal: &Arc<dyn Journal>,
    now: Timestamp,
) -> Result<()> {
    let mut chance = Chance::new(SEED);
    let parts = cast::parts(now, &mut chance);
    start_the_experiment(engine, journal, before(now, 24 * 60 * 60)).await?;
    stream::iter(parts)
        .map(|part| {
            let mut own = Chance::new(chance.next());
            async move { write_call(engine, journal, now, &part, &mut own).await }
        })
        .buffer_unordered(AT_ONCE)
        .try_collect::<()>()
        .await?;
    let person = PhoneNumber::parse(OPTED_OUT)
        .map_err(|error| switchboard::Error::invalid("to", error.to_string()))?;
    let opt_out = OptOut::new(OptOutSource::CalleeSaid, OPERATOR, before(now, OPTED_OUT_BEFORE))
        .with(|it| it.note = Some("They asked not to be called again.".to_owned()));
    journal.opt_out(&person, &opt_out).await?;
    Ok(())
}

fn before(now: Timestamp, seconds: u64) -> Timestamp {
    now.checked_sub(Duration::from_secs(seconds)).unwrap_or(now)
}

fn after(at: Timestamp, time: Duration) -> Timestamp {
    at.checked_add(time).unwrap_or(at)
}

async fn start_the_experiment(
    engine: &Engine,
    journal: &Arc<dyn Journal>,
    at: Timestamp,
) -> Result<()> {
    let version = engine
        .policy()
        .experiments
        .iter()
        .find(|one| one.name == EXPERIMENT)
        .map_or(1, |one| one.version);
    let start = Change {
        to: Some(Stage::Running),
        why: Some("KallyAI sounds more natural; does it reach more restaurants?".to_owned()),
        ..Change::of(version)
    };
    let entry = start.decision(EXPERIMENT, OPERATOR, at);
    journal.append_audit(&entry).await?;
    // The engine plans the calls below with the experiment running.
    engine.learn().await?;
    Ok(())
}

/// What one call is written with.
struct Scribe<'a> {
    journal: &'a Arc<dyn Journal>,
    id: CallId,
    at: Timestamp,
}

impl Scribe<'_> {
    async fn write(&self, facts: Vec<Fact>) -> Result<()> {
        self.write_with(facts, Reservation::default()).await
    }

    async fn write_with(&self, facts: Vec<Fact>, reservation: Reservation) -> Result<()> {
        let write = Write { facts, reservation };
        let written = self.journal.write(self.id, write, self.at).await;
        written.map(drop).map_err(WriteError::into)
    }

    fn wait(&mut self, time: Duration) {
        self.at = after(self.at, time);
    }
}

async fn write_call(
    engine: &Engine,
    journal: &Arc<dyn Journal>,
    now: Timestamp,
    part: &Part,
    chance: &mut Chance,
) -> Result<()> {
    let policy = engine.policy();
    let request = policy.complete(&part.request).validate(part.at)?;
    let plan = engine.plan(&request);
    let id = CallId::new(chance.id(part.at));
    let request = Arc::new(request);
    journal.open(NewCall::new(id, Arc::clone(&request), part.at)).await?;
    let mut scribe = Scribe { journal, id, at: part.at };
    let decision = engine.check_rules(&request, part.at).await?.decision;
    let named = policy.providers.iter().map(|one| &one.info.id);
    let readings = engine.readings();
    let record = PlanRecord::of(
        &plan,
        engine.version().as_deref(),
        chance.next(),
        named.zip(&readings),
        part.at,
    );
    scribe.wait(Duration::from_millis(3 + chance.below(9)));
    let Some(first) = plan.candidates.first() else {
        let fault = CallFailure::from(&plan.to_error());
        return scribe.write(vec![Fact::Planned(Box::new(record)), Fact::Refused(fault)]).await;
    };
    let admitted = Fact::Admitted {
        estimated_cost: first.estimated_cost,
        experiment: plan.experiment.clone(),
        plan: Some(Box::new(record)),
    };
    scribe.write(vec![admitted, Fact::Decided(Box::new(decision))]).await?;
    let attempt = send(engine, &mut scribe, &request, &plan, 0, chance).await?;
    match part.course {
        Course::Ended(outcome) => {
            let theirs = (attempt, first.provider.clone());
            end(&mut scribe, now, part, theirs, outcome, chance).await
        }
        Course::ByProvider => {
            let provider = first.provider.as_str();
            let succeeds = SUCCEEDS.iter().find(|(name, _)| *name == provider);
            let outcome = cast::ending(succeeds.map_or(60, |(_, percent)| *percent), chance);
            let theirs = (attempt, first.provider.clone());
            end(&mut scribe, now, part, theirs, outcome, chance).await
        }
        Course::FailedOver(outcome) => {
            scribe.wait(Duration::from_millis(4));
            let error = failure("its connection was refused");
            let failed = Fact::Failed { attempt, delivery: Delivery::NotSent, error };
            scribe.write(vec![failed]).await?;
            let Some(second) = plan.candidates.get(1) else {
                let message = "no other provider could take it".to_owned();
                let fault = CallFailure { kind: ErrorKind::NoProvider, message };
                return scribe.write(vec![Fact::Refused(fault)]).await;
            };
            let attempt = send(engine, &mut scribe, &request, &plan, 1, chance).await?;
            let theirs = (attempt, second.provider.clone());
            end(&mut scribe, now, part, theirs, outcome, chance).await
        }
        Course::InDoubt => in_doubt(&mut scribe, attempt).await,
    }
}

fn failure(message: &str) -> AttemptError {
    AttemptError {
        kind: ErrorKind::Transport,
        message: message.to_owned(),
        status: None,
        code: None,
    }
}

/// The transaction before a byte leaves.
async fn send(
    engine: &Engine,
    scribe: &mut Scribe<'_>,
    request: &ValidCall,
    plan: &Plan,
    at: usize,
    chance: &mut Chance,
) -> Result<AttemptId> {
    let policy = engine.policy();
    let Some(candidate) = plan.candidates.get(at) else {
        return Err(plan.to_error());
    };
    scribe.wait(Duration::from_millis(2 + chance.below(5)));
    let id = AttemptId::new(chance.id(scribe.at));
    let key = Uuid::from_u128(u128::from(chance.next()) << 64 | u128::from(chance.next()));
    let agent = policy.agent_for(request.agent.as_ref(), &candidate.provider);
    let attempt = Attempt::new(id, candidate.provider.clone(), key, scribe.at).with(|attempt| {
        attempt.agent = agent.map(|agent| agent.id.clone());
        attempt.estimated_cost = candidate.estimated_cost;
    });
    let held = match policy.providers.get(candidate.index) {
        Some(one) => hold(
            &policy.budgets,
            &one.deck,
            &request.to,
            Duration::from_secs(10 * 60),
            &candidate.provider,
            plan.parties(&request.tenant),
            scribe.at,
        )?,
        None => None,
    };
    let reservation = Reservation { hold: held, ..Reservation::default() };
    let facts = vec![Fact::Intended(Box::new(attempt)), Fact::Claimed(id), Fact::Sent(id)];
    scribe.write_with(facts, reservation).await?;
    Ok(id)
}

/// The provider took it, and it ended so.
async fn end(
    scribe: &mut Scribe<'_>,
    now: Timestamp,
    part: &Part,
    (attempt, provider): (AttemptId, ProviderId),
    outcome: Outcome,
    chance: &mut Chance,
) -> Result<()> {
    let theirs = format!("{}_{:012x}", provider.as_str(), chance.next() >> 16);
    let report = |state: ProviderState, word: &str| {
        let mut call = ProviderCall::new(provider.clone(), theirs.clone().into(), state, word);
        call.direction = Some(Direction::Outbound);
        call
    };
    scribe.wait(Duration::from_millis(180 + chance.below(700)));
    let queued = report(ProviderState::Queued, "queued");
    scribe.write(vec![Fact::Answered(attempt, Box::new(queued))]).await?;
    let talked = matches!(outcome, Outcome::Completed | Outcome::Voicemail);
    let mut ended = report(ProviderState::Ended(outcome), word(outcome));
    if talked {
        scribe.wait(part.rang);
        let talking = report(ProviderState::InProgress, "in_progress");
        scribe.write(vec![Fact::Reported(Box::new(talking))]).await?;
        scribe.wait(part.talked);
        ended.duration = Some(part.talked);
    } else {
        scribe.wait(part.rang * 2);
    }
    if outcome == Outcome::Completed {
        ended.summary = Some(part.summary.to_owned());
    }
    let mut facts = vec![Fact::Reported(Box::new(ended))];
    if outcome == Outcome::Completed {
        facts.push(Fact::Transcribed(transcript(part)));
    }
    scribe.write(facts).await?;
    scribe.wait(Duration::from_secs(20 + chance.below(60)));
    if now.duration_since(scribe.at).unsigned_abs() < BILLED_AFTER {
        return Ok(());
    }
    let (cost, money) = bill(&provider, talked.then_some(part.talked));
    scribe.write(vec![Fact::Billed(attempt, cost, Some(money))]).await
}

/// The request left and its answer was lost; nothing that the provider lists is this call.
async fn in_doubt(scribe: &mut Scribe<'_>, attempt: AttemptId) -> Result<()> {
    scribe.wait(Duration::from_secs(30));
    let error = failure("the connection ended before the answer was complete");
    let failed = Fact::Failed { attempt, delivery: Delivery::Unknown, error };
    scribe.write(vec![failed, Fact::Reconciling(attempt)]).await?;
    scribe.wait(Duration::from_secs(20 * 60));
    let message = "nothing that the provider lists is this call".to_owned();
    let fault = CallFailure { kind: ErrorKind::Provider, message };
    scribe.write(vec![Fact::GaveUp(fault)]).await
}

const fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Completed => "completed",
        Outcome::Voicemail => "voicemail",
        Outcome::Busy => "busy",
        Outcome::NoAnswer => "no_answer",
        _ => "failed",
    }
}

/// What the tariffs of the simulation make of it.
fn bill(provider: &ProviderId, talked: Option<Duration>) -> (Cost, Money) {
    let minutes = talked.map_or(0, |talked| talked.as_secs().div_ceil(60));
    let minutes = i64::try_from(minutes).unwrap_or_default();
    if provider.as_str() == "kallyai" {
        let credits = 1_000_000 + 100_000 * minutes;
        let money = Money::from_micros(credits * 15 / 100, switchboard::Currency::USD);
        return (Cost::Credits(Credits::from_micros(credits)), money);
    }
    let micros = if provider.as_str() == PAUSED.id() { 50_000 * minutes } else { 150_000 };
    let money = Money::from_micros(micros, switchboard::Currency::USD);
    (Cost::Money(money), money)
}

fn transcript(part: &Part) -> Transcript {
    let says = |speaker, text: &str, offset: u64| TranscriptEntry {
        speaker,
        text: text.to_owned(),
        offset: Some(Duration::from_secs(offset)),
    };
    Transcript {
        entries: vec![
            says(Speaker::Agent, "Hello, this is an automated call on behalf of a guest.", 0),
            says(Speaker::Callee, "Hello, how can I help you?", 6),
            says(Speaker::Agent, &part.request.task, 9),
            says(Speaker::Callee, part.summary, 17),
            says(Speaker::Agent, "Thank you, goodbye.", 24),
        ],
        ..Transcript::default()
    }
}
