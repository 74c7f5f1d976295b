//! Matching of column names.

/// True if two column names are the same, ignoring case, spaces, `_` and `-`.
///
/// ```
/// assert!(switchboard_table::alike(" Callee name", "callee_name"));
/// ```
pub fn alike(one: &str, other: &str) -> bool {
    plain(one).eq(plain(other))
}

/// Returns the most similar known name, if one is similar enough.
///
/// ```
/// assert_eq!(switchboard_table::nearest("Taks", ["to", "task"]), Some("task"));
/// assert_eq!(switchboard_table::nearest("colour", ["to", "task"]), None);
/// ```
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: String = plain(name).collect();
    let near = known.into_iter().filter_map(|known| {
        let other: String = plain(known).collect();
        let distance = strsim::osa_distance(&wanted, &other);
        let longest = wanted.chars().count().max(other.chars().count());
        // A third of the letters may differ. With two letters none may, because all short words are
        // similar.
        (distance <= longest / 3).then_some((distance, known))
    });
    near.min_by_key(|(distance, _)| *distance).map(|(_, known)| known)
}

fn plain(name: &str) -> impl Iterator<Item = char> {
    let letters =
        name.chars().filter(|letter| !letter.is_whitespace() && !matches!(letter, '_' | '-'));
    letters.flat_map(char::to_lowercase)
}

/// Formats a name for messages: quoted and truncated.
pub(crate) fn shown(name: &str) -> String {
    const LONGEST: usize = 40;
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}", format!("{}…", name.get(..end).unwrap_or_default())),
        None => format!("{name:?}"),
    }
}
