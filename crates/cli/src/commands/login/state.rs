//! The secret word between this command and the page that it opened.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;

/// 256 bits of the system's own chance.
#[derive(Clone)]
pub(super) struct State(String);

impl State {
    /// A word that was never used.
    ///
    /// # Errors
    /// Where the system has no random bytes to give.
    pub(super) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// For the page's address.
    pub(super) fn word(&self) -> &str {
        &self.0
    }

    /// Compared in a time that says nothing of how much of it was right.
    pub(super) fn is(&self, word: &str) -> bool {
        self.0.as_bytes().ct_eq(word.as_bytes()).into()
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("State")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn it_is_long_and_never_the_same() {
        let (one, other) = (State::random().unwrap(), State::random().unwrap());
        assert_eq!(URL_SAFE_NO_PAD.decode(one.word()).unwrap().len(), 32);
        assert!(one.is(one.word()));
        for word in [other.word(), "", &one.word()[1..], &format!("{}A", one.word())] {
            assert!(!one.is(word));
        }
        assert!(!format!("{one:?}").contains(one.word()));
    }
}
