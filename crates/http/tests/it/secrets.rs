//! What a provider repeats of a request's secrets, in any form, comes out of no answer.

use std::{error::Error as _, sync::Arc};

use crate::support::*;
use base64::{Engine, engine::general_purpose};
use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::{Value, json};
use switchboard_core::{Delivery, ErrorKind};
use switchboard_http::{
    ErrorBody, HttpClient, NoCodes, REDACTED, Redactor, Request, StaticToken, usable_id,
};

/// The ways in which a text may hold a key, each as it stands in the bytes of a body: plain text
/// first, then JSON text.
fn forms(key: &str, before: &str) -> Vec<String> {
    let unicode =
        |text: &str| text.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect::<String>();
    let percent = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
    let entities =
        |text: &str| text.chars().map(|c| format!("&#{};", u32::from(c))).collect::<String>();
    let one_escape = format!("\\u{:04x}{}", u32::from(key.chars().next().unwrap()), &key[1..]);
    let in_text = |text: &str| serde_json::to_string(text).unwrap().trim_matches('"').to_owned();
    vec![
        key.to_owned(),
        one_escape.clone(),
        unicode(key),
        key.replace('/', "\\/"),
        in_text(&one_escape),
        in_text(&format!("{{\"key\":\"{}\"}}", unicode(key))),
        percent(key),
        percent(&percent(key)),
        entities(key),
        format!("{}\u{200b}{}", &key[..4], &key[4..]),
        general_purpose::STANDARD.encode(format!("{before}{key}")),
        general_purpose::URL_SAFE_NO_PAD.encode(format!("{before}{key}")),
    ]
}

