//! How a call ends in a provider's own words, and how far it got before.

/// How far a call got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reached {
    /// It was accepted, and no phone rang.
    Accepted,
    /// The phone rang, and nobody answered.
    Dialled,
    /// A person or a machine answered.
    Answered,
}

/// How a call ends, in a provider's own words.
///
/// ```
/// use switchboard_testkit::calls::{Ending, Reached};
/// // By its documents, this call is never dialled.
/// let never = Ending::from("concurrency_limit_reached");
/// // The same account problem in the middle of a conversation.
/// let broke = Ending::from("credit_exhausted").after(Reached::Answered);
/// # let _ = (never, broke);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ending {
    pub(crate) word: String,
    pub(crate) reached: Option<Reached>,
}

impl Ending {
    /// Fixes how far the call gets, whatever the documents say of this word.
    #[must_use]
    pub fn after(mut self, reached: Reached) -> Self {
        self.reached = Some(reached);
        self
    }
}

impl From<&str> for Ending {
    fn from(word: &str) -> Self {
        Self { word: word.to_owned(), reached: None }
    }
}

impl From<String> for Ending {
    fn from(word: String) -> Self {
        Self { word, reached: None }
    }
}
