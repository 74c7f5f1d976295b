//! The calling rules: asked when a call is accepted, and again right before each ring.
//!
//! The answer before a ring counts. What may have changed since by another process, an opt-out and
//! the number of rings, is checked once more by the journal, in the transaction that lets the
//! attempt be sent.

use std::{fmt::Write as _, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use switchboard_core::{
    Attempt, CallFacts, CallFailure, CalleeHistory, Error, ErrorKind, ListState, PhoneNumber,
    ProfileName, Purpose, Result, RuleDecision, RuleVerdict, ValidCall,
};
use switchboard_journal::ListCache;
use switchboard_router::{CalleeLimits, FactOrigin, Policy};
use switchboard_rules::{Asked, NumberLists, Opening, Said, Tables, decide};

use crate::{config::ActiveConfig, opening, shared::Shared};

/// How long the lists of numbers are not read again.
const LISTS_HOLD: Duration = Duration::from_secs(1);
/// A ledger may keep times less exactly than an attempt has them.
const SAME_MOMENT: SignedDuration = SignedDuration::from_millis(1);
/// The list of those who asked this house not to be called.
const OWN_LIST: &str = "OWN";

/// The facts that a route or an agent profile may give.
const WITH_DEFAULTS: [&str; 4] = ["purpose", "callee_kind", "recording", "published_number"];

/// What the rules decided, and what the journal has to check again.
#[derive(Debug, Clone)]
pub(crate) struct Decided {
    pub(crate) decision: RuleDecision,
    pub(crate) limits: CalleeLimits,
    /// The first words of the ring.
    pub(crate) opening: Opening,
}

/// What the rules ask about a call, apart from what the journal knows about the callee.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) facts: CallFacts,
    /// The call with what its route and its profile say for it.
    pub(crate) call: Arc<ValidCall>,
    /// Where the facts come from that are not the request's own.
    origins: Vec<(&'static str, &'static str)>,
}

impl Question {
    /// `profile` is the agent profile that handles it; `None`: the one that it asks for, or else the
    /// default one.
    ///
    /// # Errors
    /// `InvalidRequest` if neither the request nor its route or agent profile gives a purpose.
    pub(crate) fn new(
        policy: &Policy,
        request: &Arc<ValidCall>,
        profile: Option<&ProfileName>,
    ) -> Result<Self> {
        let sources = policy.fact_sources(request, profile);
        let facts = sources.facts();
        if facts.purpose.is_none() && policy.rules.off.is_none() {
            return Err(no_purpose());
        }
        let origins = WITH_DEFAULTS.map(|fact| (fact, sources.origin(fact)));
        let others = origins.into_iter().filter(|(_, origin)| *origin != FactOrigin::Request);
        let call = policy.as_placed(request, profile);
        Ok(Self {
            facts,
            call,
            origins: others.map(|(fact, origin)| (fact, origin.as_str())).collect(),
        })
    }

    /// What the rules say about a ring at this time.
    pub(crate) fn answer(
        &self,
        config: &ActiveConfig,
        to: &PhoneNumber,
        history: &CalleeHistory,
        lists: &dyn NumberLists,
        at: Timestamp,
    ) -> Decided {
        let policy = &config.policy;
        if let Some(reason) = &policy.rules.off {
            let unchecked = RuleDecision::new(at, RuleVerdict::Allow, String::new(), String::new());
            return Decided {
                decision: unchecked.with(|decision| decision.off = Some(reason.clone())),
                limits: CalleeLimits::default(),
                opening: opening::of(&self.call, &self.facts, Said::NONE),
            };
        }
        self.ask(policy, &config.tables, to, history, lists, at)
    }

    /// What the rules of these tables say, also where they are off.
    pub(crate) fn ask(
        &self,
        policy: &Policy,
        tables: &Tables,
        to: &PhoneNumber,
        history: &CalleeHistory,
        lists: &dyn NumberLists,
        at: Timestamp,
    ) -> Decided {
        let asked = self.asked(policy, to, history, lists);
        let required = tables.first_words(&asked, at);
        let opening = opening::of(&self.call, &self.facts, required);
        let asked = asked.with(|asked| asked.said = opening.said);
        Decided {
            opening,
            decision: decide(&asked, tables, at),
            limits: CalleeLimits { caps: tables.caps(&asked, at) },
        }
    }

    /// What the first words of a ring at this time have to say.
    pub(crate) fn first_words(
        &self,
        config: &ActiveConfig,
        to: &PhoneNumber,
        history: &CalleeHistory,
        lists: &dyn NumberLists,
        at: Timestamp,
    ) -> Said {
        config.tables.first_words(&self.asked(&config.policy, to, history, lists), at)
    }

    fn asked<'a>(
        &'a self,
        policy: &'a Policy,
        to: &'a PhoneNumber,
        history: &'a CalleeHistory,
        lists: &'a dyn NumberLists,
    ) -> Asked<'a> {
        Asked::new(to, &self.facts, Said::NONE, history, lists).with(|asked| {
            asked.emergencies = &policy.rules.emergencies;
            asked.origins = &self.origins;
        })
    }
}

