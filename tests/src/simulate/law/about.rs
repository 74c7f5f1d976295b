//! What a request says about a call: why the callee is called, and on what ground.

use jiff::{SignedDuration, Timestamp};
use switchboard::{
    CallRequest,
    core::{AgreedTime, CalleeKind, Consent, ConsentKind, Purpose},
};

use super::callees::zone_names;
use crate::simulate::random::Random;

/// A call that only hours, limits and opt-outs may stop.
pub(in crate::simulate) fn allowed(
    random: &mut Random,
    request: &mut CallRequest,
    base: Timestamp,
) {
    request.on_behalf_of = Some("Ada Lovelace".to_owned());
    request.callback_number = Some("+12125550199".to_owned());
    match random.below(3) {
        0 => {
            request.purpose = Some(Purpose::Reservation);
            request.published_number = Some("https://example.com/contact".to_owned());
        }
        1 => {
            request.purpose = Some(Purpose::Requested);
            request.requested_at = Some((base - SignedDuration::from_hours(24)).to_string());
        }
        _ => {
            request.purpose = Some(Purpose::Transactional);
            request.relationship = Some("order 4711".to_owned());
            request.consent = Some(consent(ConsentKind::Express, base));
        }
    }
}

/// Any call: rules may have a lot against it.
pub(in crate::simulate) fn mixed(random: &mut Random, request: &mut CallRequest, base: Timestamp) {
    allowed(random, request, base);
    match random.below(100) {
        0..50 => {}
        50..65 => {
            request.purpose = Some(Purpose::Marketing);
            request.consent = Some(consent(ConsentKind::ExpressWritten, base));
            request.relationship = Some("contract 4711".to_owned());
        }
        65..73 => {
            request.purpose = Some(Purpose::Marketing);
            request.consent = None;
        }
        73..83 => {
            let from = base + SignedDuration::from_secs(random.below(2_400) as i64 - 1_080);
            request.agreed_time =
                Some(AgreedTime { from, to: from + SignedDuration::from_mins(20) });
        }
        83..88 => {
            let zones: Vec<_> = zone_names().collect();
            request.callee_timezone = Some((*random.pick(&zones)).to_owned());
        }
        88..93 => request.callee_kind = Some(CalleeKind::Business),
        93..96 => request.purpose = None,
        _ => request.purpose = Some(Purpose::Survey),
    }
}

fn consent(kind: ConsentKind, base: Timestamp) -> Consent {
    Consent::new(kind).with(|one| one.at = Some(base - SignedDuration::from_hours(480)))
}
