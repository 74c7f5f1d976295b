//! The setup of a model: the number of processes, how much goes wrong, what follows an unknown
//! result, and which fault is injected.

/// The provider of an attempt. A call goes to A first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Provider {
    /// Responds when the call has ended, or before; may know idempotency keys.
    A,
    /// Tried if A provably did not place the call.
    B,
}

/// How the journal is written before anything is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writes {
    /// Intent, claim and send in one transaction.
    Together,
    /// In separate transactions, so that a crash can happen in between.
    Apart,
}

/// What is done about an attempt with an unknown result, apart from searching for evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnUnknown {
    /// Nothing: without evidence the call becomes indeterminate.
    Park,
    /// Absence from the list after the fence counts as proof. The world keeps what the rule
    /// supposes: send deadline, longest pause, longest way through the network and longest lag of
    /// the list lie before the fence.
    AssumeNotPlaced,
    /// That the same request is sent again once with the same key is written, and then it is sent. A knows
    /// the keys of the calls that it accepted during their lifetime, and no request is in flight for longer.
    Replay,
}

/// A fault that is injected into the logic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A request without a response counts as not placed.
    FailOverOnTimeout,
    /// The request is sent before the attempt is written.
    JournalAfterSend,
    /// A restarted process sends again what was sent according to the journal.
    ResendAtRestart,
    /// Absence from a list counts as proof.
    AbsenceIsProof,
    /// The second request has a different key.
    DroppedKey,
    /// The second request is sent although the key may have expired.
    ReplayPastLifetime,
    /// The age of the key is checked before the journal is written, and not again before the second request
    /// is sent.
    KeyCheckedEarly,
    /// Neither deadline nor epoch is checked before sending.
    PausedSender,
    /// Webhooks are believed without verification.
    UnsignedWebhook,
    /// A record says that a call was never dialled, and it was.
    LyingRecord,
    /// A request is sent again with its key after another provider was asked.
    ReplayAfterFailover,
    /// A request is sent again with its key after the callee opted out.
    ReplayPastOptOut,
}

/// The bounds of the exploration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The maximum number of attempts.
    pub attempts: u8,
    /// The maximum number of crashes, across all replicas. A crashed process can always restart.
    pub crashes: u8,
    /// The maximum number of pauses, across all replicas. A paused process can always continue.
    pub pauses: u8,
}

impl Bounds {
    /// For `cargo test`: seconds in a debug build.
    pub const QUICK: Self = Self { attempts: 2, crashes: 1, pauses: 1 };
    /// For the program: a minute or two in a release build.
    pub const FULL: Self = Self { attempts: 3, crashes: 2, pauses: 1 };
}

/// The environment, without bounds and fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    /// The number of processes that share the journal: one or two.
    pub replicas: u8,
    /// How the journal is written before anything is sent.
    pub writes: Writes,
    /// What is done about an attempt with an unknown result.
    pub on_unknown: OnUnknown,
    /// The number of redials that the caller's policy may ask for after no answer. If there are
    /// any, no call is ever answered.
    pub redials: u8,
    /// True if a provider may accept a call and never dial it, and its record is believed.
    pub drops: bool,
    /// True if the callee may opt out at any time.
    pub opt_outs: bool,
}
