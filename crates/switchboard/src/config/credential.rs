//! Secrets come from the environment or from files of their own, never from the configuration: that
//! one is shown, shared and committed.

use std::path::Path;

use secrecy::SecretString;
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny},
};

/// The keys that [`Inline`] refuses. No hint proposes one of them.
pub(crate) const REFUSED: [&str; 9] = [
    "api_key",
    "access_token",
    "refresh_token",
    "webhook_secret",
    "token",
    "secret",
    "url",
    "hash_key",
    "password",
];

/// A secret written into the configuration: refused, and not kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Inline;

impl<'de> Deserialize<'de> for Inline {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer)?;
        Err(D::Error::custom(
            "is a secret, and this file is shown and shared: put it into an environment variable and name that one in the key that ends in _env, \
             as api_key_env = \"PROVIDER_API_KEY\", or into a file of its own with api_key_file. Change the secret if others saw this file",
        ))
    }
}

/// Why a text cannot be the name of an environment variable. A secret that was pasted instead is
/// recognized by its characters, and is not repeated.
pub(crate) fn wrong_variable(name: &str) -> Option<&'static str> {
    let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_uppercase() || byte == b'_');
    let rest =
        name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    (!begins || !rest).then_some(
        "is no name of an environment variable: write its name in capitals, as KAICALLS_API_KEY, and keep the secret itself out of this file",
    )
}

/// The process's environment, for [`Config::build`](crate::Config::build).
pub fn process_environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Reads a variable; an empty one is none.
pub(crate) fn from_environment(
    name: &str,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Option<SecretString> {
    environment(name)
        .map(|value| value.trim().to_owned())
        .filter(|value| !value.is_empty())
        .map(SecretString::from)
}

/// Reads a file that holds one secret.
///
/// # Errors
/// What is wrong with the file, never what is in it.
pub(crate) fn from_file(path: &Path) -> Result<SecretString, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    let secret = text.trim();
    if secret.is_empty() {
        return Err(format!(
            "{} is empty: write the secret into it, and nothing else",
            path.display()
        ));
    }
    Ok(SecretString::from(secret))
}

/// 32 bytes of 64 hexadecimal digits.
pub(crate) fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}