impl Shared {
    /// What the journal knows about a callee, as far back as rules look.
    pub(crate) async fn history(
        &self,
        config: &ActiveConfig,
        request: &ValidCall,
    ) -> Result<CalleeHistory> {
        let since = self.looks_back_to(config);
        self.journal.history(&request.tenant, &request.to, since).await
    }

    /// The time of the earliest ring that a rule may ask about.
    pub(crate) fn looks_back_to(&self, config: &ActiveConfig) -> Timestamp {
        self.now().checked_sub(config.tables.looks_back()).unwrap_or(Timestamp::MIN)
    }

    /// What the rules say about a ring at this time, by the agent of this profile.
    ///
    /// # Errors
    /// `InvalidRequest` for a call without a purpose; `Journal`.
    pub(crate) async fn decide(
        &self,
        config: &ActiveConfig,
        request: &Arc<ValidCall>,
        profile: Option<&ProfileName>,
        at: Timestamp,
    ) -> Result<Decided> {
        self.decide_but(config, request, profile, None, at).await
    }

    /// What the rules say about a repeat of the request of this attempt. The ring that is in doubt is
    /// the one that they are asked about, and not one that came before it.
    ///
    /// # Errors
    /// As [`Shared::decide`].
    pub(crate) async fn decide_repeat(
        &self,
        config: &ActiveConfig,
        request: &Arc<ValidCall>,
        attempt: &Attempt,
        at: Timestamp,
    ) -> Result<Decided> {
        let rang = attempt.sent_at.unwrap_or(attempt.created_at);
        self.decide_but(config, request, None, Some(rang), at).await
    }

    /// `but`: a ring that does not count.
    async fn decide_but(
        &self,
        config: &ActiveConfig,
        request: &Arc<ValidCall>,
        profile: Option<&ProfileName>,
        but: Option<Timestamp>,
        at: Timestamp,
    ) -> Result<Decided> {
        let question = Question::new(&config.policy, request, profile)?;
        // With the rules off, only the journal is asked, when the attempt is written.
        let mut history = match &config.policy.rules.off {
            Some(_) => CalleeHistory::default(),
            None => self.history(config, request).await?,
        };
        if let Some(but) = but {
            let is_it = |ring: &Timestamp| ring.duration_since(but).abs() < SAME_MOMENT;
            if let Some(at) = history.rings.iter().position(is_it) {
                history.rings.remove(at);
            }
        }
        let lists = self.lists(config, at).await?;
        Ok(question.answer(config, &request.to, &history, &lists, at))
    }

    /// The lists of numbers, as they are now or were a moment ago.
    pub(crate) async fn lists(&self, config: &ActiveConfig, at: Timestamp) -> Result<Lists<'_>> {
        let now = self.clock.uptime();
        let is_due = |last: Option<Duration>| last.is_none_or(|last| now >= last + LISTS_HOLD);
        if config.policy.rules.off.is_none() && is_due(*self.lists_read.lock()) {
            self.lists.refresh(&*self.journal).await?;
            *self.lists_read.lock() = Some(now);
        }
        Ok(Lists { cache: &self.lists, at })
    }
}

/// The lists of numbers that the journal holds.
#[derive(Debug)]
pub(crate) struct Lists<'a> {
    pub(crate) cache: &'a ListCache,
    pub(crate) at: Timestamp,
}

impl NumberLists for Lists<'_> {
    fn state(&self, list: &str, number: &PhoneNumber) -> ListState {
        match self.cache.state(list, number) {
            // What the house has not put on its own list is not on it.
            ListState::Missing | ListState::NotCovered { .. } | ListState::Absent { .. }
                if list == OWN_LIST =>
            {
                ListState::Absent { as_of: self.at }
            }
            state => state,
        }
    }
}

/// Why a call is not placed, by the rules that stop it.
pub(crate) fn fault(decision: &RuleDecision) -> CallFailure {
    let mut message = String::from("the calling rules stop this call");
    for (nth, one) in decision.stops().enumerate() {
        let mark = if nth == 0 { ": " } else { "; " };
        // Writing to a string cannot fail.
        let _ = write!(message, "{mark}{}: {}", one.rule, one.why());
    }
    CallFailure { kind: ErrorKind::Blocked, message }
}

/// Why a call whose window closes before the rules let it pass is not placed.
pub(crate) fn closes_first(decision: &RuleDecision, until: Timestamp) -> CallFailure {
    let fault = fault(decision);
    let message = format!(
        "{}: they let it pass from {until:.0}, after the latest time of the call",
        fault.message
    );
    CallFailure { message, ..fault }
}

/// Why a call is not placed after the callee asked not to be called again.
pub(crate) fn opted_out() -> CallFailure {
    CallFailure {
        kind: ErrorKind::Blocked,
        message: "the callee asked not to be called again".to_owned(),
    }
}

fn no_purpose() -> Error {
    let mut message = String::from("is missing: say why the callee is called, as one of");
    for (nth, one) in Purpose::ALL.iter().enumerate() {
        let mark = if nth == 0 { " " } else { " | " };
        let _ = write!(message, "{mark}{one} ({})", one.meaning().trim_end_matches('.'));
    }
    Error::invalid("purpose", message)
}
