//! What Telnyx' refusals mean.
//!
//! Its error bodies have a number as code and point to the field that they are about
//! (`telnyx` 4.189.0; developers.telnyx.com, data/api-errors). Of the catalogue of some 700 codes, the
//! few that matter for a Dial command are here. A refused value binds every provider if it is the
//! number that was called, and this provider if it is another field; one that points nowhere may be
//! about the callee, so it binds every provider.

use switchboard_core::{Delivery, ErrorKind, Refusal};
use switchboard_http::{Codes, ErrorBody, Verdict};

/// Telnyx' rows.
#[derive(Debug, Clone, Copy, Default)]
pub struct TelnyxCodes;

const QUOTA: Verdict = Verdict::new(ErrorKind::QuotaExceeded, Delivery::Refused(Refusal::Quota));
const TOO_MANY: Verdict =
    Verdict::new(ErrorKind::RateLimited, Delivery::Refused(Refusal::RateLimited));

/// Status and meaning, whatever the code.
const ROWS: [(u16, Verdict, &str); 5] = [
    (401, Verdict::refused(ErrorKind::Unauthorized), "10009, no valid key"),
    (402, QUOTA, "the balance is used up"),
    (
        403,
        Verdict::refused(ErrorKind::Forbidden),
        "10010, or a destination or profile that may not",
    ),
    (404, Verdict::refused(ErrorKind::NotFound), "10005, no such assistant or connection"),
    (429, TOO_MANY, "10011, requests; 90103, dials a second"),
];

impl Codes for TelnyxCodes {
    fn verdict(&self, status: u16, _code: Option<&str>) -> Option<Verdict> {
        match status {
            // Nobody knows which field it is about.
            400 | 422 => Some(Verdict::refused_for_everyone(ErrorKind::InvalidRequest)),
            _ => ROWS.iter().find(|row| row.0 == status).map(|row| row.1),
        }
    }

    fn verdict_on(&self, status: u16, body: &ErrorBody) -> Option<Verdict> {
        let is_value = matches!(status, 400 | 422);
        let points_to =
            |part: &str| body.pointers.iter().any(|place| place.split('/').any(|its| its == part));
        match body.pointers.is_empty() {
            // A command with the same id may have been taken: the call may exist.
            false if is_value && points_to("command_id") => {
                Some(Verdict::unknown(ErrorKind::InvalidRequest))
            }
            false if is_value && !points_to("to") => {
                Some(Verdict::refused(ErrorKind::InvalidRequest))
            }
            // Without a code it is not of the API.
            _ if matches!(status, 400 | 402 | 403 | 422) && body.code.is_none() => None,
            _ => self.verdict(status, body.code.as_deref()),
        }
    }
}

#[cfg(test)]
mod tests {
    use switchboard_http::classify;

    use super::*;

    const HERE: Delivery = Delivery::Refused(Refusal::ThisProvider);
    const EVERYONE: Delivery = Delivery::Refused(Refusal::Everyone);
    const LIMITED: Delivery = Delivery::Refused(Refusal::RateLimited);
    const UNKNOWN: Delivery = Delivery::Unknown;

    fn told(status: u16, body: &str) -> (ErrorKind, Delivery) {
        let Verdict { kind, delivery } =
            classify::answer(&TelnyxCodes, status, &ErrorBody::parse(body.as_bytes()));
        (kind, delivery)
    }

    fn body(code: &str, pointer: &str) -> String {
        format!(
            r#"{{"errors":[{{"code":"{code}","title":"No","detail":"No.","source":{{"pointer":"{pointer}"}}}}]}}"#
        )
    }

    #[test]
    fn every_documented_row() {
        use ErrorKind::{Forbidden, InvalidRequest, NotFound, RateLimited, Unauthorized};
        let rows = [
            (422, "10015", "/to", InvalidRequest, EVERYONE),
            (422, "10016", "/to", InvalidRequest, EVERYONE),
            (422, "10002", "/to", InvalidRequest, EVERYONE),
            (400, "10001", "/to", InvalidRequest, EVERYONE),
            (422, "10015", "/data/to", InvalidRequest, EVERYONE),
            (422, "10015", "/to/0", InvalidRequest, EVERYONE),
            (422, "10015", "", InvalidRequest, EVERYONE),
            (422, "10015", "/from", InvalidRequest, HERE),
            (422, "10015", "/command_id", InvalidRequest, UNKNOWN),
            (422, "10015", "/assistant/id", InvalidRequest, HERE),
            (400, "10001", "/connection_id", InvalidRequest, HERE),
            (401, "10009", "", Unauthorized, HERE),
            (402, "20100", "", ErrorKind::QuotaExceeded, Delivery::Refused(Refusal::Quota)),
            (403, "10010", "", Forbidden, HERE),
            (403, "10039", "/to", Forbidden, HERE),
            (404, "10005", "/connection_id", NotFound, HERE),
            (429, "10011", "", RateLimited, LIMITED),
            (429, "90103", "/to", RateLimited, LIMITED),
            (500, "10007", "", ErrorKind::Provider, UNKNOWN),
            (503, "10008", "/to", ErrorKind::Provider, UNKNOWN),
            (504, "10007", "", ErrorKind::Provider, UNKNOWN),
        ];
        for (status, code, pointer, kind, delivery) in rows {
            assert_eq!(
                told(status, &body(code, pointer)),
                (kind, delivery),
                "{status} {code} {pointer}"
            );
        }
    }

    #[test]
    fn of_several_errors_the_one_about_the_callee_counts() {
        let error = |source: &str| format!(r#"{{"code":"10015","title":"No"{source}}}"#);
        let at = |pointer: &str| error(&format!(r#","source":{{"pointer":"{pointer}"}}"#));
        for (errors, delivery) in [
            (vec![at("/from"), at("/to")], EVERYONE),
            (vec![at("/from"), at("/assistant/id")], HERE),
            (vec![at("/from"), error("")], EVERYONE),
            (vec![at("/from"), at("/command_id")], UNKNOWN),
        ] {
            let body = format!(r#"{{"errors":[{}]}}"#, errors.join(","));
            assert_eq!(told(422, &body).1, delivery, "{body}");
        }
    }

    #[test]
    fn what_is_not_of_the_api_is_unknown() {
        for status in [400, 402, 403, 422] {
            for text in ["{}", "", "<html>sorry</html>", r#"{"errors":[]}"#] {
                assert_eq!(told(status, text).1, UNKNOWN, "{status} {text}");
            }
        }
        for status in [408, 409, 410, 423, 425, 499, 502, 520] {
            assert_eq!(told(status, &body("10015", "/from")).1, UNKNOWN, "{status}");
        }
    }

    #[test]
    fn no_row_claims_more_than_a_refusal() {
        for status in 0..=u16::MAX {
            match TelnyxCodes.verdict(status, None).map(|verdict| verdict.delivery) {
                None => {}
                Some(Delivery::Refused(_)) => assert!(status < 500, "{status}"),
                Some(_) => panic!("{status}"),
            }
        }
    }

    #[test]
    fn a_cut_refusal_is_unknown_where_it_may_hide_the_callee() {
        for status in [400, 402, 403, 422] {
            assert_eq!(told(status, r#"{"errors":[{"code":"10015","#).1, UNKNOWN, "{status}");
        }
        assert_eq!(told(401, r#"{"errors":["#).1, HERE);
    }
}
