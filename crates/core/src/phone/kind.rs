//! The types of line that may be called. Tariffs depend on them.

use std::fmt;

use rlibphonenumber::PhoneNumberType;
use serde::{Deserialize, Serialize};

use super::error::PhoneNumberError;

/// The type of a number according to its numbering plan. Types that may not be called are not
/// listed here, and a number without a type does not exist in its plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberType {
    /// A landline.
    FixedLine,
    /// A mobile phone.
    Mobile,
    /// A landline or a mobile phone: the plan does not distinguish, as in the United States.
    FixedLineOrMobile,
    /// Toll-free: the callee pays. Often not reachable from abroad.
    TollFree,
    /// A VoIP number.
    Voip,
    /// A personal number, which is forwarded to wherever the person is.
    PersonalNumber,
    /// A pager.
    Pager,
    /// A universal access number: one number for all offices of a company.
    Uan,
    /// A voicemail access number.
    Voicemail,
}

impl NumberType {
    /// The name in JSON, for example `fixed_line`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FixedLine => "fixed_line",
            Self::Mobile => "mobile",
            Self::FixedLineOrMobile => "fixed_line_or_mobile",
            Self::TollFree => "toll_free",
            Self::Voip => "voip",
            Self::PersonalNumber => "personal_number",
            Self::Pager => "pager",
            Self::Uan => "uan",
            Self::Voicemail => "voicemail",
        }
    }

    /// Converts the type of the library, or says why it may not be called.
    pub(super) fn of(kind: PhoneNumberType) -> Result<Self, PhoneNumberError> {
        match kind {
            PhoneNumberType::FixedLine => Ok(Self::FixedLine),
            PhoneNumberType::Mobile => Ok(Self::Mobile),
            PhoneNumberType::FixedLineOrMobile => Ok(Self::FixedLineOrMobile),
            PhoneNumberType::TollFree => Ok(Self::TollFree),
            PhoneNumberType::PremiumRate => Err(PhoneNumberError::PremiumRate),
            PhoneNumberType::SharedCost => Err(PhoneNumberError::SharedCost),
            PhoneNumberType::VoIP => Ok(Self::Voip),
            PhoneNumberType::PersonalNumber => Ok(Self::PersonalNumber),
            PhoneNumberType::Pager => Ok(Self::Pager),
            PhoneNumberType::UAN => Ok(Self::Uan),
            PhoneNumberType::VoiceMail => Ok(Self::Voicemail),
            PhoneNumberType::Unknown => Err(PhoneNumberError::Invalid),
        }
    }
}

impl fmt::Display for NumberType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
