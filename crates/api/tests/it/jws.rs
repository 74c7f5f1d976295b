//! Signatures of tokens, by the examples of the standards and by what is wrong with others.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use switchboard_api::oauth::{BadToken, Jwks};

/// RFC 7515, appendix A.2 and A.3: the claims.
const JOE: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

struct Example {
    name: &'static str,
    key: Value,
    token: String,
}

fn examples() -> [Example; 3] {
    [
        Example {
            name: "RFC 7515, A.2",
            key: json!({"kty": "RSA", "e": "AQAB", "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}),
            token: format!(
                "eyJhbGciOiJSUzI1NiJ9.{JOE}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
            ),
        },
        Example {
            name: "RFC 7515, A.3",
            key: json!({"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}),
            token: format!(
                "eyJhbGciOiJFUzI1NiJ9.{JOE}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
            ),
        },
        Example {
            name: "RFC 8037, A.4",
            key: json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}),
            token: "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg".to_owned(),
        },
    ]
}

fn keys(keys: &[Value]) -> Jwks {
    Jwks::parse(json!({"keys": keys}).to_string().as_bytes()).unwrap()
}

fn all() -> Jwks {
    keys(&examples().map(|example| example.key))
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[test]
fn the_examples_of_the_standards_verify() {
    for Example { name, key, token } in examples() {
        let payload = token.split('.').nth(1).unwrap();
        let signed = URL_SAFE_NO_PAD.decode(payload).unwrap();
        assert_eq!(keys(&[key]).verify(&token), Ok(signed.clone()), "{name}");
        // Among other keys too.
        assert_eq!(all().verify(&token), Ok(signed), "{name}");
    }
}

#[test]
fn each_changed_part_spoils_the_signature() {
    for Example { name, key, token } in examples() {
        let keys = keys(&[key]);
        let parts: Vec<Vec<u8>> =
            token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap()).collect();
        for part in [1, 2] {
            for at in 0..parts[part].len() {
                let mut changed = parts.clone();
                changed[part][at] ^= 1;
                let changed = changed.iter().map(encoded).collect::<Vec<_>>().join(".");
                assert_eq!(keys.verify(&changed), Err(BadToken::Signature), "{name} {part} {at}");
            }
        }
        let [header, payload, signature] = parts.as_slice() else { panic!("{token}") };
        for cut in [0, 1, signature.len() - 1] {
            let cut = [header, payload, &signature[..cut]].map(encoded).join(".");
            assert_eq!(keys.verify(&cut), Err(BadToken::Signature), "{name}");
        }
        let empty = [header, payload, &vec![0; signature.len()]].map(encoded).join(".");
        assert_eq!(keys.verify(&empty), Err(BadToken::Signature), "{name}");
        // The header is signed too: the same with another space in it.
        let spaced = String::from_utf8(header.clone()).unwrap().replace(':', ": ");
        let spaced = format!("{}.{}.{}", encoded(spaced), encoded(payload), encoded(signature));
        assert_eq!(keys.verify(&spaced), Err(BadToken::Signature), "{name}");
    }
}

#[test]
fn headers_that_are_not_taken() {
    let token = &examples()[2].token;
    let (_, rest) = token.split_once('.').unwrap();
    for (header, wrong) in [
        (json!({"alg": "none"}), BadToken::Algorithm),
        (json!({"alg": "None"}), BadToken::Algorithm),
        (json!({"alg": ""}), BadToken::Algorithm),
        (json!({"alg": "HS256"}), BadToken::Algorithm),
        (json!({"alg": "HS512"}), BadToken::Algorithm),
        (json!({"alg": "RS1"}), BadToken::Algorithm),
        (json!({"alg": "RS512"}), BadToken::Algorithm),
        (json!({"alg": "ES384"}), BadToken::Algorithm),
        (json!({"alg": "eddsa"}), BadToken::Algorithm),
        (json!({"alg": ["EdDSA"]}), BadToken::Malformed),
        (json!({}), BadToken::Malformed),
        (json!({"alg": "EdDSA", "crit": ["b64"], "b64": false}), BadToken::Malformed),
        (json!({"alg": "EdDSA", "typ": "dpop+jwt"}), BadToken::Malformed),
        (json!({"alg": "EdDSA", "kid": 5}), BadToken::Malformed),
        (json!({"alg": "EdDSA", "kid": "another"}), BadToken::UnknownKey),
        // A key that the token brings itself is not read.
        (json!({"alg": "EdDSA", "jwk": {"kty": "OKP"}, "typ": "at+jwt"}), BadToken::Signature),
    ] {
        let token = format!("{}.{rest}", encoded(header.to_string()));
        assert_eq!(all().verify(&token), Err(wrong), "{header}");
    }
    for text in ["", ".", "..", "a.b", "a.b.c", "e30.e30.e30.e30", "{}.{}.{}", "e30=.e30.e30"] {
        assert_eq!(all().verify(text), Err(BadToken::Malformed), "{text}");
    }
    let long = format!("{token}{}", "A".repeat(8 * 1024));
    assert_eq!(all().verify(&long), Err(BadToken::Malformed));
}

#[test]
fn keys_are_used_for_what_they_are_for_alone() {
    let [rsa, ec, ed] = examples();
    // A key of one kind never verifies what another kind should have signed.
    for (key, token) in [(&rsa.key, &ec.token), (&ec.key, &ed.token), (&ed.key, &rsa.token)] {
        assert_eq!(keys(std::slice::from_ref(key)).verify(token), Err(BadToken::UnknownKey));
    }
    for (more, is_taken) in [
        (json!({"use": "sig"}), true),
        (json!({"alg": "EdDSA", "key_ops": ["verify"]}), true),
        (json!({"alg": "Ed25519"}), true),
        (json!({"use": "enc"}), false),
        (json!({"key_ops": ["sign"]}), false),
        (json!({"alg": "ES256"}), false),
        (json!({"crv": "X25519"}), false),
        (json!({"x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUR"}), false),
        (json!({"kty": "oct", "k": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}), false),
    ] {
        let mut key = ed.key.clone();
        key.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let keys = keys(&[json!("no key"), key]);
        assert_eq!(keys.is_empty(), !is_taken, "{more}");
        assert_eq!(keys.verify(&ed.token).is_ok(), is_taken, "{more}");
    }
    // A modulus that is too short to be safe.
    let short = json!({"kty": "RSA", "e": "AQAB", "n": encoded([0xff; 128])});
    let token = format!("{}.{}", rsa.token.rsplit_once('.').unwrap().0, encoded([1; 128]));
    assert_eq!(keys(&[short]).verify(&token), Err(BadToken::Signature));
    for text in ["", "{}", "[]", "{\"keys\": {}}", "null"] {
        assert!(Jwks::parse(text.as_bytes()).is_none(), "{text}");
    }
}
