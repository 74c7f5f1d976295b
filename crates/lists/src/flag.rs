//! Columns that say whether a number is listed.
//!
//! Some registries never hand out their list. They take the caller's numbers and return them with a
//! flag: they wash them.

/// Words for "listed", in lower case.
const LISTED: [&str; 13] = [
    "y",
    "yes",
    "1",
    "true",
    "x",
    "listed",
    "registered",
    "on register",
    "match",
    "dnc",
    "si",
    "sí",
    "ja",
];

/// Words for "not listed", in lower case.
const CLEAR: [&str; 14] = [
    "",
    "n",
    "no",
    "0",
    "false",
    "not listed",
    "unlisted",
    "not registered",
    "unregistered",
    "not on register",
    "no match",
    "clean",
    "ok",
    "nei",
];

/// What the values of a flag column mean. Case and spaces around them do not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FlagValues {
    /// The values that mean that the number is listed. Empty means the usual words.
    pub listed: Vec<String>,
    /// The values that mean that it is not. Empty means the usual words, except those that are in
    /// `listed`.
    pub clear: Vec<String>,
}

impl FlagValues {
    /// True if the value means "listed", false if it means "not listed", `None` if it is unknown.
    pub(crate) fn read(&self, value: &str) -> Option<bool> {
        let value = value.trim().to_lowercase();
        let among = |declared: &[String], usual: &[&str]| {
            if declared.is_empty() {
                usual.contains(&value.as_str())
            } else {
                declared.iter().any(|one| one.trim().to_lowercase() == value)
            }
        };
        if among(&self.listed, &LISTED) {
            return Some(true);
        }
        among(&self.clear, &CLEAR).then_some(false)
    }
}
