//! What a model is made of: how many processes, how much goes wrong, what follows a doubt, and
//! which fault is sown.

/// The provider of an attempt. A call goes to A first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Provider {
    /// Answers when the call is over, or before; may know keys.
    A,
    /// Asked where A proved silent.
    B,
}

/// How the journal is written before a byte leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writes {
    /// Intent, claim and send in one transaction, as `calls.md` asks.
    Together,
    /// One after the other, as the engine of the router does: a crash can come between.
    Apart,
}

/// What is done about an attempt that may or may not have reached a phone, beside looking for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnUnknown {
    /// Nothing: without evidence the call ends as indeterminate.
    Park,
    /// Absence from the list after the fence counts as proof. The world keeps what the rule
    /// supposes: send deadline, longest pause, longest way through the network and longest lag of
    /// the list lie before the fence.
    AssumeNotPlaced,
    /// The same request again with the same key, once. A knows the keys of the calls that it
    /// placed, for their life time; nothing is on its way longer than that.
    Replay,
}

/// A fault that is sown into the logic. Each is one that the law of the product forbids by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A request without an answer counts as not placed.
    FailOverOnTimeout,
    /// The bytes leave first, then the attempt is written down.
    JournalAfterSend,
    /// A process that starts sends again what the journal says was sent.
    ResendAtRestart,
    /// A list that does not show the call proves that there is none.
    AbsenceIsProof,
    /// The second request carries a key of its own.
    DroppedKey,
    /// The second request goes out though the provider may have forgotten the key.
    ReplayPastLifetime,
    /// Neither deadline nor epoch is looked at before the bytes leave.
    PausedSender,
    /// What comes in on the webhook's path is believed, whoever sent it.
    UnsignedWebhook,
}

/// How far the exploration goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Attempts for the call.
    pub attempts: u8,
    /// Crashes, over all replicas. A crashed process may always start again.
    pub crashes: u8,
    /// Pauses, over all replicas. A paused process may always go on.
    pub pauses: u8,
}

impl Bounds {
    /// For every `cargo test`: seconds in a debug build.
    pub const QUICK: Self = Self { attempts: 2, crashes: 1, pauses: 1 };
    /// For the program: a minute or two in a release build.
    pub const FULL: Self = Self { attempts: 3, crashes: 2, pauses: 1 };
}

/// The world without its bounds and without a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    /// Processes over one journal: one or two.
    pub replicas: u8,
    /// How the journal is written before a byte leaves.
    pub writes: Writes,
    /// What is done about an attempt that may have reached a phone.
    pub on_unknown: OnUnknown,
    /// Further rings that the caller's policy may ask for, after one that nobody answered. Where it
    /// may, nobody ever answers.
    pub redials: u8,
}
