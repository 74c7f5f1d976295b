//! The country of numbers without a plus sign: the request's own, else the configuration's, else
//! none.
#![cfg(all(feature = "kallyai", feature = "kaicalls"))]

use std::fmt::Write as _;

use jiff::Timestamp;
use switchboard::{CallRequest, Config, ErrorKind, Switchboard};

fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

fn switchboard(default_country: Option<&str>) -> Switchboard {
    let mut text =
        "[providers.kallyai]\nkind = \"kallyai\"\napi_key_env = \"KEY\"\n[routing]\n".to_owned();
    if let Some(country) = default_country {
        writeln!(text, "default_country = {country:?}").unwrap();
    }
    let config = Config::from_toml(&text).unwrap();
    config.build(|_| Some("kallyai-key".to_owned())).unwrap()
}

fn request(to: &str, country: Option<&str>) -> CallRequest {
    CallRequest::new(to, "Ask whether they are open on Sunday.")
        .with(|call| call.default_country = country.map(str::to_owned))
}

#[tokio::test]
async fn a_request_without_a_country_gets_the_configurations() {
    let german = switchboard(Some("DE"));
    for (to, country, e164) in [
        ("030 123456", None, "+4930123456"),
        ("00 44 20 7946 0018", None, "+442079460018"),
        ("+1 212 555 0123", None, "+12125550123"),
        ("(212) 555-0123", Some("US"), "+12125550123"),
        ("020 7946 0018", Some("gb"), "+442079460018"),
    ] {
        let request = request(to, country);
        assert_eq!(german.validate(&request, now()).unwrap().to.e164(), e164, "{to}");
        assert_eq!(
            german.plan(&request).unwrap().to.to_string(),
            german.validate(&request, now()).unwrap().to.to_string()
        );
    }
    let nowhere = switchboard(None);
    let error = nowhere.validate(&request("030 123456", None), now()).unwrap_err();
    assert_eq!(
        (error.kind(), error.field(), error.code()),
        (ErrorKind::NumberNotAllowed, Some("to"), Some("number_not_e164"))
    );
    assert!(error.to_string().contains("default_country"), "{error}");
    assert_eq!(
        nowhere.validate(&request("030 123456", Some("DE")), now()).unwrap().to.e164(),
        "+4930123456"
    );
    // Every way into the program is the same.
    for error in [
        nowhere.place(&request("030 123456", None)).await.unwrap_err(),
        nowhere.submit(&request("030 123456", None)).await.unwrap_err(),
        nowhere.plan(&request("030 123456", None)).unwrap_err(),
    ] {
        assert_eq!(error.field(), Some("to"));
    }
}

#[tokio::test]
async fn the_number_to_ring_back_is_read_in_the_same_country() {
    let asked = request("030 123456", None)
        .with(|call| call.callback_number = Some("030 654321".to_owned()));
    let call = switchboard(Some("DE")).validate(&asked, now()).unwrap();
    assert_eq!(call.callback_number.unwrap().e164(), "+4930654321");
    // What is written down needs no country any more.
    let kept = call.to_request();
    assert_eq!((kept.to.as_str(), &kept.default_country), ("+4930123456", &None));
    assert_eq!(kept.validate(now()).unwrap(), call);
}

#[tokio::test]
async fn a_country_that_does_not_exist_is_named_with_the_fix() {
    for (country, part) in [
        ("UK", "write GB"),
        ("ZZ", "ZZ is not a country"),
        ("Germany", "two letters"),
        ("", "two letters"),
    ] {
        let error = switchboard(Some("DE"))
            .validate(&request("030 123456", Some(country)), now())
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::InvalidRequest, Some("default_country")),
            "{country}"
        );
        assert!(error.to_string().contains(part), "{country}: {error}");
    }
}
