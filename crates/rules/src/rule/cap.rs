//! Limits on how often somebody's phone rings.

use jiff::SignedDuration;

/// How long a limit looks back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Span {
    /// A duration that ends now.
    Rolling(SignedDuration),
    /// So many calendar days where the callee is.
    CalendarDays(i64),
}

/// What somebody did, or what was done to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// They asked not to be called again.
    OptOut,
    /// They declined.
    Refused,
    /// Somebody spoke with them.
    Conversation,
    /// They answered, and nobody spoke.
    Abandoned,
}

impl Event {
    pub(crate) const ALL: [Self; 4] =
        [Self::OptOut, Self::Refused, Self::Conversation, Self::Abandoned];

    /// The word in tables.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::OptOut => "opt_out",
            Self::Refused => "refused",
            Self::Conversation => "conversation",
            Self::Abandoned => "abandoned",
        }
    }
}

/// A limit on how often, or how soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cap {
    /// At most so many rings in a span, today included.
    Max { count: u32, span: Span },
    /// This much time between two rings.
    Gap(SignedDuration),
    /// None for a span after an event; `None` is forever.
    Stop {
        event: Event,
        span: Option<Span>,
        /// The day of the event is the first of the calendar days.
        counting_first: bool,
    },
}

/// A duration in words, for example `10 minutes` or `24 hours`.
pub(crate) fn length(span: SignedDuration) -> String {
    let minutes = span.as_mins();
    let (number, unit) = if minutes % 1_440 == 0 && minutes > 1_440 {
        (minutes / 1_440, "day")
    } else if minutes % 60 == 0 {
        (minutes / 60, "hour")
    } else {
        (minutes, "minute")
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}
