//! The faults, and the states of a call in which they can happen.
//!
//! [`Fault::can_meet`] is the table for the counters: every fault must happen in each of its
//! states. If a state is left out, the comment above says why.

use Stage::{
    Admitted, BetweenRings, Closed, InProgress, Indeterminate, NeedsApproval, New, NotPlaced,
    Received, Reconciling, Refused, Scheduled, Sent, Stalled, Unknown,
};

use super::stage::Stage;

macro_rules! faults {
    ($($(#[$doc:meta])* $fault:ident $name:literal,)*) => {
        /// A fault, or an action of a person at an inconvenient time.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Fault {
            $($(#[$doc])* $fault,)*
        }

        impl Fault {
            /// All faults.
            pub const ALL: &[Fault] = &[$(Fault::$fault,)*];

            /// The name in tables.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Fault::$fault => $name,)*
                }
            }
        }
    };
}

faults! {
    /// The connection is refused.
    ConnectionRefused "connection_refused",
    /// The host name does not exist.
    NameNotFound "name_not_found",
    /// Connecting times out.
    ConnectTimeout "connect_timeout",
    /// The connection broke before a byte of the request left.
    ResetBeforeFirstByte "reset_before_first_byte",
    /// It broke later, and the request did not arrive.
    ResetRequestLost "reset_request_lost",
    /// It broke after the request had arrived.
    AnswerLost "answer_lost",
    /// The response times out because the request was lost.
    TimeoutRequestLost "timeout_request_lost",
    /// The response times out although the request arrived.
    TimeoutDelivered "timeout_delivered",
    /// The response times out, and the request arrives minutes or hours later.
    TimeoutDeliveredLate "timeout_delivered_late",
    /// The connection breaks, and the request arrives seconds or minutes later: after its repeat, where
    /// there is one.
    ResetDeliveredLate "reset_delivered_late",
    /// Such a late request arrives.
    LateDelivery "late_delivery",
    /// Too many requests, with a `Retry-After`.
    RateLimited "rate_limited",
    /// Too many requests, without a `Retry-After`.
    RateLimitedBlind "rate_limited_blind",
    /// Too many requests with a `Retry-After` of zero, repeated forever.
    RateLimitedNow "rate_limited_now",
    /// Out of credit.
    OutOfCredit "out_of_credit",
    /// A person has to approve.
    ApprovalRequired "approval_required",
    /// This provider refuses.
    RefusedHere "refused_here",
    /// A refusal that applies to every provider, such as a do-not-call list.
    RefusedForAll "refused_for_all",
    /// The provider refuses because the callee does not want to be called.
    OptedOutThere "opted_out_there",
    /// The callee says in the call that they do not want to be called again.
    AsksOut "asks_out",
    /// The call is accepted and never dialled, as its record says later.
    NeverDialled "never_dialled",
    /// A 5xx response, and no call was placed.
    ServerErrorLost "server_error_lost",
    /// A 5xx response, but the call was placed.
    ServerErrorPlaced "server_error_placed",
    /// A 2xx response with an unreadable body.
    UnreadableAnswer "unreadable_answer",
    /// The response has the id of another call.
    ForeignAnswer "foreign_answer",
    /// The backend panics before it sends.
    PanicBeforeSend "panic_before_send",
    /// The backend panics after the request arrived.
    PanicAfterDelivery "panic_after_delivery",
    /// The provider stops for a while.
    ProviderPause "provider_pause",
    /// A webhook is lost.
    WebhookLost "webhook_lost",
    /// A webhook arrives twice.
    WebhookDoubled "webhook_doubled",
    /// A webhook arrives minutes or hours late.
    WebhookLate "webhook_late",
    /// The webhook of the end arrives before that of the beginning.
    WebhookReordered "webhook_reordered",
    /// A handled webhook arrives again.
    WebhookReplayed "webhook_replayed",
    /// A webhook arrives at a URL that was never given out.
    WebhookForged "webhook_forged",
    /// A webhook without a signature arrives at the right URL.
    WebhookUnsigned "webhook_unsigned",
    /// A list shows the call late.
    ListLag "list_lag",
    /// A list omits the call.
    ListOmission "list_omission",
    /// Reading a list fails.
    ListError "list_error",
    /// Reading a single call fails.
    GetError "get_error",
    /// The usage log shows the call late.
    UsageLag "usage_lag",
    /// The backend panics while it reads.
    ReadPanic "read_panic",
    /// The process is killed between two steps.
    Crash "crash",
    /// The process is killed, and its current write is not done.
    CrashBeforeWrite "crash_before_write",
    /// The process is killed, but its current write is done.
    CrashAfterWrite "crash_after_write",
    /// The disk is full, so the write fails.
    DiskFull "disk_full",
    /// The write is done and reported as failed.
    CommitUnknown "commit_unknown",
    /// The write is slow.
    SlowWrite "slow_write",
    /// The process is paused for a while.
    Pause "pause",
    /// The process is paused until others have taken over its calls.
    SleptThroughTakeover "slept_through_takeover",
    /// A process other than the owner writes to the call.
    ToldByAnother "told_by_another",
    /// The clock of the process jumps ahead.
    ClockForward "clock_forward",
    /// The clock of the process jumps back.
    ClockBack "clock_back",
    /// An operator resolves the call, truthfully.
    OperatorResolves "operator_resolves",
    /// The caller cancels.
    Cancel "cancel",
    /// The caller hangs up.
    Stop "stop",
    /// The callee asks not to be called again.
    OptOut "opt_out",
}

/// How a fault is injected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Means {
    /// In a placing request.
    Placing,
    /// In the webhooks of the provider.
    Webhook,
    /// In reads while the call is in the state.
    Reading,
    /// In the next write to a call in the state.
    Writing,
    /// When a call enters the state.
    Arrival,
    /// As a consequence of another fault.
    Consequence,
}

