//! The arguments of the runners.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Reads `--seconds N` and `--seed N`. Without them it is a minute, and any seed.
///
/// # Errors
/// What is wrong with an argument.
pub fn seconds_and_seed(mut arguments: impl Iterator<Item = String>) -> Result<(u64, u64), String> {
    let (mut seconds, mut seed) = (60, RandomState::new().build_hasher().finish());
    while let Some(name) = arguments.next() {
        let value = arguments.next().and_then(|value| value.parse().ok());
        let value = value.ok_or_else(|| format!("{name} wants a number"))?;
        match name.as_str() {
            "--seconds" => seconds = value,
            "--seed" => seed = value,
            _ => return Err(format!("{name} is not known")),
        }
    }
    Ok((seconds, seed))
}
