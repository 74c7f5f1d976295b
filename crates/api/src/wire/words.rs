//! The closed enums of version 1. A generated client breaks on a value that it does not know, so
//! nothing is added to these.

use serde::{Deserialize, Serialize};
use switchboard::core;
use utoipa::ToSchema;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident of $theirs:path { $($variant:ident: $means:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $(#[doc = $means] $variant,)*
        }

        impl From<$theirs> for $name {
            fn from(theirs: $theirs) -> Self {
                match theirs { $(<$theirs>::$variant => Self::$variant,)* }
            }
        }

        impl From<$name> for $theirs {
            fn from(word: $name) -> Self {
                match word { $($name::$variant => Self::$variant,)* }
            }
        }
    };
}

words! {
    /// Where a call stands.
    CallStatus of core::CallStatus {
        Received: "Valid; nothing has been decided yet.",
        Scheduled: "Its time has not come.",
        Admitted: "Planned; it may wait for a limit.",
        Attempting: "A provider is being asked.",
        InProgress: "A provider has it.",
        Closed: "Over, with an outcome.",
        Refused: "No provider takes it; no phone rang.",
        NeedsApproval: "The provider waits for a person's approval; no phone rang.",
        Indeterminate: "It is not known whether a phone rang.",
        Stalled: "It was placed, and its end was not reported.",
    }
}

words! {
    /// How a call ended that reached the telephone network.
    Outcome of core::Outcome {
        Completed: "Answered, with a conversation.",
        NoAnswer: "The phone rang and was not answered.",
        Declined: "The phone rang and the callee declined.",
        Busy: "The line was busy.",
        Voicemail: "An answering machine picked up.",
        Menu: "An automated phone menu answered.",
        InvalidNumber: "The telephone network says that the number does not exist.",
        Blocked: "The telephone network blocked the number that called.",
        Failed: "The provider accepted the call and could not complete it.",
        Cancelled: "Cancelled or stopped.",
    }
}

words! {
    /// Where an attempt stands.
    AttemptState of core::AttemptState {
        Intent: "Written down; not sent yet.",
        Claimed: "May be sent.",
        Sent: "Bytes may have left.",
        Placed: "The provider has the call.",
        NotPlaced: "It is proven that no phone rang.",
        Unknown: "The phone may or may not have rung.",
        Reconciling: "The same, and evidence is being looked for.",
    }
}

words! {
    /// Whom a refusal binds.
    Refusal of core::Refusal {
        ThisProvider: "This provider; another may take the call.",
        RateLimited: "This provider, for now.",
        Quota: "Out of credit, or over a budget.",
        NeedsApproval: "A person has to approve first.",
        Everyone: "Every provider: it is about the callee or the content.",
    }
}

words! {
    /// Why somebody is called. A call that also sells something is `marketing`.
    Purpose of core::Purpose {
        Reservation: "A booking, an appointment or a question, made to a business about what it sells.",
        Requested: "The callee asked to be called, and the call is about that.",
        Transactional: "An order, a contract or an appointment that exists.",
        Informational: "Useful to the callee, not asked for, and nothing is sold.",
        Survey: "A survey or other research.",
        DebtCollection: "A debt.",
        Marketing: "It sells something or leads to a sale, wholly or in part.",
        Political: "It asks for votes or political support.",
        Charity: "It asks for donations.",
    }
}

words! {
    /// Who is called.
    CalleeKind of core::CalleeKind {
        Consumer: "A person at home or on their own phone.",
        Business: "A company, an office or a practice.",
    }
}

words! {
    /// The kind of line that a number belongs to.
    CalleeLine of core::CalleeLine {
        Mobile: "A mobile phone.",
        Landline: "A fixed line.",
        TollFree: "A number that is free for those who call it.",
        Emergency: "An emergency line of a hospital, a practice, the fire brigade or the police.",
    }
}

words! {
    /// How consent was given.
    ConsentKind of core::ConsentKind {
        Express: "Expressly, in any form.",
        ExpressWritten: "Expressly, in writing and signed, which may be electronic.",
    }
}

words! {
    /// Whether a phone may ring.
    RuleVerdict of core::RuleVerdict {
        Allow: "No rule stops the call.",
        Wait: "Rules stop it now, and all of them let it pass later.",
        Refuse: "A rule stops it, and no time is known at which it would pass.",
    }
}

words! {
    /// What a rule has to say about a call.
    RuleEffect of core::RuleEffect {
        Stops: "It stops the call.",
        Warns: "It is shown and recorded, and stops nothing.",
    }
}

/// What an attempt proves about the phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// No byte left.
    NotSent,
    /// The provider will not place it.
    Refused,
    /// The provider accepted it.
    Placed,
    /// The phone may or may not have rung.
    Unknown,
}

impl Delivery {
    /// The delivery and, if it is a refusal, whom it binds.
    pub fn split(delivery: core::Delivery) -> (Self, Option<Refusal>) {
        match delivery {
            core::Delivery::NotSent => (Self::NotSent, None),
            core::Delivery::Refused(refusal) => (Self::Refused, Some(refusal.into())),
            core::Delivery::Placed => (Self::Placed, None),
            core::Delivery::Unknown => (Self::Unknown, None),
        }
    }
}