/// Bodies that hold the form, as services write them and as they should not.
fn bodies(form: &str) -> Vec<Vec<u8>> {
    let utf_16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    vec![
        format!(r#"{{"id":"{form}","status":"queued"}}"#).into(),
        format!(r#"{{"id":"call-1","note":"sent with {form}, thanks","more":[{{"{form}":1}}]}}"#).into(),
        format!(r#"{{"error":{{"code":"{form}","message":"bad key {form}","details":{{"reason":"{form}"}},"correlation_id":"{form}"}}}}"#)
            .into(),
        format!(r#"{{"id":"{form}","id":"call-1"}}"#).into(),
        format!(r#"{{"error":{{"code":"number_on_dnc","message":"{form}"#).into(),
        format!("<html><body>{form}</body></html>").into(),
        [b"\xff\xfe caf\xe9 ", form.as_bytes(), b" \xe9"].concat(),
        utf_16(&format!("the key is {form}")),
    ]
}

fn client_of(server: &Server, key: &str) -> HttpClient {
    let mut config = config(&server.url());
    config.retry.retries = 0;
    HttpClient::new(config, Arc::new(StaticToken::new(key.to_owned())), &NoCodes).unwrap()
}

/// Everything that a caller can get out of a request, one way or the other.
async fn all_that_comes_out(client: &HttpClient) -> Vec<String> {
    let mut shown = Vec::new();
    let note = |shown: &mut Vec<String>, error: switchboard_core::Error| {
        shown.push(format!("{error} {error:?} {:?} {:?}", error.code(), error.correlation_id()));
        let mut source = error.source();
        while let Some(cause) = source {
            shown.push(format!("{cause} {cause:?}"));
            source = cause.source();
        }
    };
    for placed in [true, false] {
        let answer = match placed {
            true => client.place(placing()).await.map_err(switchboard_core::PlaceError::into_error),
            false => client.read(Request::get("calls.get", "/v1/calls")).await,
        };
        match answer {
            Ok(answer) => {
                shown.push(format!("{answer:?} {:?}", answer.header("x-echo")));
                shown.push(String::from_utf8_lossy(answer.bytes()).into_owned());
                shown.extend(answer.value().map(|value| value.to_string()));
                shown.extend(answer.raw().map(|raw| raw.to_string()));
                shown.extend(answer.text());
                if let Err(error) = answer.json::<Vec<u8>>() {
                    note(&mut shown, error);
                }
                note(&mut shown, answer.unusable("no id"));
            }
            Err(error) => note(&mut shown, error),
        }
    }
    shown
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_form_of_the_key_comes_out(key in "kc_live_[a-zA-Z0-9/+_.~-]{8,40}", before in "[a-z:]{0,5}", status in prop_oneof![Just(200), Just(201), Just(400), Just(401), Just(500)]) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let forms = forms(&key, &before);
            let cases: Vec<(&String, Vec<u8>)> = forms.iter().flat_map(|form| bodies(form).into_iter().map(move |body| (form, body))).collect();
            // Each is placed and read once.
            let acts = cases.iter().flat_map(|(_, body)| {
                let head = format!("HTTP/1.1 {status} Said\r\nconnection: close\r\nx-echo: {key}\r\ncontent-length: {}\r\n\r\n", body.len());
                let act = Act::AnswerBytes([head.as_bytes(), body].concat());
                [act.clone(), act]
            });
            let server = Server::new(acts).await;
            let client = client_of(&server, &key);
            for (form, _) in &cases {
                for shown in all_that_comes_out(&client).await {
                    let squeezed: String = shown.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').collect();
                    for hidden in [&key, form] {
                        assert!(!shown.contains(hidden.as_str()) && !squeezed.contains(hidden.as_str()), "{hidden} of {key}: {shown}");
                    }
                }
            }
            assert_eq!(server.connections(), cases.len() * 2);
        });
    }

    #[test]
    fn an_answer_without_secrets_comes_out_as_it_came(text in "\\PC{0,80}") {
        let redactor = Redactor::new([&SecretString::from("kc_live_0123456789abcdef")]);
        prop_assert_eq!(redactor.text(&text), text.as_str());
        let value = json!({ "text": text, "rows": [1.5, null, true, { "again": text }] });
        prop_assert_eq!(redactor.value(value.clone()), value);
    }
}

#[tokio::test]
async fn what_is_clean_keeps_every_byte() {
    let body = "{ \"b\" : 1.50,\n \"a\" : \"x\\u0020\\/y\", \"a\" : 2 }";
    let server = Server::answering(answer(200, body)).await;
    let read =
        client_of(&server, "kc_live_0123456789").read(Request::get("x", "/x")).await.unwrap();
    assert_eq!(read.bytes().as_ref(), body.as_bytes());
}

#[tokio::test]
async fn what_is_taken_out_leaves_the_rest_readable() {
    let key = "kc_live_0123456789";
    let body =
        json!({"id": "call-1", "status": "queued", "note": format!("for {key} only"), key: [key]});
    let server = Server::answering(answer(201, &body.to_string())).await;
    let read = client_of(&server, key).place(placing()).await.unwrap().value().unwrap();
    let clean = json!({"id": "call-1", "status": "queued", "note": format!("for {REDACTED} only"), REDACTED: [REDACTED]});
    assert_eq!(read, clean);
}

#[tokio::test]
async fn an_answer_that_is_a_secret_itself_is_handed_out() {
    let key = "refresh-0123456789";
    let body = json!({"access_token": "new-0123456789", "refresh_token": key}).to_string();
    for (status, comes_out) in [(200, true), (400, false)] {
        let server = Server::answering(answer(status, &body)).await;
        let request =
            Request::post("auth.refresh", "/refresh").json(&json!({"refresh_token": key})).unwrap();
        let request = request.secret(&SecretString::from(key)).public().fetches_secrets();
        let shown = match client_of(&server, "another-token").write(request).await {
            Ok(answer) => answer.text().unwrap(),
            Err(error) => format!("{error:?}"),
        };
        assert_eq!(shown.contains(key), comes_out, "{shown}");
    }
}

#[tokio::test]
async fn a_refusal_that_breaks_off_keeps_its_doubt() {
    // The key stands in the half that came, escaped; the half that did not come may name a
    // do-not-call list.
    let body = r#"{"error":{"message":"\u006bc_live_0123456789 may not call"#;
    let server = Server::answering(answer(400, body)).await;
    let error = client_of(&server, "kc_live_0123456789").place(placing()).await.unwrap_err();
    assert_error(&error, ErrorKind::InvalidRequest, Delivery::Unknown);
    assert!(!ErrorBody::parse(body.as_bytes()).complete);
}

#[test]
fn short_secrets_and_clean_ids_stay() {
    let redactor = Redactor::new([&SecretString::from("queued"), &SecretString::from("")]);
    assert_eq!(redactor.value(json!({"status": "queued"})), json!({"status": "queued"}));
    let numeric = Redactor::new([&SecretString::from("12345678901")]);
    assert_eq!(numeric.value(json!([12_345_678_901_u64, 7])), json!([REDACTED, 7]));
    for (id, usable) in
        [("call-1", true), (" ", false), (REDACTED, false), ("call-[redacted]", false)]
    {
        assert_eq!(usable_id(Some(id.to_owned())).is_some(), usable, "{id}");
    }
    assert_eq!(
        format!("{:?}", Redactor::new([&SecretString::from("kc_live_0123456789")])),
        "Redactor(..)"
    );
    let _: Value = redactor.value(Value::Null);
}
