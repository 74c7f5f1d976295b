//! The six kinds of providers, by the traits of their documents that the law depends on.
//!
//! Written from `docs/providers.md` and `docs/provider-notes.md`, as the backends read the documents.
//! Where a document is silent, a simulated provider does the worst that it allows.

use std::time::Duration;

use switchboard::{
    ProviderId, ProviderInfo,
    core::{Coverage, FailureDomains, Idempotency, Refusal, Replay, RequestLimit},
};

use super::{plan::LONGEST, random::Random, tally::Way};

/// A kind of provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Responds when the phone call has ended. A lost call is found by its number and task.
    KallyAi,
    /// On Vapi's platform. Shows neither callee nor reference; at most one call of an agent may be in
    /// doubt.
    KaiCalls,
    /// Keys that live for an hour and a repeat that says little; our reference in its records, which it
    /// lists once the call has begun.
    Retell,
    /// Keys that answer with the first call, no list, webhooks without a signature, no costs.
    CallE,
    /// Keys that live for a minute; its state comes from events, and its costs late.
    Telnyx,
    /// No keys; our reference as the name of a call; costs that grow after its end.
    Vapi,
}

/// How a call whose placing request is in doubt is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Search {
    /// By the callee and the task.
    NumberAndTask,
    /// By the customer's record, the usage log, or the agent and the time.
    AgentAndTime,
    /// By our reference in its record.
    Reference,
    /// Not at all.
    None,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 6] =
        [Kind::KallyAi, Kind::KaiCalls, Kind::Retell, Kind::CallE, Kind::Telnyx, Kind::Vapi];

    /// The name in tables, and of the provider in a world.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::KallyAi => "kallyai",
            Kind::KaiCalls => "kaicalls",
            Kind::Retell => "retell",
            Kind::CallE => "calle",
            Kind::Telnyx => "telnyx",
            Kind::Vapi => "vapi",
        }
    }

    pub(super) fn id(self) -> ProviderId {
        ProviderId::from_static(self.name())
    }

    /// The ways in which an attempt in doubt can be settled at this kind of provider, by its documents.
    pub const fn ways(self) -> &'static [Way] {
        match self {
            Kind::KallyAi => &[Way::NumberAndTask, Way::Operator, Way::Never],
            Kind::KaiCalls => &[
                Way::Webhook,
                Way::LeadId,
                Way::UsageRow,
                Way::AgentAndTime,
                Way::Operator,
                Way::Never,
            ],
            Kind::Retell => &[
                Way::Repeat,
                Way::Reference,
                Way::Webhook,
                Way::NotDialled,
                Way::Operator,
                Way::Never,
            ],
            Kind::CallE => &[Way::Repeat, Way::Webhook, Way::Operator, Way::Never],
            Kind::Telnyx => &[Way::Reference, Way::Webhook, Way::Operator, Way::Never],
            Kind::Vapi => {
                &[Way::Reference, Way::Webhook, Way::NotDialled, Way::Operator, Way::Never]
            }
        }
    }

    /// The platforms and carriers that it depends on.
    fn domains(self) -> FailureDomains {
        match self {
            Kind::KallyAi | Kind::CallE | Kind::Telnyx => self.name().into(),
            Kind::KaiCalls => "vapi".into(),
            Kind::Retell => FailureDomains::from("retell").and("twilio"),
            Kind::Vapi => FailureDomains::from("vapi").and("twilio"),
        }
    }

    /// For how long a repeat under the same key places no second call.
    pub(super) const fn key_life(self) -> Option<Duration> {
        match self {
            Kind::KallyAi | Kind::KaiCalls | Kind::Vapi => None,
            Kind::Retell => Some(Duration::from_secs(3600)),
            // Its documents do not say; what the backend assumes.
            Kind::CallE => Some(Duration::from_secs(240)),
            Kind::Telnyx => Some(Duration::from_secs(60)),
        }
    }

    /// True if an attempt in doubt is repeated under its key. A minute is too short for that: a repeat may be
    /// read later.
    pub const fn repeats(self) -> bool {
        match self {
            Kind::Retell | Kind::CallE => true,
            Kind::KallyAi | Kind::KaiCalls | Kind::Telnyx | Kind::Vapi => false,
        }
    }

    /// True if a repeat is answered with the first call.
    pub(super) const fn repeats_answer(self) -> bool {
        match self {
            Kind::CallE => true,
            Kind::KallyAi | Kind::KaiCalls | Kind::Retell | Kind::Telnyx | Kind::Vapi => false,
        }
    }

    fn idempotency(self) -> Idempotency {
        let replay = if self.repeats_answer() { Replay::FirstAnswer } else { Replay::Silent };
        match (self, self.key_life()) {
            (_, Some(lives)) => Idempotency::Documented { lives, replay },
            (Kind::KallyAi, None) => Idempotency::Undocumented,
            (_, None) => Idempotency::None,
        }
    }

    /// True if it responds when the phone call has ended.
    pub(super) const fn is_synchronous(self) -> bool {
        matches!(self, Kind::KallyAi)
    }

    pub(super) const fn search(self) -> Search {
        match self {
            Kind::KallyAi => Search::NumberAndTask,
            Kind::KaiCalls => Search::AgentAndTime,
            Kind::Retell | Kind::Telnyx | Kind::Vapi => Search::Reference,
            Kind::CallE => Search::None,
        }
    }

    /// True if its calls can be listed.
    pub(super) const fn has_lists(self) -> bool {
        !matches!(self, Kind::CallE)
    }

    /// True if it sends webhooks to the address of a call.
    pub(super) const fn has_webhooks(self) -> bool {
        !matches!(self, Kind::KallyAi)
    }

    /// True if its webhooks are signed, so that one without a signature is refused.
    pub(super) const fn signs(self) -> bool {
        match self {
            Kind::Retell | Kind::Telnyx | Kind::Vapi => true,
            Kind::KallyAi | Kind::KaiCalls | Kind::CallE => false,
        }
    }

    /// True if it tells of a call only when that is over.
    pub(super) const fn tells_only_the_end(self) -> bool {
        matches!(self, Kind::CallE)
    }

    /// True if it has a usage log with costs.
    pub(super) const fn has_usage(self) -> bool {
        matches!(self, Kind::KallyAi | Kind::KaiCalls | Kind::Retell | Kind::Telnyx)
    }

    /// True if the record of a call that is over has its cost.
    pub(super) const fn bills_in_record(self) -> bool {
        matches!(self, Kind::KallyAi | Kind::Retell | Kind::Vapi)
    }

    /// True if a cost comes after the end and may change.
    pub(super) const fn bills_late(self) -> bool {
        matches!(self, Kind::Telnyx | Kind::Vapi)
    }

    /// True if calls can be cancelled before they are dialled.
    pub(super) const fn cancels(self) -> bool {
        matches!(self, Kind::KallyAi | Kind::CallE)
    }

    /// True if calls can be hung up.
    pub(super) const fn stops(self) -> bool {
        matches!(self, Kind::KallyAi | Kind::Retell | Kind::Telnyx | Kind::Vapi)
    }

    /// True if its records show the callee.
    pub(super) const fn shows_callee(self) -> bool {
        !matches!(self, Kind::KaiCalls)
    }

    /// True if its records show the task.
    pub(super) const fn shows_task(self) -> bool {
        matches!(self, Kind::KallyAi | Kind::CallE)
    }

    /// True if its records have our reference.
    pub(super) const fn shows_reference(self) -> bool {
        matches!(self, Kind::Retell | Kind::CallE | Kind::Telnyx | Kind::Vapi)
    }

    /// True if its record says of a conversation that the callee asked not to be called again.
    pub(super) const fn tells_opt_outs(self) -> bool {
        matches!(self, Kind::Retell)
    }

    /// The code with which it refuses whoever does not want to be called, if that is the person's wish by
    /// its documents. The others refuse without one, or with one that may have another reason.
    pub(super) const fn suppression(self) -> Option<&'static str> {
        match self {
            Kind::KallyAi => Some("suppression_violation"),
            Kind::KaiCalls => Some("number_opted_out"),
            Kind::Retell | Kind::CallE | Kind::Telnyx | Kind::Vapi => None,
        }
    }

    /// The reasons in its records that prove that an accepted call was never dialled.
    pub(super) const fn never_dialled(self) -> &'static [(&'static str, Refusal)] {
        match self {
            Kind::Retell => &[
                ("concurrency_limit_reached", Refusal::RateLimited),
                ("telephony_provider_permission_denied", Refusal::ThisProvider),
                ("no_valid_payment", Refusal::Quota),
                ("scam_detected", Refusal::Everyone),
            ],
            Kind::Vapi => &[
                ("call.start.error-concurrency-limit-reached", Refusal::RateLimited),
                ("assistant-not-found", Refusal::ThisProvider),
                ("call.start.error-insufficient-credits", Refusal::Quota),
                ("call.start.error-fraud-check-failed", Refusal::Everyone),
            ],
            Kind::KallyAi | Kind::KaiCalls | Kind::CallE | Kind::Telnyx => &[],
        }
    }

    /// How long a backend waits for the response, in milliseconds.
    pub(super) const fn patience(self) -> u64 {
        match self {
            Kind::KallyAi => LONGEST + 60_000,
            // The task is prepared for up to 25 seconds before the response.
            Kind::CallE => 40_000,
            Kind::KaiCalls | Kind::Retell | Kind::Telnyx | Kind::Vapi => 30_000,
        }
    }

    /// How many milliseconds longer than others it takes to respond, for a seeded number.
    pub(super) const fn prepares(self, draw: u64) -> u64 {
        match self {
            Kind::CallE => draw % 20_000,
            Kind::KallyAi | Kind::KaiCalls | Kind::Retell | Kind::Telnyx | Kind::Vapi => 0,
        }
    }

    /// True if the record of a call that was created, dialled and ended at these times can be found now by
    /// a search or in a list. Retell does not say whether it lists a call before that begins, and Telnyx
    /// finds what is up or, a while later, in the history of its events.
    pub(super) const fn is_found(self, dials: u64, ends: u64, now: u64) -> bool {
        match self {
            Kind::Retell => now >= dials,
            Kind::Telnyx => dials <= now && now < ends || now >= ends + 30_000,
            Kind::KallyAi | Kind::KaiCalls | Kind::CallE | Kind::Vapi => true,
        }
    }

    pub(super) fn info(self) -> ProviderInfo {
        let limit = |requests, seconds| {
            Some(RequestLimit { requests, window: Duration::from_secs(seconds) })
        };
        let mut info = ProviderInfo::new(self.id());
        info.failure_domains = self.domains();
        info.countries = Coverage::All;
        info.languages = Coverage::All;
        info.synchronous = self.is_synchronous();
        info.idempotency = self.idempotency();
        info.needs_agent = !matches!(self, Kind::KallyAi | Kind::CallE);
        info.takes_first_message = matches!(self, Kind::KaiCalls | Kind::Telnyx | Kind::Vapi);
        info.late_costs = self.bills_late();
        (info.place_limit, info.read_limit) = match self {
            Kind::KaiCalls => (limit(60, 60), limit(300, 60)),
            Kind::Retell => (limit(1, 1), None),
            Kind::Telnyx => (limit(150, 5), None),
            Kind::KallyAi | Kind::CallE | Kind::Vapi => (None, None),
        };
        info
    }
}

