//! Whether a number may be called.

use rlibphonenumber::PHONE_NUMBER_UTIL;

use super::e164::{E164, FEWEST, canonical, country};
use super::error::PhoneNumberError::{self, Invalid, NotE164, OldPlan, TooShort};
use super::kind::NumberType;
use super::number::PhoneNumber;
use super::{old_plan, refuse, reserved};

/// Checks whether a number may be called.
pub(super) fn judge(written: E164) -> Result<PhoneNumber, PhoneNumberError> {
    let digits = written.digits();
    if let Some(reason) = reserved::reason(digits).or_else(|| refuse::emergency(digits)) {
        return Err(reason);
    }
    let written = old_plan::renewed(written)?;
    let digits = written.digits();

    let Ok(parsed) = PHONE_NUMBER_UTIL.parse(written.as_str(), None) else {
        return Err(refuse::reason_for_digits(digits));
    };
    let kind = match NumberType::of(PHONE_NUMBER_UTIL.get_number_type(&parsed)) {
        // The library gives a kind to a number if and only if it is valid.
        Err(Invalid) => {
            return Err(match refuse::reason_for_digits(digits) {
                Invalid => refuse::reason_for_length(&parsed),
                worse => worse,
            });
        }
        kind => kind?,
    };
    let region = PHONE_NUMBER_UTIL.get_region_for_number(&parsed).ok_or(Invalid)?;
    let country = country(region).ok_or(PhoneNumberError::NoCountry)?;

    let (canonical, calling_code_len) = canonical(&parsed).ok_or(Invalid)?;
    if canonical.digits().len() < FEWEST {
        return Err(TooShort(country));
    }
    if canonical != written {
        let same = drops_a_prefix(digits, canonical.digits(), calling_code_len)
            || old_plan::is_renewed(digits, canonical.digits());
        if !same {
            return Err(NotE164);
        }
        // Without the trunk prefix it is another number, which needs the same checks.
        if let Some(reason) =
            reserved::reason(canonical.digits()).or_else(|| refuse::emergency(canonical.digits()))
        {
            return Err(reason);
        }
        if old_plan::renewed(canonical)? != canonical {
            return Err(OldPlan(
                country,
                "write the number without the prefix behind its calling code",
            ));
        }
    }
    Ok(PhoneNumber {
        text: canonical.text,
        len: canonical.len as u8,
        calling_code_len: calling_code_len as u8,
        country,
        kind,
    })
}

/// True if the library only dropped digits between the calling code and the number, that is a trunk
/// prefix. Any other change would dial a different number.
fn drops_a_prefix(written: &[u8], canonical: &[u8], calling_code_len: usize) -> bool {
    match (written.split_at_checked(calling_code_len), canonical.split_at_checked(calling_code_len))
    {
        (Some((code, national)), Some((same, kept))) => code == same && national.ends_with(kept),
        _ => false,
    }
}
