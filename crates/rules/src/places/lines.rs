//! How the built-in tables are written.

/// The lines of a built-in table without its header, each split at tabs.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().skip(1).filter(|line| !line.is_empty()).map(|line| line.split('\t').collect())
}
