//! Which digits a number may begin with.

use std::sync::LazyLock;

use rlibphonenumber::PHONE_NUMBER_UTIL;

use super::reserved;

/// The maximum number of digits of a calling code.
const LONGEST: u32 = 3;

/// For each number of three digits, whether it begins with a calling code.
static BEGUN: LazyLock<Vec<bool>> = LazyLock::new(|| {
    let mut begun = vec![false; 1_000];
    let plans =
        PHONE_NUMBER_UTIL.get_supported_calling_codes().filter_map(|code| u32::try_from(code).ok());
    for code in plans.chain(reserved::calling_codes()) {
        let digits = code.checked_ilog10().map_or(1, |log| log + 1);
        let width = 10_u32.pow(LONGEST.saturating_sub(digits));
        for three in code * width..(code + 1) * width {
            if let Some(entry) = begun.get_mut(three as usize) {
                *entry = true;
            }
        }
    }
    begun
});

/// True if a number can begin with these digits, written without a plus sign: they begin with a
/// calling code or are the beginning of one.
///
/// ```
/// use switchboard_core::may_begin_number;
///
/// assert!(may_begin_number("4420") && may_begin_number("201")); // the United Kingdom; 20 is Egypt
/// assert!(may_begin_number("21")); // the beginning of 212, Morocco
/// assert!(!may_begin_number("210")); // not assigned
/// ```
pub fn may_begin_number(digits: &str) -> bool {
    let mut value = 0_usize;
    let mut width = 10_usize.pow(LONGEST);
    for digit in digits.bytes().take(LONGEST as usize) {
        if !digit.is_ascii_digit() {
            return false;
        }
        width /= 10;
        value += usize::from(digit - b'0') * width;
    }
    let rest = digits.bytes().skip(LONGEST as usize).all(|digit| digit.is_ascii_digit());
    rest && !digits.is_empty() && BEGUN.iter().skip(value).take(width).any(|begun| *begun)
}
