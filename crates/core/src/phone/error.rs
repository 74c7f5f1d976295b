//! Why a number may not be called. No variant carries the number, so none can print it.

use super::character;
use crate::country::Country;

/// The reason of a refusal. Its text names the problem and the fix, never the number.
///
/// The [code](Self::code) is the class of the reason, for machines, and stays; the text is about
/// the very number, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum PhoneNumberError {
    /// The text does not have the shape `^\+[1-9]\d{6,14}$` once its separators are gone, or it
    /// carries digits that only a phone inside the country dials.
    #[error(
        "this is not a number in E.164: write a plus sign, the country calling code and the number in digits, as +15125550142"
    )]
    NotE164,
    /// An international prefix, which every country dials differently, and no country was named.
    #[error(
        "this number begins with {0}, an international prefix: write + in its place, or name the country that dials it so in default_country"
    )]
    InternationalPrefix(&'static str),
    /// Digits without a plus sign, and no country was named.
    #[error(
        "this number has no + and no country: write + and its calling code, as +15125550142, or name its country in default_country"
    )]
    WithoutCountry,
    /// A country that has no numbering plan of its own.
    #[error("{} has no numbering plan of its own: write the number with + and its calling code", .0.name())]
    WithoutPlan(Country),
    /// The number is one of the country as soon as a plus sign stands before it.
    #[error("this number begins with a calling code and has no +: write the + before it")]
    WithoutPlus,
    /// A national number without the prefix that the country dials before it; spreadsheets take
    /// leading zeros away.
    #[error("this number lacks the prefix that is dialled before it in {}, as the leading 0 that spreadsheets take away: write it as it is dialled there, or with + and its calling code", .0.name())]
    WithoutPrefix(Country),
    /// Digits that are two numbers: one in the country, and one behind an international prefix or a
    /// calling code.
    #[error("this number can be read in two ways, in {} and as one from abroad: write + and its calling code", .0.name())]
    Ambiguous(Country),
    /// No calling code begins with zero.
    #[error(
        "this number has a 0 behind its +, where no calling code begins with 0: write its country's calling code there"
    )]
    ZeroBehindPlus,
    /// More digits than any number has.
    #[error(
        "this number has more digits than any number, which has 15 at the most: write one number"
    )]
    TooManyDigits,
    /// Letters, which keypads and people read differently.
    #[error("this number has letters: write its digits alone")]
    Letters,
    /// Digits that are dialled after somebody has answered.
    #[error(
        "this number has an extension, which cannot be dialled here: write the number alone, or the direct line in full"
    )]
    Extension,
    /// More than one number in a field.
    #[error("these are two numbers in one field: write one")]
    SeveralNumbers,
    /// Its last digits are lost.
    #[error(
        "this number was rounded by a spreadsheet and its last digits are lost: make the column one of text and write the number anew"
    )]
    Rounded,
    /// A tail as `.0`.
    #[error(
        "this number ends as a decimal does, with .0 or the like, as spreadsheets write it: take the decimals away"
    )]
    Decimals,
    /// Digits behind a number that is complete without them: a range, a footnote, an extension.
    #[error(
        "this number is complete before its last digits, which may be an extension, a range or a note: take them away, or write the number without separators if they belong to it"
    )]
    Tail,
    /// A last group of digits that may be a direct line and may be the end of a range.
    #[error(
        "the digits behind the hyphen may be a direct line or the end of a range: write the whole number without the hyphen"
    )]
    Range,
    /// Separators as nobody writes them between digits, as `..`.
    #[error(
        "this number has separators that stand in no number, as two in a row or one at its end: write single spaces or hyphens between its digits"
    )]
    Separators,
    /// A character that stands in no number.
    #[error("this number {}: take it out", character::found(*.0, *.1))]
    Character(char, u16),
    /// Digits of another script than `0` to `9`.
    #[error("this number has digits of another script: write it with the digits 0 to 9")]
    ForeignDigits,
    /// A spelling of a plan that its country has given up, and whose new one is not certain.
    #[error("this is a mobile number of {}'s old numbering plan: {}", .0.name(), .1)]
    OldPlan(Country, &'static str),
    /// The numbering plan of its country holds no such number.
    #[error(
        "this number does not exist in the numbering plan of its country: check its calling code, its length and its digits"
    )]
    Invalid,
    /// Digits are missing.
    #[error("this number is too short for {}: digits are missing", .0.name())]
    TooShort(Country),
    /// Digits are too many.
    #[error("this number is too long for {}: take away what does not belong to it", .0.name())]
    TooLong(Country),
    /// Police, fire, ambulance or a crisis line, in any disguise.
    #[error(
        "this is an emergency number, which no agent may call: a person in need dials it on a phone of their own"
    )]
    Emergency,
    /// The caller pays the callee by the minute or by the call; international premium rate (`+979`)
    /// included.
    #[error(
        "this is a premium-rate number, whose price nobody can bound: write the callee's ordinary number"
    )]
    PremiumRate,
    /// The caller pays a surcharge; the international shared-cost service (`+808`) included.
    #[error(
        "this is a shared-cost number, which costs the caller a surcharge: write the callee's ordinary number"
    )]
    SharedCost,
    /// A short code, or a number with its end or its area code missing.
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
        "this number belongs to an international service and to no country: write the callee's number in a country"
    )]
    NoCountry,
}

impl PhoneNumberError {
    /// The stable code of the reason, for answers to machines.
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