const EVERY: &[Stage] = &[
    Received,
    Scheduled,
    Admitted,
    Sent,
    Unknown,
    Reconciling,
    NotPlaced,
    InProgress,
    BetweenRings,
    Closed,
    Refused,
    NeedsApproval,
    Indeterminate,
    Stalled,
];
const WRITTEN: &[Stage] = &[
    New,
    Received,
    Scheduled,
    Admitted,
    Sent,
    Unknown,
    Reconciling,
    NotPlaced,
    InProgress,
    BetweenRings,
    Closed,
    Indeterminate,
    Stalled,
];

impl Fault {
    /// The states of a call in which the fault can happen.
    pub const fn can_meet(self) -> &'static [Stage] {
        match self {
            // A placing request is only in flight in one state.
            Fault::ConnectionRefused
            | Fault::NameNotFound
            | Fault::ConnectTimeout
            | Fault::ResetBeforeFirstByte
            | Fault::ResetRequestLost
            | Fault::AnswerLost
            | Fault::TimeoutRequestLost
            | Fault::TimeoutDelivered
            | Fault::TimeoutDeliveredLate
            | Fault::ResetDeliveredLate
            | Fault::RateLimited
            | Fault::RateLimitedBlind
            | Fault::RateLimitedNow
            | Fault::OutOfCredit
            | Fault::ApprovalRequired
            | Fault::RefusedHere
            | Fault::RefusedForAll
            | Fault::OptedOutThere
            | Fault::AsksOut
            | Fault::NeverDialled
            | Fault::ServerErrorLost
            | Fault::ServerErrorPlaced
            | Fault::UnreadableAnswer
            | Fault::ForeignAnswer
            | Fault::PanicBeforeSend
            | Fault::PanicAfterDelivery
            | Fault::ProviderPause => &[Sent],
            // The sender has given up a request that arrives so late. It is never sent again, so
            // the call is in doubt.
            Fault::LateDelivery => &[Reconciling, Indeterminate],
            // Before the request was sent there are no webhooks, and after the end nobody misses
            // one.
            Fault::WebhookLost => &[Sent, Reconciling, InProgress],
            Fault::WebhookDoubled => &[Sent, Reconciling, InProgress, Indeterminate],
            // In earlier states it would not be late.
            Fault::WebhookLate => &[BetweenRings, Closed, Indeterminate, Stalled],
            Fault::WebhookReordered => &[InProgress, Closed],
            // A handled webhook resolved the doubt about its call.
            Fault::WebhookReplayed => &[InProgress, BetweenRings, Closed, Stalled],
            // A similar URL exists from the first attempt on.
            Fault::WebhookForged | Fault::WebhookUnsigned => &[
                Sent,
                Unknown,
                Reconciling,
                NotPlaced,
                InProgress,
                BetweenRings,
                Closed,
                Refused,
                NeedsApproval,
                Indeterminate,
                Stalled,
            ],
            // Lists are read for open requests of a synchronous provider, for evidence, and for
            // calls in progress.
            Fault::ListLag | Fault::ListOmission | Fault::ListError | Fault::ReadPanic => {
                &[Sent, Reconciling, InProgress]
            }
            // In addition, a call is read when a webhook names it.
            Fault::GetError => &[Sent, Reconciling, InProgress, Indeterminate, Stalled],
            // Its entries are evidence, and later bills.
            Fault::UsageLag => &[Reconciling, Closed],
            Fault::Crash
            | Fault::Pause
            | Fault::ClockForward
            | Fault::ClockBack
            | Fault::Cancel
            | Fault::OptOut => EVERY,
            // A process that wakes up can only report what it had begun.
            Fault::SleptThroughTakeover => {
                &[Scheduled, Sent, Unknown, Reconciling, NotPlaced, InProgress, BetweenRings]
            }
            // By webhooks, late responses of paused processes, and operators. Only the owner writes
            // to a call that was never sent.
            Fault::ToldByAnother => &[Sent, Reconciling, InProgress, Closed, Indeterminate],
            // Nothing is written to a call that was refused or needs approval.
            Fault::CrashBeforeWrite
            | Fault::CrashAfterWrite
            | Fault::DiskFull
            | Fault::CommitUnknown
            | Fault::SlowWrite => WRITTEN,
            // Only a call in doubt can be resolved.
            Fault::OperatorResolves => &[Unknown, Reconciling, Indeterminate, Stalled],
            // There has to be something to hang up.
            Fault::Stop => &[Sent, InProgress, Stalled],
        }
    }

    pub(super) const fn means(self) -> Means {
        match self {
            Fault::ConnectionRefused
            | Fault::NameNotFound
            | Fault::ConnectTimeout
            | Fault::ResetBeforeFirstByte
            | Fault::ResetRequestLost
            | Fault::AnswerLost
            | Fault::TimeoutRequestLost
            | Fault::TimeoutDelivered
            | Fault::TimeoutDeliveredLate
            | Fault::ResetDeliveredLate
            | Fault::RateLimited
            | Fault::RateLimitedBlind
            | Fault::RateLimitedNow
            | Fault::OutOfCredit
            | Fault::ApprovalRequired
            | Fault::RefusedHere
            | Fault::RefusedForAll
            | Fault::OptedOutThere
            | Fault::AsksOut
            | Fault::NeverDialled
            | Fault::ServerErrorLost
            | Fault::ServerErrorPlaced
            | Fault::UnreadableAnswer
            | Fault::ForeignAnswer
            | Fault::PanicBeforeSend
            | Fault::PanicAfterDelivery
            | Fault::ProviderPause => Means::Placing,
            Fault::LateDelivery | Fault::ToldByAnother => Means::Consequence,
            Fault::WebhookLost | Fault::WebhookDoubled | Fault::WebhookReordered => Means::Webhook,
            Fault::ListLag
            | Fault::ListOmission
            | Fault::ListError
            | Fault::GetError
            | Fault::UsageLag
            | Fault::ReadPanic => Means::Reading,
            Fault::CrashBeforeWrite
            | Fault::CrashAfterWrite
            | Fault::DiskFull
            | Fault::CommitUnknown
            | Fault::SlowWrite => Means::Writing,
            Fault::WebhookLate
            | Fault::WebhookReplayed
            | Fault::WebhookForged
            | Fault::WebhookUnsigned
            | Fault::Crash
            | Fault::Pause
            | Fault::SleptThroughTakeover
            | Fault::ClockForward
            | Fault::ClockBack
            | Fault::OperatorResolves
            | Fault::Cancel
            | Fault::Stop
            | Fault::OptOut => Means::Arrival,
        }
    }
}

/// All pairs of a fault and a state in which it can happen.
pub(super) fn pairs() -> Vec<(Fault, Stage)> {
    let each =
        |fault: &Fault| fault.can_meet().iter().map(|stage| (*fault, *stage)).collect::<Vec<_>>();
    Fault::ALL.iter().flat_map(each).collect()
}
