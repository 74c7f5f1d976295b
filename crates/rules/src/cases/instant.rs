//! Instants, as they are written in cases.

use jiff::Timestamp;

pub(super) fn instant(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| format!("{text:?} is no instant: write it as 2026-12-05T23:30Z"))
}
