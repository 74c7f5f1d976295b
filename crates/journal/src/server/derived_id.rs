//! Ids that follow from what they name.

use jiff::Timestamp;
use switchboard_router::hash::digest;
use uuid::Uuid;

/// A UUID of version 7 of this time whose other bits follow from the parts: whoever names the same
/// thing makes the same id, in every process and at every repetition.
///
/// ```
/// use switchboard_journal::server::derived_id;
///
/// let period = "2026-03-01T00:00:00Z".parse().unwrap();
/// let id = derived_id(period, &[b"budget.warning", b"monthly", b"80"]);
/// assert_eq!(id, derived_id(period, &[b"budget.warning", b"monthly", b"80"]));
/// assert_ne!(id, derived_id(period, &[b"budget.warning", b"monthly", b"95"]));
/// ```
pub fn derived_id(at: Timestamp, parts: &[&[u8]]) -> Uuid {
    const VERSION: u128 = 0x7 << 76;
    const VARIANT: u128 = 0b10 << 62;
    let with = |place: &'static [u8]| {
        let parts: Vec<&[u8]> = std::iter::once(place).chain(parts.iter().copied()).collect();
        u128::from(digest(&parts))
    };
    let milliseconds = u128::try_from(at.as_millisecond()).unwrap_or_default() & 0xffff_ffff_ffff;
    let first = (with(b"first") & 0xfff) << 64;
    let second = with(b"second") >> 2;
    Uuid::from_u128(milliseconds << 80 | VERSION | first | VARIANT | second)
}
