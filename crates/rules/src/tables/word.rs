//! The words of the columns that take one of a few.

/// Declares an enum whose variants are words of a column.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant),+ }

        impl $name {
            /// All of them, in the order in which they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in tables.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

words! {
    /// What a row is about.
    Kind {
        /// The hours of the day at which calls are allowed.
        QuietHours = "quiet_hours",
        /// The days of the week on which they are not.
        Days = "days",
        /// The holidays on which they are not.
        Holidays = "holidays",
        /// The consent that they need.
        Consent = "consent",
        /// That an artificial voice says what it is.
        AiDisclosure = "ai_disclosure",
        /// That a recording is announced.
        Recording = "recording",
        /// A list of people who are not to be called.
        Dnc = "dnc",
        /// How often somebody may be called.
        Cap = "cap",
        /// That the caller says who they are.
        Identity = "identity",
    }
}

words! {
    /// What a row does to a call that it objects to.
    Effect {
        /// It stops the call.
        Gate = "gate",
        /// It is shown and recorded, and stops nothing.
        Warn = "warn",
        /// It must be in the first words; if it is not, the call is refused.
        Say = "say",
        /// It is there for people to read, and is not applied.
        Info = "info",
    }
}

words! {
    /// What was read for a row.
    Checked {
        /// The text of the rule, or an official page about it.
        Yes = "yes",
        /// What a law firm, a vendor or a newspaper says about it.
        Secondary = "secondary",
        /// Nothing: it is general knowledge.
        Known = "known",
        /// Nothing: it is a default of this product and no rule of law.
        Policy = "policy",
    }
}

words! {
    /// A kind of line, as rows tell them apart.
    Line {
        /// A mobile phone.
        Mobile = "mobile",
        /// A fixed line.
        Landline = "landline",
        /// A number that is free for those who call it.
        TollFree = "toll_free",
        /// The number does not show it. It counts as mobile.
        Unknown = "unknown",
        /// An emergency line of a hospital, a practice, the fire brigade or the police.
        Emergency = "emergency",
    }
}

words! {
    /// A fact that lifts a row.
    Unless {
        /// The callee consented, in any form.
        Consent = "consent",
        /// They consented in writing.
        Written = "written",
        /// They asked to be called, at most 30 days ago.
        Requested = "requested",
        /// They are a customer, or have a contract.
        Ebr = "ebr",
        /// The business publishes the number for this matter.
        Published = "published",
        /// Their consent names this time of the week.
        ConsentHours = "consent_hours",
        /// They chose this time.
        AgreedTime = "agreed_time",
    }
}

impl Unless {
    pub(crate) const fn bit(self) -> u8 {
        1 << self as u8
    }

    /// The field of a request that gives it.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Consent | Self::Written => "consent",
            Self::Requested => "requested_at",
            Self::Ebr => "relationship",
            Self::Published => "published_number",
            Self::ConsentHours => "consent.hours",
            Self::AgreedTime => "agreed_time",
        }
    }

    /// How a request gives it, as the end of “to lift it, …”.
    pub const fn fix(self) -> &'static str {
        match self {
            Self::Consent => "record the callee's express consent",
            Self::Written => "record the callee's written consent",
            Self::Requested => "say when the callee asked to be called, at most 30 days ago",
            Self::Ebr => "refer to the order, contract or appointment",
            Self::Published => "say where the number is published",
            Self::ConsentHours => "record the hours that the callee's consent names",
            Self::AgreedTime => "give the time that the callee chose",
        }
    }
}
