//! An issuer of access tokens on 127.0.0.1, with keys of its own.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::StatusCode;
use ring::{
    hmac,
    rand::SystemRandom,
    rsa,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
        RsaKeyPair,
    },
};
use serde_json::{Value, json};
use switchboard_api::{caller::ScopeName, oauth::OAuth};

/// For whom tokens are.
pub(crate) const AUDIENCE: &str = "https://calls.example.com/mcp";
/// The scope of the issuer that allows everything that tools do.
pub(crate) const EVERYTHING: &str = "switchboard.calls";
/// The scope of the issuer that allows to look.
pub(crate) const LOOKING: &str = "switchboard.read";

enum Private {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// A key of the issuer.
pub(crate) struct Key {
    id: String,
    private: Private,
}

pub(crate) fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decoded(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

impl Key {
    pub(crate) fn p256(id: &str) -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let text = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, text.as_ref(), &random).unwrap();
        Self { id: id.to_owned(), private: Private::P256(pair) }
    }

    pub(crate) fn ed25519(id: &str) -> Self {
        let text = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        let pair = Ed25519KeyPair::from_pkcs8(text.as_ref()).unwrap();
        Self { id: id.to_owned(), private: Private::Ed25519(pair) }
    }

    /// The key of RFC 7515, appendix A.2: ring makes no RSA keys.
    pub(crate) fn rsa(id: &str) -> Self {
        let n = decoded(
            "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
        );
        let components = rsa::KeyPairComponents {
            public_key: rsa::PublicKeyComponents { n, e: decoded("AQAB") },
            d: decoded(
                "Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ",
            ),
            p: decoded(
                "4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc",
            ),
            q: decoded(
                "uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc",
            ),
            dP: decoded(
                "BwKfV3Akq5_MFZDFZCnW-wzl-CCo83WoZvnLQwCTeDv8uzluRSnm71I3QCLdhrqE2e9YkxvuxdBfpT_PI7Yz-FOKnu1R6HsJeDCjn12Sk3vmAktV2zb34MCdy7cpdTh_YVr7tss2u6vneTwrA86rZtu5Mbr1C1XsmvkxHQAdYo0",
            ),
            dQ: decoded(
                "h_96-mK1R_7glhsum81dZxjTnYynPbZpHziZjeeHcXYsXaaMwkOlODsWa7I9xXDoRwbKgB719rrmI2oKr6N3Do9U0ajaHF-NKJnwgjMd2w9cjz3_-kyNlxAr2v4IKhGNpmM5iIgOS1VZnOZ68m6_pbLBSp3nssTdlqvd0tIiTHU",
            ),
            qInv: decoded(
                "IYd7DHOhrWvxkwPQsRM2tOgrjbcrfvtQJipd-DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq2MowX7fhd_QJQ3ydy5cY7YIBi87w93IKLEdfnbJtoOPLUW0ITrJReOgo1cq9SbsxYawBgfp_gh6A5603k2-ZQwVK0JKSHuLFkuQ3U",
            ),
        };
        let pair = RsaKeyPair::from_components(&components).unwrap();
        Self { id: id.to_owned(), private: Private::Rsa(pair) }
    }