/// The providers of a world.
#[derive(Debug, Clone)]
pub(super) struct Kinds(Vec<Kind>);

impl Kinds {
    /// Two or three of the six.
    pub(super) fn draw(random: &mut Random) -> Self {
        let mut kinds = Self(Vec::new());
        let size = random.between(2, 3) as usize;
        while kinds.0.len() < size {
            let kind = *random.pick(&Kind::ALL);
            kinds.add(kind);
        }
        kinds
    }

    fn add(&mut self, kind: Kind) {
        if !self.0.contains(&kind) {
            self.0.push(kind);
        }
    }

    pub(super) fn all(&self) -> &[Kind] {
        &self.0
    }

    /// One that fits, which becomes a provider of the world if none of these does.
    pub(super) fn find(&mut self, random: &mut Random, fits: impl Fn(Kind) -> bool) -> Kind {
        let of = |kinds: &[Kind]| -> Vec<Kind> {
            kinds.iter().copied().filter(|kind| fits(*kind)).collect()
        };
        let mut fitting = of(&self.0);
        if fitting.is_empty() {
            fitting = of(&Kind::ALL);
        }
        let kind = *random.pick(&fitting);
        self.add(kind);
        kind
    }

    /// Two of them, in any order.
    pub(super) fn pair(&self, random: &mut Random) -> Vec<Kind> {
        let first = *random.pick(&self.0);
        let others: Vec<Kind> = self.0.iter().copied().filter(|kind| *kind != first).collect();
        vec![first, *random.pick(&others)]
    }

    /// One or two of them.
    pub(super) fn route(&self, random: &mut Random) -> Vec<Kind> {
        let mut route = self.pair(random);
        if random.chance(50) {
            route.truncate(1);
        }
        route
    }
}

/// The name of a route.
pub(super) fn tag(route: &[Kind]) -> String {
    route.iter().map(|kind| kind.name()).collect::<Vec<_>>().join("-")
}
