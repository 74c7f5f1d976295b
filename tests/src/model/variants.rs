//! The checked variants: those without a fault, and those with a fault injected into one of these.

use super::{
    properties::{ONE_RING, PLACED, WISH},
    setup::{Fault, OnUnknown, Setup, Writes},
};

/// A variant of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variant {
    /// The name in tables.
    pub name: &'static str,
    /// A description of the environment or the fault.
    pub about: &'static str,
    /// The environment.
    pub setup: Setup,
    /// The injected fault. Without one, every property must hold.
    pub fault: Option<Fault>,
    /// The properties that must be violated.
    pub breaks: &'static [&'static str],
}

const ONE: Setup = Setup {
    replicas: 1,
    writes: Writes::Together,
    on_unknown: OnUnknown::Park,
    redials: 0,
    drops: false,
    opt_outs: false,
};
const TWO: Setup = Setup { replicas: 2, ..ONE };
const APART: Setup = Setup { writes: Writes::Apart, ..TWO };
const KEYS: Setup = Setup { on_unknown: OnUnknown::Replay, ..TWO };
const REDIAL: Setup = Setup { redials: 1, ..TWO };
const WISHES: Setup = Setup { replicas: 1, opt_outs: true, ..KEYS };
const DROPS: Setup = Setup { drops: true, ..TWO };
const DROPS_KEYS: Setup = Setup { replicas: 1, drops: true, ..KEYS };
const FENCE: Setup = Setup { on_unknown: OnUnknown::AssumeNotPlaced, ..TWO };

/// All variants, those without a fault first.
pub const VARIANTS: [Variant; 21] = [
    good("good", "one replica", ONE),
    good("good-replicas", "two replicas", TWO),
    good("good-apart", "two replicas, intent, claim and send written one by one", APART),
    good(
        "good-redial",
        "two replicas, nobody answers, and the caller asks for one more ring",
        REDIAL,
    ),
    good("good-key", "two replicas, the kept key replayed within its life time", KEYS),
    good(
        "good-fence",
        "two replicas, silence after the fence is proof, deadline before the fence",
        FENCE,
    ),
    good(
        "good-record",
        "two replicas, a provider may accept a call and never dial it, and its record says so",
        DROPS,
    ),
    good(
        "good-record-key",
        "a call that was accepted and never dialled, and the kept key replayed",
        DROPS_KEYS,
    ),
    good("good-wish", "the kept key is replayed, unless the callee opted out meanwhile", WISHES),
    bad(
        "bad-timeout",
        "no answer counts as not placed",
        ONE,
        Fault::FailOverOnTimeout,
        &[ONE_RING],
    ),
    bad("bad-journal", "written down after the send", ONE, Fault::JournalAfterSend, &[ONE_RING]),
    bad(
        "bad-restart",
        "what was sent is sent again at a start",
        ONE,
        Fault::ResendAtRestart,
        &[ONE_RING],
    ),
    bad(
        "bad-absence",
        "absence from a list counts as proof",
        ONE,
        Fault::AbsenceIsProof,
        &[ONE_RING],
    ),
    bad("bad-key", "the retry carries a key of its own", KEYS, Fault::DroppedKey, &[ONE_RING]),
    bad(
        "bad-lifetime",
        "the key is replayed after its life time",
        KEYS,
        Fault::ReplayPastLifetime,
        &[ONE_RING],
    ),
    bad(
        "bad-early-check",
        "the age of the key is looked at before the journal is written, and not before the send",
        KEYS,
        Fault::KeyCheckedEarly,
        &[ONE_RING],
    ),
    bad(
        "bad-record",
        "a record says that a call was never dialled, and the phone rang",
        DROPS,
        Fault::LyingRecord,
        &[ONE_RING],
    ),
    bad(
        "bad-failover",
        "the key is replayed after another provider was asked",
        KEYS,
        Fault::ReplayAfterFailover,
        &[ONE_RING],
    ),
    bad(
        "bad-wish",
        "the key is replayed after the callee opted out",
        WISHES,
        Fault::ReplayPastOptOut,
        &[WISH],
    ),
    bad(
        "bad-pause",
        "neither deadline nor epoch is looked at before the send",
        FENCE,
        Fault::PausedSender,
        &[ONE_RING],
    ),
    bad(
        "bad-webhook",
        "a webhook is believed, whoever sent it",
        ONE,
        Fault::UnsignedWebhook,
        &[ONE_RING, PLACED],
    ),
];

const fn good(name: &'static str, about: &'static str, setup: Setup) -> Variant {
    Variant { name, about, setup, fault: None, breaks: &[] }
}

const fn bad(
    name: &'static str,
    about: &'static str,
    setup: Setup,
    fault: Fault,
    breaks: &'static [&'static str],
) -> Variant {
    Variant { name, about, setup, fault: Some(fault), breaks }
}
