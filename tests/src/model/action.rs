//! The steps of the model, with the text for counterexamples.

use std::fmt;

use super::setup::Provider;

/// A step of the model. Replicas, attempts and requests are numbered from 0 and displayed from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// A process acts, as allowed by the journal and its current work.
    Replica(usize, Deed),
    /// The network or a provider does something to a request.
    Request(usize, Fate),
    /// A provider sends a webhook about the call of this request: ended or still in progress.
    Webhook { request: usize, over: bool },
    /// An attacker sends a forged webhook.
    Forged(Claim),
    /// The idempotency key of the last attempt expires.
    KeyExpires,
    /// The callee opts out.
    OptOut,
}

/// What a process does, or what happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    Admit,
    Refuse,
    Attempt(Provider),
    SendUnwritten(Provider),
    Claim,
    MarkSent,
    Send,
    HoldBack,
    WriteDown,
    Hear(Answer),
    RecoverIntent,
    RecoverSent,
    Resend,
    Reconcile,
    FindInList,
    MissInList,
    PassFence,
    Replay,
    SendReplay,
    DropReplay,
    ReplayFirst,
    GiveUp,
    SeeEnd,
    SeeNotDialled,
    LoseSight,
    Redial,
    TakeOver,
    Restart,
    Resume,
    Crash,
    Pause,
    MissDeadline,
}

/// The result of a request, as its sender sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// A timeout, a reset, any 5xx.
    Nothing,
    /// It was provably never sent.
    Unsent,
    /// The provider has the call.
    Placed,
    /// The provider placed the call, and it has ended.
    Over,
    /// Refused by this provider only.
    Declined,
    /// Refused because of the person or the content, so no other provider may be tried.
    DeclinedForAll,
    /// Refused until a person approves.
    NeedsApproval,
}

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Arrives,
    IsDropped,
    IsDeclined,
    IsLost,
    NeverLeaves,
}

/// What a forged webhook claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    Ended,
    NotPlaced,
}

impl Action {
    /// True for what our own processes do by themselves, which still happens if everything else
    /// stops.
    pub(super) const fn is_ours(self) -> bool {
        match self {
            Action::Replica(_, deed) => match deed {
                Deed::Crash | Deed::Pause | Deed::MissDeadline => false,
                Deed::Admit
                | Deed::Refuse
                | Deed::Attempt(_)
                | Deed::SendUnwritten(_)
                | Deed::Claim
                | Deed::MarkSent
                | Deed::Send
                | Deed::HoldBack
                | Deed::WriteDown
                | Deed::Hear(_)
                | Deed::RecoverIntent
                | Deed::RecoverSent
                | Deed::Resend
                | Deed::Reconcile
                | Deed::FindInList
                | Deed::MissInList
                | Deed::PassFence
                | Deed::Replay
                | Deed::SendReplay
                | Deed::DropReplay
                | Deed::ReplayFirst
                | Deed::GiveUp
                | Deed::SeeEnd
                | Deed::SeeNotDialled
                | Deed::LoseSight
                | Deed::Redial
                | Deed::TakeOver
                | Deed::Restart
                | Deed::Resume => true,
            },
            Action::Request(..)
            | Action::Webhook { .. }
            | Action::Forged(_)
            | Action::KeyExpires
            | Action::OptOut => false,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Replica(replica, deed) => write!(f, "replica {} {deed}", replica + 1),
            Action::Request(request, fate) => write!(f, "request {} {fate}", request + 1),
            Action::Webhook { request, over: false } => {
                write!(f, "webhook: request {} is a call", request + 1)
            }
            Action::Webhook { request, over: true } => {
                write!(f, "webhook: request {} was a call, over", request + 1)
            }
            Action::Forged(Claim::Ended) => f.write_str("forged webhook: the call is over"),
            Action::Forged(Claim::NotPlaced) => {
                f.write_str("forged webhook: the call was not placed")
            }
            Action::KeyExpires => f.write_str("the provider forgets the key"),
            Action::OptOut => f.write_str("the callee opts out"),
        }
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Deed::Admit => "admits",
            Deed::Refuse => "refuses",
            Deed::Attempt(Provider::A) => "begins an attempt at A",
            Deed::Attempt(Provider::B) => "begins an attempt at B",
            Deed::SendUnwritten(Provider::A) => "writes a request to A that no journal knows of",
            Deed::SendUnwritten(Provider::B) => "writes a request to B that no journal knows of",
            Deed::Claim => "claims it",
            Deed::MarkSent => "marks it sent",
            Deed::Send => "writes the request",
            Deed::HoldBack => "holds it back",
            Deed::WriteDown => "writes down what it sent",
            Deed::Hear(Answer::Nothing) => "hears no answer",
            Deed::Hear(Answer::Unsent) => "hears that nothing left",
            Deed::Hear(Answer::Placed) => "hears: placed",
            Deed::Hear(Answer::Over) => "hears: over",
            Deed::Hear(Answer::Declined) => "hears: declined",
            Deed::Hear(Answer::DeclinedForAll) => "hears: declined, for every provider",
            Deed::Hear(Answer::NeedsApproval) => "hears: needs approval",
            Deed::RecoverIntent => "finds an intent that nobody claimed",
            Deed::RecoverSent => "finds an attempt that may have left",
            Deed::Resend => "sends again what was sent",
            Deed::Reconcile => "looks for evidence",
            Deed::FindInList => "finds it in the list",
            Deed::MissInList => "takes its absence from the list as proof",
            Deed::PassFence => "passes the fence: it is in no list",
            Deed::Replay => "writes that it sends the request again with its key",
            Deed::SendReplay => "sends the request again with a key",
            Deed::DropReplay => "does not send it again after all: the key is too old",
            Deed::ReplayFirst => "sends the first request again with its key",
            Deed::GiveUp => "gives up",
            Deed::SeeEnd => "sees it end",
            Deed::SeeNotDialled => "reads that it was never dialled",
            Deed::LoseSight => "loses sight of it",
            Deed::Redial => "asks for another ring",
            Deed::TakeOver => "takes the call over",
            Deed::Restart => "starts again",
            Deed::Resume => "goes on",
            Deed::Crash => "crashes",
            Deed::Pause => "pauses",
            Deed::MissDeadline => "passes its send deadline",
        })
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fate::Arrives => "arrives",
            Fate::IsDropped => "is accepted and never dialled",
            Fate::IsDeclined => "is declined",
            Fate::IsLost => "is lost",
            Fate::NeverLeaves => "never leaves",
        })
    }
}
