//! The types of requests and answers, with their schemas.
//!
//! They are types of their own: the library's JSON holds what providers answered. Every field of an
//! answer is always there; what is not known is null, never zero.
//!
//! | file | purpose |
//! |---|---|
//! | `call.rs`, `attempt.rs` | a call and its attempts |
//! | `view.rs` | what a caller may see of a call |
//! | `new_call.rs`, `facts.rs` | a request to place a call, and what it says for the calling rules |
//! | `decision.rs`, `rule.rs` | what the calling rules decided; the rules, and what is asked of them |
//! | `person.rs` | what is remembered about people |
//! | `page.rs`, `history.rs`, `content.rs` | lists of calls, batches; facts; transcripts, recordings, verdicts |
//! | `plan.rs`, `provider.rs` | plans; agents, providers, quality |
//! | `money.rs` | budgets, usage, rate decks |
//! | `experiment.rs` | experiments and their reports |
//! | `admin.rs` | keys, the configuration, the audit log, erasure |
//! | `event.rs`, `webhook.rs` | events; webhook endpoints and deliveries |
//! | `words.rs` | the closed enums |
//! | `value.rs` | money and times |
//! | `me.rs` | the caller's own key |
//! | `problem.rs` | the schema of problems |

mod admin;
mod attempt;
mod batch;
mod batch_rules;
mod call;
mod content;
mod decision;
mod event;
mod experiment;
mod facts;
mod history;
mod me;
mod money;
mod new_call;
mod page;
mod person;
mod plan;
mod problem;
mod provider;
mod rule;
mod value;
mod view;
mod webhook;
mod words;

pub use admin::{
    AuditPage, AuditRecord, Configuration, CreatedKey, ErasePerson, ErasedPerson, Key, KeyList,
    NewKey, OwnLimits, ReloadRequested, RotateKey,
};
pub use attempt::{Attempt, AttemptError, Evidence};
pub use batch::{
    Batch, BatchCalls, BatchCheck, BatchDetails, BatchPage, BatchProblem, BatchRowCall,
    BatchRowResult, BatchRowState, BatchRows, BatchState, CancelledBatch,
};
pub use batch_rules::{BatchRefusedBy, BatchRowVerdict, BatchRules, BatchWaiting};
pub use call::{Call, CallFlag, Experiment, Fault, etag};
pub use content::{NewVerdict, Recording, Transcript, Utterance, VerdictWord};
pub use decision::{FactUsed, LocalTime, RuleDecision, RuleFinding};
pub use event::{Event, EventPage};
pub use experiment::{
    Estimate, ExperimentArm, ExperimentDecision, ExperimentDetails, ExperimentList,
    ExperimentReport, RampExperiment, ReportArm, ReportComparison, StartExperiment, StopExperiment,
};
pub use facts::{AgreedTime, Consent, RuleOverride};
pub use history::{HistoryEntry, HistoryPage};
pub use me::{KeyLimits, Me};
pub use money::{Budget, BudgetList, Deck, DeckList, Quote, QuoteList, QuoteRow, Usage, UsageRow};
pub use new_call::{Appointment, BatchCall, BatchLine, NewCall, Redial};
pub use page::{BatchResult, BatchResults, CallPage, NewBatch};
pub use person::{
    ConsentRecord, OptOutHow, OptOutPerson, OptOutRecord, OptOutState, Person, PersonCall,
    PersonEvent, PersonRings, RecordConsent, ShowPerson, TakeBackOptOut,
};
pub use plan::{Plan, PlanCandidate, PlanReading, PlanRejected};
pub use problem::ProblemBody;
pub use provider::{
    Agent, AgentList, Headroom, ProviderList, ProviderState, QualityList, QualityRow,
};
pub use rule::{CheckRules, Rule, RuleCheck, RulePage};
pub use value::{Money, Time};
pub use view::{View, WaitsFor};
pub use webhook::{
    ChangeWebhookEndpoint, CreatedWebhookEndpoint, DeliveryPage, NewWebhookEndpoint, RecoverEvents,
    RecoveredEvents, RotateSecret, WebhookDelivery, WebhookDeliveryState, WebhookEndpoint,
    WebhookEndpointList, WebhookFormat, WebhookTest,
};
pub use words::{
    AttemptState, CallStatus, CalleeKind, CalleeLine, ConsentKind, Delivery, Outcome, Purpose,
    Refusal, RuleEffect, RuleVerdict,
};
