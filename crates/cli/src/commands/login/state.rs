//! The `state` parameter: a random value that only this command and the page it opened know.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;

/// 256 random bits from the operating system.
#[derive(Clone)]
pub(super) struct LoginState(String);

impl LoginState {
    /// A new random value.
    ///
    /// # Errors
    /// If the system has no random bytes.
    pub(super) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The value as text, for the page's address.
    pub(super) fn value(&self) -> &str {
        &self.0
    }

    /// Compares in constant time.
    pub(super) fn matches(&self, given: &str) -> bool {
        self.0.as_bytes().ct_eq(given.as_bytes()).into()
    }
}

impl fmt::Debug for LoginState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LoginState")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn it_is_long_and_random() {
        let (one, other) = (LoginState::random().unwrap(), LoginState::random().unwrap());
        assert_eq!(URL_SAFE_NO_PAD.decode(one.value()).unwrap().len(), 32);
        assert!(one.matches(one.value()));
        for given in [other.value(), "", &one.value()[1..], &format!("{}A", one.value())] {
            assert!(!one.matches(given));
        }
        assert!(!format!("{one:?}").contains(one.value()));
    }
}
