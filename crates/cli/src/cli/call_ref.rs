//! A call on the command line: its id, or the beginning of it.

use std::{fmt, str::FromStr};

use switchboard::CallId;
use uuid::Uuid;

/// The fewest digits that may stand for an id.
const FEWEST: usize = 4;
/// The digits of a whole id.
const WHOLE: usize = 32;

/// The id of a call, or the beginning of it, with or without hyphens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CallRef(String);

impl CallRef {
    /// The id, if all of it was given.
    pub(crate) fn whole(&self) -> Option<CallId> {
        (self.0.len() == WHOLE).then(|| CallId::new(Uuid::from_u128(self.first())))
    }

    /// The last id before those that begin like this. `None` if there is none.
    pub(crate) fn before(&self) -> Option<CallId> {
        self.first().checked_sub(1).map(|before| CallId::new(Uuid::from_u128(before)))
    }

    /// True if the id begins like this.
    pub(crate) fn matches(&self, id: CallId) -> bool {
        id.as_uuid().as_simple().to_string().starts_with(&self.0)
    }

    /// The first so many digits of an id.
    pub(crate) fn beginning(id: CallId, digits: usize) -> Self {
        let mut text = id.as_uuid().as_simple().to_string();
        text.truncate(digits);
        Self(text)
    }

    fn first(&self) -> u128 {
        // Only digits are in it, and no more than fit.
        u128::from_str_radix(&format!("{:0<WHOLE$}", self.0), 16).unwrap_or_default()
    }
}

/// With its hyphens, the way ids are printed.
impl fmt::Display for CallRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, digit) in self.0.char_indices() {
            if [8, 12, 16, 20].contains(&at) {
                f.write_str("-")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

impl FromStr for CallRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.trim().replace('-', "").to_ascii_lowercase();
        let is_hex = digits.bytes().all(|one| one.is_ascii_hexdigit());
        if is_hex && (FEWEST..=WHOLE).contains(&digits.len()) {
            return Ok(Self(digits));
        }
        Err(format!(
            "is not a call's id: an id has {WHOLE} hexadecimal digits, of which the first {FEWEST} \
             or more may stand for it where no other id begins like that"
        ))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn an_id_or_its_beginning_is_read_and_nothing_else() {
        let id: Uuid = "019ab3f0-5c1e-7000-8000-0000000000aB".parse().unwrap();
        let id = CallId::new(id);
        let whole: CallRef = id.to_string().to_uppercase().parse().unwrap();
        assert_eq!((whole.whole(), whole.to_string()), (Some(id), id.to_string()));
        for beginning in ["019a", "019ab3f0", "019ab3f0-", "019AB3F05c1e70", "019ab3f0-5c1e-7000-8"]
        {
            let call: CallRef = beginning.parse().unwrap();
            assert!(call.matches(id) && call.whole().is_none(), "{beginning}");
            assert!(call.before().unwrap() < id);
            assert!(id.to_string().starts_with(&call.to_string()), "{beginning}: {call}");
        }
        assert_eq!("0000".parse::<CallRef>().unwrap().before(), None);
        assert_eq!(CallRef::beginning(id, 13).to_string(), "019ab3f0-5c1e-7");
        for wrong in ["", "019", "019g", "--------", "+442079460018", &"0".repeat(33)] {
            assert!(wrong.parse::<CallRef>().is_err(), "{wrong}");
        }
    }
}
