//! The kinds of line that may be called, because a tariff asks for the kind before the prefix.

use std::fmt;

use rlibphonenumber::PhoneNumberType;
use serde::{Deserialize, Serialize};

use super::error::PhoneNumberError;

/// What the numbering plan says a number is. Kinds that may not be called have no name here, and a
/// number without a kind does not exist in its plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberType {
    /// A line at a place.
    FixedLine,
    /// A mobile phone.
    Mobile,
    /// One or the other: the plan does not tell, as in the United States.
    FixedLineOrMobile,
    /// The callee pays; often not reachable from abroad.
    TollFree,
    /// A line over the internet.
    Voip,
    /// A number that follows a person.
    PersonalNumber,
    /// A pager.
    Pager,
    /// A company's one number for all its offices.
    Uan,
    /// A voice mailbox.
    Voicemail,
}

impl NumberType {
    /// The name on the wire, for example `fixed_line`.
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

    /// The kind behind the library's word, or why it may not be called.
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
