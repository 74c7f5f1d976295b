//! An issuer's public keys (RFC 7517), and the signatures of tokens in the compact form (RFC 7515).
//!
//! Signatures are verified with ring, which TLS uses anyway. `jsonwebtoken` 12 gets its cryptography
//! either from crates of which `rsa` has an advisory without a fix (RUSTSEC-2023-0071), or from
//! aws-lc, which takes a C compiler a minute; a provider of one's own can only be installed for the
//! whole process, which a library must not do.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde::{Deserialize, de::IgnoredAny};

/// The longest token that is looked at.
const LONGEST_TOKEN: usize = 8 * 1024;
/// Keys of one issuer. The others are not read.
const MOST_KEYS: usize = 64;
/// What `typ` may say. An ID token or a token for another purpose says something else, or is for
/// another audience.
const TYPES: [&str; 3] = ["jwt", "at+jwt", "application/at+jwt"];

/// Why a token is not believed. It says nothing of what is in the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadToken {
    /// It is not a signed token.
    Malformed,
    /// It is signed with an algorithm that is not taken. `none` and those with a shared secret are
    /// among them.
    Algorithm,
    /// It names a key that is not known.
    UnknownKey,
    /// The signature is not the key's.
    Signature,
}

/// The algorithms that are taken. A token never chooses another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Rs256,
    Es256,
    EdDsa,
}

impl Algorithm {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            // The second one is the name of RFC 9864.
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            _ => None,
        }
    }
}

#[derive(Debug, Clone)]
enum PublicKey {
    /// The modulus and the exponent.
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// An uncompressed point of P-256.
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
}

impl PublicKey {
    /// The one algorithm that a key is used with.
    const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Rsa { .. } => Algorithm::Rs256,
            Self::P256(_) => Algorithm::Es256,
            Self::Ed25519(_) => Algorithm::EdDsa,
        }
    }

    fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let verified = match self {
            Self::Rsa { n, e } => RsaPublicKeyComponents { n, e }.verify(
                &RSA_PKCS1_2048_8192_SHA256,
                message,
                signature,
            ),
            Self::P256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature),
        };
        verified.is_ok()
    }
}

#[derive(Debug, Clone)]
struct Key {
    id: Option<String>,
    public: PublicKey,
}

/// The public keys of an issuer.
#[derive(Debug, Clone)]
pub struct Jwks(Vec<Key>);

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Jwk {
    /// The key, if it is for signatures of a kind that is taken.
    fn read(self) -> Option<Key> {
        let signs = self.purpose.as_deref().is_none_or(|purpose| purpose == "sig");
        let verifies = self.key_ops.is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        if !(signs && verifies) {
            return None;
        }
        let public = match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", _) => PublicKey::Rsa { n: number(&self.n?)?, e: number(&self.e?)? },
            ("EC", Some("P-256")) => {
                let (x, y) = (coordinate(&self.x?)?, coordinate(&self.y?)?);
                PublicKey::P256([&[4][..], &x, &y].concat())
            }
            ("OKP", Some("Ed25519")) => PublicKey::Ed25519(coordinate(&self.x?)?),
            _ => return None,
        };
        let named = self.alg.as_deref().map(Algorithm::parse);
        let fits = named.is_none_or(|named| named == Some(public.algorithm()));
        fits.then_some(Key { id: self.kid, public })
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// A number without leading zeros.
fn number(text: &str) -> Option<Vec<u8>> {
    let bytes = decode(text)?;
    let begins = bytes.iter().position(|byte| *byte != 0)?;
    bytes.get(begins..).map(<[u8]>::to_vec)
}

fn coordinate(text: &str) -> Option<Vec<u8>> {
    decode(text).filter(|bytes| bytes.len() == 32)
}

impl Jwks {
    /// Reads a set of keys. Those of other kinds are left out. `None` if it is no set of keys.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let set: KeySet = serde_json::from_slice(text).ok()?;
        let keys = set.keys.into_iter().take(MOST_KEYS);
        let keys = keys.filter_map(|key| serde_json::from_value::<Jwk>(key).ok()?.read());
        Some(Self(keys.collect()))
    }

    /// True if there is no key of a kind that is taken.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Verifies the signature of a token. Returns what was signed; nothing of it is checked yet.
    ///
    /// # Errors
    /// Why it is not believed.
    pub fn verify(&self, token: &str) -> Result<Vec<u8>, BadToken> {
        self.verify_signed(&Signed::parse(token)?)
    }

    pub(super) fn verify_signed(&self, token: &Signed<'_>) -> Result<Vec<u8>, BadToken> {
        let fits = |key: &&Key| {
            let is_named = token.key.is_none() || token.key == key.id;
            is_named && key.public.algorithm() == token.algorithm
        };
        let mut keys = self.0.iter().filter(fits).peekable();
        if keys.peek().is_none() {
            return Err(BadToken::UnknownKey);
        }
        let message = token.message.as_bytes();
        if keys.any(|key| key.public.has_signed(message, &token.signature)) {
            Ok(token.payload.clone())
        } else {
            Err(BadToken::Signature)
        }
    }
}

/// A token that was taken apart, and is not believed yet.
pub(super) struct Signed<'a> {
    algorithm: Algorithm,
    key: Option<String>,
    /// What was signed: the header and the payload, as they were sent.
    message: &'a str,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<IgnoredAny>,
}

impl<'a> Signed<'a> {
    /// # Errors
    /// `Malformed`, `Algorithm`.
    pub(super) fn parse(token: &'a str) -> Result<Self, BadToken> {
        if token.len() > LONGEST_TOKEN {
            return Err(BadToken::Malformed);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(BadToken::Malformed)?;
        let (header, payload) = message.split_once('.').ok_or(BadToken::Malformed)?;
        let bytes = |part: &str| decode(part).ok_or(BadToken::Malformed);
        let header: Header =
            serde_json::from_slice(&bytes(header)?).map_err(|_| BadToken::Malformed)?;
        let algorithm = Algorithm::parse(&header.alg).ok_or(BadToken::Algorithm)?;
        let is_known = |typ: &String| TYPES.contains(&typ.to_ascii_lowercase().as_str());
        // Extensions that have to be understood are not.
        if header.crit.is_some() || !header.typ.as_ref().is_none_or(is_known) {
            return Err(BadToken::Malformed);
        }
        Ok(Self {
            algorithm,
            key: header.kid,
            message,
            payload: bytes(payload)?,
            signature: bytes(signature)?,
        })
    }
}
