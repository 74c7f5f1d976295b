//! Calling codes and ranges that belong to no country: satellite networks, international services
//! and networks.
//!
//! Sources: ITU-T E.164, "List of ITU-T Recommendation E.164 assigned country codes" and
//! "Identification codes for international networks" (shared codes 881, 882, 883); for ranges
//! inside a country, its numbering plan as the comments of libphonenumber's metadata quote it.

use super::error::PhoneNumberError::{self, NoCountry, PremiumRate, Satellite, SharedCost};

/// Sorted from the longest prefix to the shortest, because the longest match decides.
const RANGES: &[(&[u8], PhoneNumberError)] = &[
    (b"88213", Satellite), // Telespazio EMSAT
    (b"88216", Satellite), // Thuraya
    (b"88232", Satellite), // Maritime Communications Partner
    (b"88234", Satellite), // BebbiCell
    (b"88237", Satellite), // ships, by satellite
    (b"88239", Satellite), // Vodafone's satellite range
    (b"88252", Satellite), // China Telecom satellite communications
    (b"61145", Satellite), // Australia: mobile satellite services
    (b"61147", Satellite), // Australia: mobile satellite services
    (b"90592", Satellite), // Türkiye: satellite phones (GMPCS)
    (b"1600", Satellite), // Canada: non-geographic services, used for satellite phones in the north
    (b"800", NoCountry),  // international freephone
    (b"808", SharedCost), // international shared cost
    (b"870", Satellite),  // Inmarsat
    (b"871", Satellite),  // Inmarsat Atlantic East, closed
    (b"872", Satellite),  // Inmarsat Pacific, closed
    (b"873", Satellite),  // Inmarsat Indian Ocean, closed
    (b"874", Satellite),  // Inmarsat Atlantic West, closed
    (b"878", NoCountry),  // universal personal telecommunications
    (b"881", Satellite),  // Iridium 6 and 7, Globalstar 8 and 9; ICO and Ellipso, closed
    (b"882", NoCountry),  // international networks
    (b"883", NoCountry),  // international networks
    (b"888", NoCountry),  // disaster relief, given back
    (b"979", PremiumRate), // international premium rate
];

/// The calling codes of no country, including withdrawn ones, because rate decks still list some.
pub(super) fn calling_codes() -> impl Iterator<Item = u32> {
    let whole = RANGES.iter().filter(|(prefix, _)| prefix.len() == 3);
    whole
        .map(|(prefix, _)| prefix.iter().fold(0, |code, digit| code * 10 + u32::from(digit - b'0')))
}

/// Returns why the number with these digits, calling code first, may not be called, regardless of
/// its plan.
pub(super) fn reason(digits: &[u8]) -> Option<PhoneNumberError> {
    // Only calling codes that begin with 1, 6, 8 or 9 have rows, so most numbers need no search.
    if matches!(digits.first(), Some(b'2'..=b'5' | b'7') | None) {
        return None;
    }
    RANGES.iter().find(|(prefix, _)| digits.starts_with(prefix)).map(|(_, reason)| *reason)
}
