//! `docs/ENDPOINTS.md`, which tells where each endpoint is. It is written from what the drive
//! reached, so it cannot claim what is not proven.

use std::{fmt::Write as _, fs, path::PathBuf};

use switchboard_tests::binary::root;

use super::cover::{Cover, Section};

/// Holds the page against the cover. With `SWITCHBOARD_BLESS=1` it is written.
pub(crate) fn hold(cover: &Cover) {
    same(root().join("docs/ENDPOINTS.md"), &list(cover));
}

fn same(path: PathBuf, wanted: &str) {
    if std::env::var_os("SWITCHBOARD_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, wanted).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "{} is not what the coverage test finds: run it with SWITCHBOARD_BLESS=1",
        path.display()
    );
}

fn provider(id: &str) -> &'static str {
    match id {
        "kallyai" => "KallyAI",
        _ => "KaiCalls",
    }
}

fn title(section: &Section) -> &'static str {
    section.name.strip_suffix(" Endpoints").unwrap_or(section.name)
}

/// The groups of the typed client that a section's methods are in: `client.coordination()`.
fn groups(cover: &Cover, section: &Section) -> String {
    let mut groups: Vec<String> = Vec::new();
    for method in section.rows.iter().flat_map(|row| cover.methods(*row)) {
        let method = method.replace(".unwrap()", "");
        let group = method.split_inclusive("()").next().unwrap_or_default().to_owned();
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    let groups: Vec<_> = groups.iter().map(|group| format!("`{group}`")).collect();
    groups.join(", ")
}

fn table(cover: &Cover) -> String {
    let mut text =
        String::from("| provider | section | in the typed client | reached |\n|---|---|---|---|\n");
    let (mut reached, mut rows) = (0, 0);
    for section in cover.sections() {
        let (provider, title, groups) =
            (provider(section.provider), title(&section), groups(cover, &section));
        let count = section.rows.len();
        writeln!(text, "| {provider} | {title} | {groups} | {} of {count} |", section.reached)
            .unwrap();
        reached += section.reached;
        rows += count;
    }
    writeln!(text, "| | | | **{reached} of {rows}** |").unwrap();
    text
}

fn list(cover: &Cover) -> String {
    let mut text = String::from(concat!(
        "# Every endpoint and its method\n\n",
        "Which typed method calls which endpoint of the providers' reference documents. `client` is a `KallyAiClient` or a\n",
        "`KaiCallsClient`; the last column names the documents that have the endpoint. A test drives every endpoint over HTTP\n",
        "against the simulated providers; it fails if an endpoint is not reached, a documented request field is never sent, or a\n",
        "field of a documented answer is dropped. It also writes this page, so do not edit it:\n\n",
        "    SWITCHBOARD_BLESS=1 cargo test -p switchboard-tests --test it coverage::\n\n",
    ));
    text.push_str(&table(cover));
    for section in cover.sections() {
        write!(text, "\n## {}: {}\n\n", provider(section.provider), title(&section)).unwrap();
        text.push_str("| endpoint | method | documents |\n|---|---|---|\n");
        for index in section.rows {
            let row = &cover.rows[index];
            let methods: Vec<_> = cover
                .methods(index)
                .map(|method| format!("`{}`", method.replace(".unwrap()", "?")))
                .collect();
            let documents = row.documents.replace(' ', ", ");
            writeln!(text, "| `{}` | {} | {documents} |", row.name(), methods.join(", ")).unwrap();
        }
    }
    text
}
