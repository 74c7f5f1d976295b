//! Numbers on lists, such as registries of people who must not be called.

use std::fmt;

use super::{e164::LONGEST, number::PhoneNumber};

/// The digits of a number in E.164, in 8 bytes: how lists of millions of numbers hold one.
///
/// Unlike a [`PhoneNumber`], it is only known to have the shape of a number. A list may hold numbers
/// that this version of the numbering plans does not know; they are kept, because a later version
/// may. `Debug` shows nothing of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListedNumber(u64);

impl ListedNumber {
    /// The number with these digits, calling code first, without a plus sign. `None` if they are
    /// fewer than 7 or more than 15, begin with 0, or are not all digits.
    pub fn from_digits(digits: &[u8]) -> Option<Self> {
        let is_number = (super::e164::FEWEST..LONGEST).contains(&digits.len())
            && digits.first() != Some(&b'0')
            && digits.iter().all(u8::is_ascii_digit);
        let value = |digits: &[u8]| {
            digits.iter().fold(0_u64, |value, digit| value * 10 + u64::from(digit - b'0'))
        };
        is_number.then(|| Self(value(digits)))
    }

    /// The digits as one number, for example 15125550142.
    pub const fn as_u64(self) -> u64 {
        self.0
    }
}

impl From<&PhoneNumber> for ListedNumber {
    fn from(number: &PhoneNumber) -> Self {
        let digits = number.e164().bytes().skip(1);
        Self(digits.fold(0, |value, digit| value * 10 + u64::from(digit - b'0')))
    }
}

impl fmt::Debug for ListedNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ListedNumber(..)")
    }
}
