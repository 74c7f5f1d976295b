//! Why a number may not be called. No variant contains the number, so none can print it.

use super::character;
use crate::country::Country;

/// Why a number is rejected. The message names the problem and the fix, never the number.
///
/// The [code](Self::code) is a stable class of reasons for programs; the message is specific and
/// for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum PhoneNumberError {
    /// Without its separators the text does not match `^\+[1-9]\d{6,14}$`, or it has digits that
    /// are only dialled within the country.
    #[error(
        "this is not a number in E.164: write a plus sign, the country calling code and the number in digits, as +15125550142"
    )]
    NotE164,
    /// It begins with an international prefix, which differs by country, and no country was given.
    #[error(
        "this number begins with {0}, an international prefix: write + in its place, or name the country that dials it so in default_country"
    )]
    InternationalPrefix(&'static str),
    /// It has no plus sign, and no country was given.
    #[error(
        "this number has no + and no country: write + and its calling code, as +15125550142, or name its country in default_country"
    )]
    WithoutCountry,
    /// The given country has no numbering plan of its own.
    #[error("{} has no numbering plan of its own: write the number with + and its calling code", .0.name())]
    WithoutPlan(Country),
    /// It would be a number of the country with a plus sign before it.
    #[error("this number begins with a calling code and has no +: write the + before it")]
    WithoutPlus,
    /// A national number without the prefix that is dialled before it. Spreadsheets remove leading
    /// zeros.
    #[error("this number lacks the prefix that is dialled before it in {}, as the leading 0 that spreadsheets remove: write it as it is dialled there, or with + and its calling code", .0.name())]
    WithoutPrefix(Country),
    /// The digits can be read as a national number and as an international one.
    #[error("this number can be read in two ways, as one in {} and as an international one: write + and its calling code", .0.name())]
    Ambiguous(Country),
    /// The plus sign is followed by a zero, but no calling code begins with zero.
    #[error(
        "this number has a 0 after its +, but no calling code begins with 0: write its country's calling code there"
    )]
    ZeroBehindPlus,
    /// It has more digits than any number.
    #[error(
        "this number has more than 15 digits, the most that a number can have: write one number"
    )]
    TooManyDigits,
    /// It has letters, which keypads and people read differently.
    #[error("this number has letters: write only its digits")]
    Letters,
    /// It has an extension, which is dialled after the call was answered.
    #[error(
        "this number has an extension, which cannot be dialled: write only the number, or the direct line in full"
    )]
    Extension,
    /// The field has more than one number.
    #[error("these are two numbers in one field: write one")]
    SeveralNumbers,
    /// A spreadsheet rounded it, so its last digits are lost.
    #[error(
        "this number was rounded by a spreadsheet and its last digits are lost: format the column as text and write the number again"
    )]
    Rounded,
    /// It ends like a decimal number, for example with `.0`.
    #[error(
        "this number ends like a decimal, with .0 or similar, as spreadsheets write it: remove the decimals"
    )]
    Decimals,
    /// The number is complete without its last digits, which may be a range, a footnote or an
    /// extension.
    #[error(
        "this number is complete before its last digits, which may be an extension, a range or a note: remove them, or write the number without separators if they belong to it"
    )]
    Tail,
    /// The last group of digits may be a direct line or the end of a range.
    #[error(
        "the digits after the hyphen may be a direct line or the end of a range: write the whole number without the hyphen"
    )]
    Range,
    /// It has separators that do not occur in numbers, for example `..`.
    #[error(
        "this number has separators that do not occur in numbers, as two in a row or one at its end: write single spaces or hyphens between its digits"
    )]
    Separators,
    /// It has a character that does not occur in numbers, at this position.
    #[error("this number {}: take it out", character::found(*.0, *.1))]
    Character(char, u16),
    /// It has digits of a script other than `0` to `9`.
    #[error("this number has digits of another script: write it with the digits 0 to 9")]
    ForeignDigits,
    /// A number of a former numbering plan whose current form is not certain.
    #[error("this is a mobile number of {}'s old numbering plan: {}", .0.name(), .1)]
    OldPlan(Country, &'static str),
    /// The number does not exist in the numbering plan of its country.
    #[error(
        "this number does not exist in the numbering plan of its country: check its calling code, its length and its digits"
    )]
    Invalid,
    /// It has too few digits for its country.
    #[error("this number is too short for {}: digits are missing", .0.name())]
    TooShort(Country),
    /// It has too many digits for its country.
    #[error("this number is too long for {}: remove what does not belong to it", .0.name())]
    TooLong(Country),
    /// Police, fire, ambulance or a crisis line, however it is written.
    #[error(
        "this is an emergency number, which agents must not call: a person who needs help has to dial it themselves"
    )]
    Emergency,
    /// The caller pays the callee per minute or per call, including international premium rate
    /// (`+979`).
    #[error(
        "this is a premium-rate number, whose price has no upper limit: write the callee's ordinary number"
    )]
    PremiumRate,
    /// The caller pays a surcharge, including the international shared-cost service (`+808`).
    #[error(
        "this is a shared-cost number, which costs the caller a surcharge: write the callee's ordinary number"
    )]
    SharedCost,
    /// A short code, or a number without its end or its area code.
    #[error(
        "this is a short code or an incomplete number: write the whole number in E.164, as +15125550142"
    )]
    Short,
    /// A satellite phone.
    #[error(
        "this is a satellite phone, which costs several dollars a minute: write a number on land"
    )]
    Satellite,
    /// An international service or network that belongs to no country, as `+800`, `+878`, `+882`,
    /// `+883` and `+888`.
    #[error(
        "this number belongs to an international service, not to a country: write the callee's number in a country"
    )]
    NoCountry,
}

impl PhoneNumberError {
    /// The stable code of the reason, for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotE164
            | Self::InternationalPrefix(_)
            | Self::WithoutCountry
            | Self::WithoutPlan(_)
            | Self::WithoutPlus
            | Self::WithoutPrefix(_)
            | Self::Ambiguous(_)
            | Self::ZeroBehindPlus
            | Self::TooManyDigits
            | Self::Letters
            | Self::Extension
            | Self::SeveralNumbers
            | Self::Rounded
            | Self::Decimals
            | Self::Tail
            | Self::Range
            | Self::Separators
            | Self::Character(..)
            | Self::ForeignDigits
            | Self::OldPlan(..) => "number_not_e164",
            Self::Invalid | Self::TooShort(_) | Self::TooLong(_) => "invalid_number",
            Self::Emergency => "emergency_number",
            Self::PremiumRate => "premium_rate_number",
            Self::SharedCost => "shared_cost_number",
            Self::Short => "short_number",
            Self::Satellite => "satellite_number",
            Self::NoCountry => "number_without_country",
        }
    }
}
