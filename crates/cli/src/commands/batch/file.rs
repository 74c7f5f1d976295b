//! The file, and the name of its batch.

use std::{fs::File, path::Path};

use switchboard_batch::{InputFault, Table};

use crate::failure::{Failure, Outcome};

/// Reads the file; `columns` are `FIELD=COLUMN`.
///
/// # Errors
/// A file that cannot be read, is not a table, or has a column that is not a field.
pub(super) fn read(file: &Path, columns: &[String]) -> Outcome<Table> {
    let problem =
        |problem: String| Failure::input("FILE", format!("{}: {problem}", file.display()));
    let opened = File::open(file).map_err(|error| problem(format!("cannot be read: {error}")))?;
    Table::read(opened, columns, "--column ").map_err(|fault| match fault {
        InputFault::Columns(text) => Failure::input("--column", text),
        InputFault::Table(text) => problem(text),
    })
}

/// The name that was given, or by default the file's name without its folder.
///
/// # Errors
/// No name, and no file that has one.
pub(super) fn name(given: Option<&str>, file: &Path) -> Outcome<String> {
    match given {
        Some(given) => Ok(given.to_owned()),
        None if !file.is_file() => Err(Failure::input(
            "--name",
            "is missing, and FILE is not a regular file whose name could be used: give a name",
        )),
        None => Ok(file.file_name().unwrap_or_default().to_string_lossy().into_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_batch_is_named_after_its_file_or_by_its_user() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("calls of May.csv");
        std::fs::write(&file, "").unwrap();
        assert_eq!(name(None, &file).unwrap(), "calls of May.csv");
        assert_eq!(name(Some("may"), &file).unwrap(), "may");
        let unnamed = name(None, directory.path()).unwrap_err();
        assert!(unnamed.to_string().starts_with("--name: "));
    }
}
