//! Amounts of money as they are typed.

use switchboard::config::Amount;

/// An amount above zero, as the configuration reads it.
pub(super) fn above_zero(text: &str) -> Result<String, String> {
    let wrong = || format!("{text:?} is no amount: write it as 50 or 49.90, without the currency");
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let above_zero = text.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
    if !plain || !above_zero || Amount::parse(text).is_err() {
        return Err(wrong());
    }
    Ok(text.to_owned())
}
