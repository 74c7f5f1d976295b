//! What a simulated agent says because its instructions tell it to.

use crate::SimConfig;

/// What an agent says first that was told nothing, or that does not do as it is told.
pub(crate) const GREETING: &str = "Hello, this is a simulated call.";

/// What an agent with these instructions says first.
pub(crate) fn first_words<'a>(
    config: &SimConfig,
    instructions: impl IntoIterator<Item = &'a str>,
) -> &'a str {
    let asked = instructions
        .into_iter()
        .flat_map(str::lines)
        .filter(|line| line.contains("Begin the call with exactly these words"))
        .find_map(|line| line.split_once(": ").map(|(_, words)| words));
    asked.filter(|_| !config.ignores_instructions).unwrap_or(GREETING)
}
