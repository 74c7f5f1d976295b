//! Whether a secret that a provider repeats comes through.

use std::{error::Error as _, fmt::Debug};

use serde::Serialize;
use switchboard_core::Error;

/// The forms in which an answer might repeat a secret: as it is, escaped in JSON, percent-encoded, and
/// as the header.
pub fn secret_forms(secret: &str) -> [String; 5] {
    let escape = |character: char| format!("\\u{:04x}", u32::from(character));
    let (first, rest) = secret.split_at(1);
    [
        secret.to_owned(),
        first.chars().map(escape).chain([rest.to_owned()]).collect(),
        secret.chars().map(escape).collect(),
        secret.bytes().map(|byte| format!("%{byte:02X}")).collect(),
        format!("Bearer {secret}\\/"),
    ]
}

/// All that a result shows to whoever prints, logs or stores it: the value or the error with its
/// causes, in every form that it can be printed in.
///
/// # Panics
/// If the value cannot be written as JSON.
pub fn shown<T: Serialize + Debug>(result: Result<T, Error>) -> Vec<String> {
    match result {
        Ok(value) => {
            let json = serde_json::to_string(&value).unwrap_or_else(|error| panic!("{error}"));
            vec![format!("{value:?}"), json]
        }
        Err(error) => {
            let mut shown = vec![error.to_string(), format!("{error:?}")];
            let mut source = error.source();
            while let Some(cause) = source {
                shown.extend([cause.to_string(), format!("{cause:?}")]);
                source = cause.source();
            }
            shown
        }
    }
}
