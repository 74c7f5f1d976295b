//! A call as its page shows it.

use switchboard_api::wire::{Attempt, Call, HistoryEntry, Plan, RuleVerdict};

use crate::{
    text::{Moment, moment, money, or_none, seconds},
    words::{self, Badge},
};

pub(super) struct CallView {
    pub(super) id: String,
    pub(super) to: String,
    pub(super) badge: Badge,
    pub(super) outcome: Option<&'static str>,
    pub(super) sentence: String,
    /// Name and value of what is known.
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) received: Moment,
    pub(super) ended: Option<Moment>,
    pub(super) redial: Option<Moment>,
    pub(super) money: Vec<(&'static str, String)>,
    pub(super) attempts: Vec<AttemptView>,
    pub(super) decision: Option<DecisionView>,
    pub(super) flags: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) metadata: Vec<(String, String)>,
    pub(super) experiment: Option<(String, String)>,
    pub(super) batch: Option<String>,
}

pub(super) struct AttemptView {
    pub(super) provider: String,
    pub(super) ring: u32,
    pub(super) badge: Badge,
    pub(super) proves: Option<&'static str>,
    pub(super) outcome: Option<&'static str>,
    pub(super) error: Option<String>,
    pub(super) sent: Option<Moment>,
    pub(super) ended: Option<Moment>,
    pub(super) provider_call: String,
    pub(super) expected: String,
    pub(super) billed: String,
    pub(super) evidence: Vec<EvidenceView>,
}

pub(super) struct EvidenceView {
    pub(super) at: Moment,
    pub(super) proof: String,
    pub(super) detail: Option<String>,
}

pub(super) struct DecisionView {
    pub(super) verdict: Badge,
    pub(super) at: Moment,
    pub(super) wait_until: Option<Moment>,
    pub(super) off: Option<String>,
    pub(super) findings: Vec<(String, bool, String)>,
    pub(super) zones: Vec<(String, String)>,
    pub(super) facts: Vec<(String, String)>,
    pub(super) tables: String,
}

pub(super) struct Fact {
    pub(super) at: Moment,
    pub(super) event: String,
    pub(super) by: String,
    pub(super) proof: Option<String>,
    pub(super) detail: Option<String>,
}

pub(super) struct PlanView {
    pub(super) at: Moment,
    pub(super) route: String,
    pub(super) expected: String,
    pub(super) candidates: Vec<(String, String, String)>,
    pub(super) rejected: Vec<(String, String)>,
}

impl CallView {
    pub(super) fn new(call: &Call) -> Self {
        let text = |text: &Option<String>| or_none(text.as_deref());
        Self {
            id: call.id.to_string(),
            to: call.to.clone(),
            badge: words::status(call.status),
            outcome: call.outcome.map(words::outcome),
            sentence: words::sentence(call),
            facts: vec![
                ("Country", call.country.clone()),
                ("Tenant", call.tenant.clone()),
                ("Agent", text(&call.agent)),
                ("Language", text(&call.language)),
                ("Provider", text(&call.provider)),
                ("The provider's id", text(&call.provider_call_id)),
                ("Lasted", call.duration_seconds.map_or_else(|| text(&None), seconds)),
                ("Ring", (call.ring + 1).to_string()),
                ("Revision", call.revision.to_string()),
            ],
            received: call.created_at.into(),
            ended: moment(call.ended_at),
            redial: moment(call.redial_at),
            money: vec![
                ("Expected", money(call.estimated_cost.as_ref())),
                ("Billed", money(call.cost.as_ref())),
            ],
            attempts: call.attempts.iter().map(AttemptView::new).collect(),
            decision: call.decision.as_ref().map(DecisionView::new),
            flags: call.flags.iter().map(|flag| flag.message.clone()).collect(),
            tags: call.tags.clone(),
            metadata: call.metadata.clone().into_iter().collect(),
            experiment: call.experiment.as_ref().map(|one| (one.name.clone(), one.arm.clone())),
            batch: call.batch.clone(),
        }
    }
}

impl AttemptView {
    fn new(attempt: &Attempt) -> Self {
        let error = attempt.error.as_ref().map(|error| match error.http_status {
            Some(status) => format!("{} (HTTP {status})", error.message),
            None => error.message.clone(),
        });
        let evidence = attempt.evidence.iter().map(|one| EvidenceView {
            at: one.at.into(),
            proof: words::spaced(&one.proof),
            detail: one.detail.clone(),
        });
        Self {
            provider: attempt.provider.clone(),
            ring: attempt.ring + 1,
            badge: words::attempt(attempt.state),
            proves: attempt.delivery.map(words::delivery),
            outcome: attempt.outcome.map(words::outcome),
            error,
            sent: moment(attempt.sent_at),
            ended: moment(attempt.ended_at),
            provider_call: or_none(attempt.provider_call_id.as_deref()),
            expected: money(attempt.estimated_cost.as_ref()),
            billed: money(attempt.cost.as_ref()),
            evidence: evidence.collect(),
        }
    }
}

/// What the rules decide, as a badge.
pub(super) const fn verdict(verdict: RuleVerdict) -> Badge {
    match verdict {
        RuleVerdict::Allow => Badge { text: "allowed", kind: "good" },
        RuleVerdict::Wait => Badge { text: "later", kind: "quiet" },
        RuleVerdict::Refuse => Badge { text: "refused", kind: "bad" },
    }
}

impl DecisionView {
    pub(super) fn new(decision: &switchboard_api::wire::RuleDecision) -> Self {
        let stops = |finding: &switchboard_api::wire::RuleFinding| {
            matches!(finding.effect, switchboard_api::wire::RuleEffect::Stops)
        };
        Self {
            verdict: verdict(decision.verdict),
            at: decision.at.into(),
            wait_until: moment(decision.wait_until),
            off: decision.off.clone(),
            findings: decision
                .findings
                .iter()
                .map(|one| (one.rule.clone(), stops(one), one.message.clone()))
                .collect(),
            zones: decision
                .zones
                .iter()
                .map(|one| (one.zone.clone(), one.time.replace('T', " ")))
                .collect(),
            facts: decision
                .facts
                .iter()
                .map(|one| (words::spaced(&one.name), one.origin.clone()))
                .collect(),
            tables: decision.tables.clone(),
        }
    }
}

impl Fact {
    pub(super) fn new(entry: &HistoryEntry) -> Self {
        Self {
            at: entry.at.into(),
            event: words::spaced(&entry.event),
            by: entry.by.clone(),
            proof: entry.proof.as_deref().map(words::spaced),
            detail: entry.detail.clone().filter(|detail| !detail.is_empty()),
        }
    }
}

impl PlanView {
    pub(super) fn new(plan: &Plan) -> Self {
        let candidates = plan.candidates.iter();
        Self {
            at: plan.at.into(),
            route: match &plan.route {
                Some(route) => format!("by the route {route}"),
                None => "without a route, so that any provider may be asked".to_owned(),
            },
            expected: seconds(plan.expected_seconds as f64),
            candidates: candidates
                .map(|one| {
                    let cost = money(one.estimated_cost.as_ref());
                    (one.provider.clone(), cost, one.reason.clone())
                })
                .collect(),
            rejected: plan
                .rejected
                .iter()
                .map(|one| (one.provider.clone(), one.detail.clone()))
                .collect(),
        }
    }
}
