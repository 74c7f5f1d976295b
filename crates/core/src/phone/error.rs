//! Why a number may not be called. No variant carries the number, so none can print it.

/// The reason of a refusal. Its text names the problem and the fix, never the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PhoneNumberError {
    /// The text does not have the shape `^\+[1-9]\d{6,14}$` once its separators are gone, or it carries digits that
    /// only a phone inside the country dials.
    #[error("this is not a number in E.164: write a plus sign, the country calling code and the number in digits, as +15125550142")]
    NotE164,
    /// The numbering plan of its country holds no such number.
    #[error("this number does not exist in the numbering plan of its country: check its calling code, its length and its digits")]
    Invalid,
    /// Police, fire, ambulance or a crisis line, in any disguise.
    #[error("this is an emergency number, which no agent may call: a person in need dials it on a phone of their own")]
    Emergency,
    /// The caller pays the callee by the minute or by the call; international premium rate (`+979`) included.
    #[error("this is a premium-rate number, whose price nobody can bound: write the callee's ordinary number")]
    PremiumRate,
    /// The caller pays a surcharge; the international shared-cost service (`+808`) included.
    #[error("this is a shared-cost number, which costs the caller a surcharge: write the callee's ordinary number")]
    SharedCost,
    /// A short code, or a number with its end or its area code missing.
    #[error("this is a short code or an incomplete number: write the whole number in E.164, as +15125550142")]
    Short,
    /// A satellite phone.
    #[error("this is a satellite phone, which costs several dollars a minute: write a number on land")]
    Satellite,
    /// An international service or network that belongs to no country, as `+800`, `+878`, `+882`, `+883` and `+888`.
    #[error("this number belongs to an international service and to no country: write the callee's number in a country")]
    NoCountry,
}

impl PhoneNumberError {
    /// The stable code of the reason, for answers to machines.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotE164 => "number_not_e164",
            Self::Invalid => "invalid_number",
            Self::Emergency => "emergency_number",
            Self::PremiumRate => "premium_rate_number",
            Self::SharedCost => "shared_cost_number",
            Self::Short => "short_number",
            Self::Satellite => "satellite_number",
            Self::NoCountry => "number_without_country",
        }
    }
}
