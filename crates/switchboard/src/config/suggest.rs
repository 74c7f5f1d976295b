//! Serde's errors in plain words, with a suggested fix. The value that does not fit is never
//! repeated: it may be a secret in the wrong place.

use crate::config::{credential::REFUSED, provider};

/// The name of the missing field, if one is missing, and the message.
pub(crate) fn plain(message: &str) -> (Option<String>, String) {
    let quoted = quoted(message);
    if message.starts_with("missing field") {
        return (quoted.first().map(|field| (*field).to_owned()), "is missing: add it".to_owned());
    }
    if message.starts_with("unknown field") {
        return (None, choose("is no setting here", &quoted));
    }
    if message.starts_with("unknown variant") {
        let said = quoted.first().copied().unwrap_or_default();
        return (None, choose(&format!("{said:?} is no choice here"), &quoted));
    }
    if let Some((found, wanted)) =
        message.strip_prefix("invalid type: ").and_then(|rest| rest.rsplit_once(", expected "))
    {
        return (None, format!("is {}: write {}", found_kind(found), wanted_kind(wanted)));
    }
    if let Some((_, wanted)) =
        message.strip_prefix("invalid value: ").and_then(|rest| rest.rsplit_once(", expected "))
    {
        return (None, format!("does not fit: write {}", wanted_kind(wanted)));
    }
    if let Some(problem) = URL_PROBLEMS.iter().find(|problem| message.starts_with(*problem)) {
        let what = match *problem {
            "relative URL without a base" => "has no scheme".to_owned(),
            problem => format!("is no address ({problem})"),
        };
        return (None, format!("{what}: write it whole, as https://api.example.com"));
    }
    (None, message.to_owned())
}

/// How the errors of `url` begin; the address itself comes behind.
const URL_PROBLEMS: [&str; 7] = [
    "relative URL without a base",
    "invalid port number",
    "invalid international domain name",
    "invalid domain character",
    "invalid IPv4 address",
    "invalid IPv6 address",
    "empty host",
];

/// The same for a key whose name says its unit: people write `"10m"`.
pub(crate) fn with_unit(key: &str, message: String) -> String {
    let units = ["seconds", "minutes", "hours", "days", "percent"];
    let unit = units.into_iter().find(|unit| key.ends_with(&format!("_{unit}")));
    match unit {
        Some(unit) if message.starts_with("is text") => {
            format!("is text: write a whole number of {unit}, without quotes, as {key} = 10")
        }
        _ => message,
    }
}

/// The message for a key that a kind of provider does not know; `None` for any other error. `top`:
/// the key stands beside the settings that every kind has.
pub(crate) fn unknown_setting(message: &str, top: bool) -> Option<String> {
    message.starts_with("unknown field").then(|| {
        let mut quoted = quoted(message);
        if top {
            quoted.extend(provider::COMMON);
        }
        choose("is no setting here", &quoted)
    })
}

/// The known word that is nearest to a mistyped one, if any is near.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = known.into_iter().map(|one| (strsim::damerau_levenshtein(word, one), one));
    let (distance, best) = near.min_by_key(|(distance, _)| *distance)?;
    let part_of_it = best.len() > 3 && word.contains(best) || word.len() > 3 && best.contains(word);
    (distance <= 1 + best.len() / 4 || part_of_it).then_some(best)
}

/// The suggestion after an unknown name: the nearest known one, or all of them.
pub(crate) fn did_you_mean<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> String {
    match nearest(word, known.clone()) {
        Some(near) => format!("did you mean {near}?"),
        None => {
            let all: Vec<_> = known.into_iter().collect();
            if all.is_empty() {
                "there is none".to_owned()
            } else {
                format!("write one of {}", all.join(", "))
            }
        }
    }
}

fn choose(complaint: &str, quoted: &[&str]) -> String {
    match quoted {
        [] => complaint.to_owned(),
        [said, known @ ..] => format!(
            "{complaint}: {}",
            did_you_mean(said, known.iter().copied().filter(|one| !REFUSED.contains(one)))
        ),
    }
}

fn quoted(message: &str) -> Vec<&str> {
    message.split('`').skip(1).step_by(2).collect()
}

fn found_kind(found: &str) -> &'static str {
    let kinds = [
        ("string", "text"),
        ("integer", "a whole number"),
        ("floating point", "a number with a point"),
        ("boolean", "true or false"),
        ("sequence", "a list"),
        ("map", "a table"),
    ];
    kinds
        .into_iter()
        .find(|(kind, _)| found.starts_with(kind))
        .map_or("of another kind", |(_, plain)| plain)
}

fn wanted_kind(wanted: &str) -> &str {
    let kinds = [
        ("a string", "text in quotes"),
        ("a borrowed string", "text in quotes"),
        ("string or table", "text in quotes"),
        ("a sequence", "a list in brackets, as [\"US\", \"CA\"]"),
        ("a map", "a table"),
        ("struct", "a table"),
        ("a boolean", "true or false"),
        ("u16", "a whole number from 0 to 65535"),
        ("u32", "a whole number that is not negative"),
        ("u64", "a whole number that is not negative"),
        ("nonzero u", "a whole number above 0"),
        ("a nonzero u", "a whole number above 0"),
    ];
    kinds.into_iter().find(|(kind, _)| wanted.starts_with(kind)).map_or(wanted, |(_, plain)| plain)
}
