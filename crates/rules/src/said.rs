//! What the first words of a call say.

use std::{fmt, str::FromStr};

use switchboard_core::Error;

/// One thing that the first words of a call can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Saying {
    /// That an artificial voice is speaking.
    Ai = 1,
    /// Who is speaking: the name of the caller.
    Caller = 1 << 1,
    /// On whose behalf they call.
    OnBehalfOf = 1 << 2,
    /// Why they call.
    Purpose = 1 << 3,
    /// A number to call back.
    Number = 1 << 4,
    /// How to be left alone from now on.
    OptOut = 1 << 5,
    /// That the call is recorded.
    Recording = 1 << 6,
}

impl Saying {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 7] = [
        Self::Ai,
        Self::Caller,
        Self::OnBehalfOf,
        Self::Purpose,
        Self::Number,
        Self::OptOut,
        Self::Recording,
    ];

    /// The word in tables, for example `on_behalf_of`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ai => "ai",
            Self::Caller => "caller",
            Self::OnBehalfOf => "on_behalf_of",
            Self::Purpose => "purpose",
            Self::Number => "number",
            Self::OptOut => "opt_out",
            Self::Recording => "recording",
        }
    }

    /// What it is, as the end of “the first words must say …”.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Ai => "that it is an AI",
            Self::Caller => "who is calling",
            Self::OnBehalfOf => "on whose behalf",
            Self::Purpose => "why",
            Self::Number => "a number to call back",
            Self::OptOut => "how to be left alone from now on",
            Self::Recording => "that the call is recorded",
        }
    }
}

impl fmt::Display for Saying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of things that first words say. It is written as words with commas between them:
/// `ai,on_behalf_of,purpose`.
///
/// ```
/// use switchboard_rules::{Said, Saying};
///
/// let said: Said = "ai,purpose".parse()?;
/// assert!(said.contains(Saying::Ai) && !said.contains(Saying::Recording));
/// assert_eq!(said.with(Saying::Caller).to_string(), "ai,caller,purpose");
/// # Ok::<(), switchboard_core::Error>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Said(u8);

impl Said {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Everything that first words can say.
    pub const ALL: Self = Self(0x7f);

    /// Adds one thing.
    pub const fn insert(&mut self, one: Saying) {
        self.0 |= one as u8;
    }

    /// The same set and one thing more.
    #[must_use]
    pub const fn with(mut self, one: Saying) -> Self {
        self.insert(one);
        self
    }

    /// The same set without one thing.
    #[must_use]
    pub const fn without(self, one: Saying) -> Self {
        Self(self.0 & !(one as u8))
    }

    /// True if it is in the set.
    pub const fn contains(self, one: Saying) -> bool {
        self.0 & one as u8 != 0
    }

    /// True if nothing is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What is in this set or in the other.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in this set and not in the other.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// What is in the set, in the order in which it is shown.
    pub fn iter(self) -> impl Iterator<Item = Saying> {
        Saying::ALL.into_iter().filter(move |one| self.contains(*one))
    }
}

impl FromIterator<Saying> for Said {
    fn from_iter<T: IntoIterator<Item = Saying>>(items: T) -> Self {
        items.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, one) in self.iter().enumerate() {
            write!(f, "{}{one}", if at > 0 { "," } else { "" })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Said({self})")
    }
}

impl FromStr for Said {
    type Err = Error;

    /// Reads words with commas between them; an empty text is [`Said::NONE`].
    fn from_str(text: &str) -> Result<Self, Error> {
        let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
        let mut said = Self::NONE;
        for word in words {
            let one =
                Saying::ALL.into_iter().find(|one| one.as_str() == word).ok_or_else(|| {
                    let known: Vec<_> = Saying::ALL.iter().map(|one| one.as_str()).collect();
                    Error::invalid(
                        "say",
                        format!(
                            "{word:?} is nothing that first words say: write some of {}",
                            known.join(",")
                        ),
                    )
                })?;
            said.insert(one);
        }
        Ok(said)
    }
}