    pub(crate) fn algorithm(&self) -> &'static str {
        match &self.private {
            Private::Rsa(_) => "RS256",
            Private::P256(_) => "ES256",
            Private::Ed25519(_) => "EdDSA",
        }
    }

    /// The public key, as everybody may read it.
    pub(crate) fn public(&self) -> Value {
        let mut key = match &self.private {
            Private::Rsa(pair) => {
                let public = rsa::PublicKeyComponents::<Vec<u8>>::from(pair.public());
                json!({"kty": "RSA", "n": encoded(public.n), "e": encoded(public.e)})
            }
            Private::P256(pair) => {
                let point = pair.public_key().as_ref();
                json!({"kty": "EC", "crv": "P-256", "x": encoded(&point[1..33]), "y": encoded(&point[33..])})
            }
            Private::Ed25519(pair) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": encoded(pair.public_key())})
            }
        };
        key["kid"] = json!(self.id);
        key["use"] = json!("sig");
        key
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.private {
            Private::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap();
                signature
            }
            Private::P256(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Private::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    /// A token with these claims.
    pub(crate) fn token(&self, claims: &Value) -> String {
        let header = json!({"alg": self.algorithm(), "kid": self.id, "typ": "at+jwt"});
        self.token_with(&header, claims)
    }

    pub(crate) fn token_with(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", encoded(header.to_string()), encoded(claims.to_string()));
        format!("{message}.{}", encoded(self.sign(message.as_bytes())))
    }

    /// A token that is signed with a shared secret: everybody's public key.
    pub(crate) fn token_of_the_public_key(&self, claims: &Value) -> String {
        let header = json!({"alg": "HS256", "kid": self.id, "typ": "JWT"});
        let message = format!("{}.{}", encoded(header.to_string()), encoded(claims.to_string()));
        let secret = hmac::Key::new(hmac::HMAC_SHA256, self.public().to_string().as_bytes());
        format!("{message}.{}", encoded(hmac::sign(&secret, message.as_bytes())))
    }
}

#[derive(Default)]
struct Published {
    issuer: String,
    keys: Mutex<Vec<Value>>,
    reads: AtomicUsize,
    is_down: AtomicBool,
}

/// The issuer.
pub(crate) struct Issuer {
    pub(crate) url: String,
    published: Arc<Published>,
}

impl Issuer {
    /// Starts one whose metadata is at the place of OpenID Connect, below a path.
    pub(crate) async fn start(keys: &[&Key]) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/realms/test", listener.local_addr().unwrap());
        let published = Arc::new(Published { issuer: url.clone(), ..Published::default() });
        let router = Router::new()
            .route("/realms/test/.well-known/openid-configuration", get(metadata))
            .route("/realms/test/keys", get(jwks))
            .with_state(Arc::clone(&published));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let issuer = Self { url, published };
        issuer.publish(keys);
        issuer
    }

    /// From now on these are its keys.
    pub(crate) fn publish(&self, keys: &[&Key]) {
        *self.published.keys.lock().unwrap() = keys.iter().map(|key| key.public()).collect();
    }

    pub(crate) fn is_down(&self, is_down: bool) {
        self.published.is_down.store(is_down, Ordering::SeqCst);
    }

    /// How often its keys were read.
    pub(crate) fn reads(&self) -> usize {
        self.published.reads.load(Ordering::SeqCst)
    }

    pub(crate) fn settings(&self) -> OAuth {
        let read = [ScopeName::CallsRead, ScopeName::AgentsRead];
        let everything = [ScopeName::PlanRead, ScopeName::CallsWrite, ScopeName::CallsContent];
        OAuth::new(self.url.clone(), AUDIENCE, "org_id")
            .with_scope(EVERYTHING, everything.into_iter().chain(read))
            .with_scope(LOOKING, read)
            // What concerns every tenant is left out.
            .with_scope("switchboard.operator", [ScopeName::ProvidersRead])
    }

    /// The claims of a good token, at this time.
    pub(crate) fn claims(&self, now: switchboard::jiff::Timestamp) -> Value {
        let now = now.as_second();
        json!({
            "iss": self.url, "aud": AUDIENCE, "sub": "ada", "org_id": "acme", "scope": EVERYTHING,
            "iat": now, "nbf": now, "exp": now + 300,
        })
    }
}

async fn metadata(State(published): State<Arc<Published>>) -> Response {
    if published.is_down.load(Ordering::SeqCst) {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let keys = format!("{}/keys", published.issuer);
    Json(json!({"issuer": published.issuer, "jwks_uri": keys})).into_response()
}

async fn jwks(State(published): State<Arc<Published>>) -> Json<Value> {
    published.reads.fetch_add(1, Ordering::SeqCst);
    let keys = published.keys.lock().unwrap().clone();
    Json(json!({"keys": keys}))
}
