//! The rule, and that a circle does not escape it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use switchboard_tests::binary::root;

use super::circles::{Found, find};

/// The folders of all crates: those below `crates` that have a manifest.
fn crates() -> Vec<PathBuf> {
    let children = |folder: PathBuf| {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect::<Vec<_>>()
    };
    let all = [root().join("crates"), root().join("crates/providers")];
    let all = all.into_iter().flat_map(children);
    let mut all: Vec<_> = all.filter(|folder| folder.join("Cargo.toml").exists()).collect();
    all.sort();
    all
}

fn sources(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.insert(path);
        }
    }
    found
}

fn look(folder: &Path) -> Vec<Found> {
    let roots = ["src/lib.rs", "src/main.rs"].map(|file| folder.join(file));
    roots.iter().filter(|file| file.exists()).map(|file| find(folder, file)).collect()
}

#[test]
fn no_crate_has_a_circle_of_modules() {
    let mut wrong = Vec::new();
    let mut edges = 0;
    for folder in crates() {
        let name = folder.file_name().unwrap().display().to_string();
        let mut unread = sources(&folder.join("src"));
        for found in look(&folder) {
            edges += found.edges;
            unread.retain(|file| !found.files.contains(file));
            wrong.extend(found.circles.iter().map(|circle| format!("{name}: circle of {circle}")));
            wrong.extend(found.lost.iter().map(|path| format!("{name}: not understood: {path}")));
        }
        wrong.extend(unread.iter().map(|file| format!("{name}: not read: {}", file.display())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(edges > 500, "only {edges} uses of one module by another: is the search broken?");
}

/// Circles of a crate whose files are these.
fn circles_of(files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in files {
        let path = folder.path().join("src").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let found = look(folder.path()).pop().unwrap();
    assert!(found.lost.is_empty(), "{:?}", found.lost);
    found.circles
}

#[track_caller]
fn one_circle(files: &[(&str, &str)], modules: &str) {
    let circles = circles_of(files);
    assert_eq!(circles.len(), 1, "{circles:?}");
    assert_eq!(circles[0].lines().next(), Some(modules));
}

const ROOT: (&str, &str) = ("lib.rs", "mod a; mod b;");

#[test]
fn a_circle_is_found_however_it_is_written() {
    let back = ("b.rs", "pub struct B(crate::a::A); pub fn b() {}");
    for uses in [
        "use crate::b::B;",
        "use super::b::B as Other;",
        "use crate::{b::{self}}; fn f() { b::b() }",
        "fn f() { crate::b::b() }",
        "fn f() -> Vec<super::b::B> { Vec::new() }",
        "fn f() { use crate::b::b; b() }",
        "fn f() { println!(\"{:?}\", [super::b::b()]) }",
        "#[derive(Deserialize)] struct S { #[serde(with = \"crate::b\")] s: u8, \
         #[serde(default = \"crate::b::b\")] t: u8 }",
        "use crate::b::*; fn f() { b() }",
    ] {
        let text = format!("pub struct A; {uses}");
        one_circle(&[ROOT, ("a.rs", &text), back], "a, b");
    }
}

#[test]
fn a_child_and_its_parent_are_a_circle_if_each_names_items_of_the_other() {
    let child = ("a/child.rs", "pub struct Child(super::A);");
    for parent in [
        "mod child; pub struct A(child::Child);",
        "mod child; use child::Child; pub struct A;",
        "mod child; pub use child::Child; pub struct A(Child);",
    ] {
        let root = ("lib.rs", "mod a;");
        one_circle(&[root, ("a/mod.rs", parent), child], "a, a::child");
    }
}

#[test]
fn a_circle_goes_through_reexports_and_several_modules() {
    let root = ("lib.rs", "mod a; mod b; mod c; pub use c::C;");
    let files = [
        root,
        ("a.rs", "pub struct A(crate::b::B);"),
        ("b.rs", "use crate::C; pub struct B(C);"),
        ("c.rs", "pub struct C(crate::a::A);"),
    ];
    one_circle(&files, "a, b, c");
}

#[test]
fn what_is_no_use_makes_no_circle() {
    for (parent, child) in [
        // A reexport alone.
        ("mod child; pub use child::Child; pub struct A;", "pub struct Child(super::A);"),
        // Siblings that meet in a table of contents.
        ("mod child; mod other; pub use child::Child; pub use other::Other;", "use super::Other;"),
        // Tests, links in comments, and who may see an item.
        (
            "mod child; pub struct A(child::Child);",
            "#[cfg(test)] mod tests { use super::super::A; }",
        ),
        ("mod child; pub struct A(child::Child);", "/// [`A`](super::A)\npub struct Child;"),
        ("mod child; pub struct A(child::Child);", "pub(in super::super::a) struct Child;"),
    ] {
        let child = format!("{child} pub struct Child;");
        let other = ("a/other.rs", "pub struct Other;");
        let files = [("lib.rs", "mod a;"), ("a/mod.rs", parent), ("a/child.rs", &child), other];
        assert_eq!(circles_of(&files), Vec::<String>::new());
    }
}
