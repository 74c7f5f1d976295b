//! The pages name files and tests. Each of them has to exist, so that a move or a rename that
//! forgets a page is noticed.

use std::{fs, path::Path};

use switchboard_tests::binary::root;

const PAGES: [&str; 21] = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "clients/README.md",
    "clients/python/README.md",
    "clients/typescript/README.md",
    "docs/agents.md",
    "docs/backtest.md",
    "docs/command-line.md",
    "docs/console.md",
    "docs/design-notes.md",
    "docs/doctor.md",
    "docs/experiments.md",
    "docs/glossary.md",
    "docs/llms.txt",
    "docs/network.md",
    "docs/proofs.md",
    "docs/provider-notes.md",
    "docs/server.md",
    "examples/http/README.md",
];

/// The folders whose files a page names by their path from the root.
const FOLDERS: [&str; 8] =
    ["crates", "clients", "docs", "examples", "benches", "fuzz", "tests", ".ci"];

fn pages() -> Vec<(&'static str, String)> {
    PAGES.map(|page| (page, fs::read_to_string(root().join(page)).unwrap())).into()
}

/// The targets of the links to other files.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let links = links.filter(|link| !link.contains("://"));
    links.filter_map(|link| link.split('#').next()).filter(|file| !file.is_empty())
}

/// The words that are paths of files, where a page does not leave a part of them open.
fn paths(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|letter: char| letter.is_whitespace() || "`()|,;".contains(letter));
    words.map(|word| word.trim_end_matches(['.', ':'])).filter(|word| {
        let folder = word.split_once('/').map(|(folder, _)| folder);
        let is_path = folder.is_some_and(|folder| FOLDERS.contains(&folder));
        is_path && !word.contains("NAME") && !word.contains('*')
    })
}

#[test]
fn every_link_and_path_exists() {
    let mut missing = Vec::new();
    let mut seen = 0;
    for (page, text) in pages() {
        let beside = root().join(page).parent().map(Path::to_owned).unwrap();
        let links = links(&text).map(|link| beside.join(link));
        for path in links.chain(paths(&text).map(|path| root().join(path))) {
            seen += 1;
            if !path.exists() {
                missing.push(format!("{page}: {}", path.display()));
            }
        }
    }
    assert!(missing.is_empty(), "named and not there:\n{}", missing.join("\n"));
    assert!(seen > 100, "only {seen} paths were found: is the search broken?");
}

/// `package --test program module::test`, as a page names it.
fn exists(package: &str, program: &str, test: &str) -> bool {
    let folder = match package {
        "switchboard-tests" => root().join("tests"),
        package => {
            root().join("crates").join(package.trim_start_matches("switchboard-")).join("tests")
        }
    };
    let mut path: Vec<&str> = test.split("::").filter(|part| !part.is_empty()).collect();
    let function = if test.ends_with("::") { None } else { path.pop() };
    let file = path.iter().fold(folder.join(program), |file, part| file.join(part));
    let text = fs::read_to_string(file.with_extension("rs"))
        .or_else(|_| fs::read_to_string(file.join("mod.rs")));
    text.is_ok_and(|text| function.is_none_or(|name| text.contains(&format!("fn {name}("))))
}

#[test]
fn every_test_that_a_page_names_exists() {
    let mut seen = 0;
    for (page, text) in pages() {
        for code in text.split('`').filter(|code| !code.contains('\n')) {
            let words: Vec<&str> = code.split_whitespace().collect();
            let Some(at) = words.iter().position(|word| *word == "--test") else { continue };
            let package = words[..at].iter().rev().find(|word| word.starts_with("switchboard"));
            let (Some(package), [program, test, ..]) = (package, &words[at + 1..]) else {
                panic!("{page}: `{code}` names no package or no test");
            };
            assert!(exists(package, program, test), "{page}: `{code}` names no test that exists");
            seen += 1;
        }
    }
    assert!(seen > 15, "only {seen} tests were found: is the search broken?");
}
