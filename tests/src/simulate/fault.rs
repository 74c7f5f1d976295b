//! What can go wrong, and in which states of a call it can.
//!
//! [`Fault::can_meet`] is the table that the counters are held to: every fault has to be seen in
//! each of its states, and where a state is left out, the line above says why.

use Stage::{
    Admitted, BetweenRings, Closed, InProgress, Indeterminate, NeedsApproval, New, NotPlaced,
    Received, Reconciling, Refused, Scheduled, Sent, Stalled, Unknown,
};

use super::stage::Stage;

macro_rules! faults {
    ($($(#[$doc:meta])* $fault:ident $name:literal,)*) => {
        /// Something that goes wrong, or that somebody does in the middle of things.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Fault {
            $($(#[$doc])* $fault,)*
        }

        impl Fault {
            /// All of them.
            pub const ALL: &[Fault] = &[$(Fault::$fault,)*];

            /// The word used in tables.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Fault::$fault => $name,)*
                }
            }
        }
    };
}

faults! {
    /// Nobody listens.
    ConnectionRefused "connection_refused",
    /// No such host.
    NameNotFound "name_not_found",
    /// No connection in time.
    ConnectTimeout "connect_timeout",
    /// The connection broke before a byte of the request left.
    ResetBeforeFirstByte "reset_before_first_byte",
    /// It broke later, and the request never arrived.
    ResetRequestLost "reset_request_lost",
    /// It broke after the request had arrived.
    AnswerLost "answer_lost",
    /// No answer in time: the request was lost.
    TimeoutRequestLost "timeout_request_lost",
    /// No answer in time, though the request arrived.
    TimeoutDelivered "timeout_delivered",
    /// No answer in time; the request arrives minutes or hours later.
    TimeoutDeliveredLate "timeout_delivered_late",
    /// Such a request arrives.
    LateDelivery "late_delivery",
    /// Too many requests, with a time to wait.
    RateLimited "rate_limited",
    /// Too many requests, without.
    RateLimitedBlind "rate_limited_blind",
    /// Too many requests, and none to wait; said for ever.
    RateLimitedNow "rate_limited_now",
    /// Out of credit.
    OutOfCredit "out_of_credit",
    /// A person has to approve.
    ApprovalRequired "approval_required",
    /// This provider refuses.
    RefusedHere "refused_here",
    /// It refuses for every provider: a do-not-call list.
    RefusedForAll "refused_for_all",
    /// A 5xx, and nothing was placed.
    ServerErrorLost "server_error_lost",
    /// A 5xx, and it was placed.
    ServerErrorPlaced "server_error_placed",
    /// A 2xx whose body cannot be read.
    UnreadableAnswer "unreadable_answer",
    /// The answer names another call of ours.
    ForeignAnswer "foreign_answer",
    /// The backend panics before it sends.
    PanicBeforeSend "panic_before_send",
    /// The backend panics after the request arrived.
    PanicAfterDelivery "panic_after_delivery",
    /// The provider stands still for a while.
    ProviderPause "provider_pause",
    /// A webhook never comes.
    WebhookLost "webhook_lost",
    /// It comes twice.
    WebhookDoubled "webhook_doubled",
    /// It comes minutes or hours late.
    WebhookLate "webhook_late",
    /// The end is told before the beginning.
    WebhookReordered "webhook_reordered",
    /// One that was handled comes again.
    WebhookReplayed "webhook_replayed",
    /// One comes on an address that nobody gave out.
    WebhookForged "webhook_forged",
    /// A list shows the call late.
    ListLag "list_lag",
    /// A list leaves the call out.
    ListOmission "list_omission",
    /// A list cannot be read.
    ListError "list_error",
    /// One call cannot be read.
    GetError "get_error",
    /// The usage log shows the call late.
    UsageLag "usage_lag",
    /// The backend panics while it reads.
    ReadPanic "read_panic",
    /// The process is killed between two steps.
    Crash "crash",
    /// It is killed and the write it had begun is not done.
    CrashBeforeWrite "crash_before_write",
    /// It is killed and the write it had begun is done.
    CrashAfterWrite "crash_after_write",
    /// The disk is full: nothing is written.
    DiskFull "disk_full",
    /// The write is done and reported as failed.
    CommitUnknown "commit_unknown",
    /// The write takes its time.
    SlowWrite "slow_write",
    /// The process is stopped for a while and goes on.
    Pause "pause",
    /// It is stopped until others have taken its calls over, and goes on then.
    SleptThroughTakeover "slept_through_takeover",
    /// Another process than the one that has the call writes to it.
    ToldByAnother "told_by_another",
    /// Its clock jumps ahead.
    ClockForward "clock_forward",
    /// Its clock jumps back.
    ClockBack "clock_back",
    /// An operator decides, truthfully.
    OperatorResolves "operator_resolves",
    /// The caller cancels.
    Cancel "cancel",
    /// The caller hangs up.
    Stop "stop",
}

/// How a fault is brought about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Means {
    /// The placing request fares so.
    Placing,
    /// The provider's webhooks fare so.
    Webhook,
    /// Reads fare so while the call is in the state.
    Reading,
    /// The next write to a call in the state fares so.
    Writing,
    /// It is done when a call comes into the state.
    Arrival,
    /// It follows from another fault.
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
    /// The states of a call in which it can happen.
    pub const fn can_meet(self) -> &'static [Stage] {
        match self {
            // A placing request is under way in one state only.
            Fault::ConnectionRefused
            | Fault::NameNotFound
            | Fault::ConnectTimeout
            | Fault::ResetBeforeFirstByte
            | Fault::ResetRequestLost
            | Fault::AnswerLost
            | Fault::TimeoutRequestLost
            | Fault::TimeoutDelivered
            | Fault::TimeoutDeliveredLate
            | Fault::RateLimited
            | Fault::RateLimitedBlind
            | Fault::RateLimitedNow
            | Fault::OutOfCredit
            | Fault::ApprovalRequired
            | Fault::RefusedHere
            | Fault::RefusedForAll
            | Fault::ServerErrorLost
            | Fault::ServerErrorPlaced
            | Fault::UnreadableAnswer
            | Fault::ForeignAnswer
            | Fault::PanicBeforeSend
            | Fault::PanicAfterDelivery
            | Fault::ProviderPause => &[Sent],
            // Whatever comes so late was given up by its sender; it is never sent again, so that
            // only doubt can await it.
            Fault::LateDelivery => &[Reconciling, Indeterminate],
            // Before it was sent there is nothing to tell, and after the end nobody misses it.
            Fault::WebhookLost => &[Sent, Reconciling, InProgress],
            Fault::WebhookDoubled => &[Sent, Reconciling, InProgress, Indeterminate],
            // Earlier it is not late.
            Fault::WebhookLate => &[BetweenRings, Closed, Indeterminate, Stalled],
            Fault::WebhookReordered => &[InProgress, Closed],
            // One that was handled moved its call out of every doubt.
            Fault::WebhookReplayed => &[InProgress, BetweenRings, Closed, Stalled],
            // An address like it exists from the first attempt on.
            Fault::WebhookForged => &[
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
            // Lists are read for a synchronous provider's open request, for evidence, and for calls
            // under way.
            Fault::ListLag | Fault::ListOmission | Fault::ListError | Fault::ReadPanic => {
                &[Sent, Reconciling, InProgress]
            }
            // Besides for these, a call is read where a webhook names it.
            Fault::GetError => &[Sent, Reconciling, InProgress, Indeterminate, Stalled],
            // Its rows are evidence, and later bills.
            Fault::UsageLag => &[Reconciling, Closed],
            Fault::Crash
            | Fault::Pause
            | Fault::ClockForward
            | Fault::ClockBack
            | Fault::Cancel => EVERY,
            // Whoever wakes has something to say only of what it had begun.
            Fault::SleptThroughTakeover => {
                &[Scheduled, Sent, Unknown, Reconciling, NotPlaced, InProgress, BetweenRings]
            }
            // Webhooks, the answers of those who slept, and operators. Nobody but its owner says
            // anything of a call that was never sent.
            Fault::ToldByAnother => &[Sent, Reconciling, InProgress, Closed, Indeterminate],
            // To a call that was refused, or waits for a person, nobody writes.
            Fault::CrashBeforeWrite
            | Fault::CrashAfterWrite
            | Fault::DiskFull
            | Fault::CommitUnknown
            | Fault::SlowWrite => WRITTEN,
            // Only a doubt can be resolved.
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
            | Fault::RateLimited
            | Fault::RateLimitedBlind
            | Fault::RateLimitedNow
            | Fault::OutOfCredit
            | Fault::ApprovalRequired
            | Fault::RefusedHere
            | Fault::RefusedForAll
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
            | Fault::Crash
            | Fault::Pause
            | Fault::SleptThroughTakeover
            | Fault::ClockForward
            | Fault::ClockBack
            | Fault::OperatorResolves
            | Fault::Cancel
            | Fault::Stop => Means::Arrival,
        }
    }
}

/// Every fault with every state that it can meet.
pub(super) fn pairs() -> Vec<(Fault, Stage)> {
    let each =
        |fault: &Fault| fault.can_meet().iter().map(|stage| (*fault, *stage)).collect::<Vec<_>>();
    Fault::ALL.iter().flat_map(each).collect()
}
