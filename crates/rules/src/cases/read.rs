//! Reads a table of cases.

use switchboard_core::{CallFacts, CalleeKind, CalleeLine, PhoneNumber, Purpose};

use super::{Case, CaseLists, VERDICTS, facts, instant::instant};
use crate::{Said, TableError, TableErrors};

const COLUMNS: [&str; 12] = [
    "id",
    "number",
    "purpose",
    "callee",
    "line",
    "facts",
    "at",
    "expect",
    "wait_until",
    "rules",
    "warns",
    "reason",
];

/// Reads a table of cases. `file` is the name that errors give.
///
/// # Errors
/// All mistakes in the file, each with its line, its column and the fix.
pub fn read(file: &str, text: &str) -> Result<Vec<Case>, TableErrors> {
    let mut errors = Vec::new();
    let mut cases = Vec::new();
    let mut columns: Option<Vec<&'static str>> = None;
    for (at, line) in text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let mut add = |column, message: String| {
            errors.push(TableError { file: file.to_owned(), line: at + 1, column, message });
        };
        let fields: Vec<&str> = line.split('\t').map(str::trim).collect();
        match &columns {
            None => {
                let known: Vec<&'static str> = fields
                    .iter()
                    .filter_map(|field| COLUMNS.into_iter().find(|column| column == field))
                    .collect();
                if known.len() != fields.len()
                    || !["id", "number", "at", "expect"].iter().all(|one| known.contains(one))
                {
                    add(
                        None,
                        format!(
                            "the header is wrong: name the columns {}, separated by tabs",
                            COLUMNS.join(", ")
                        ),
                    );
                    return Err(TableErrors(errors));
                }
                columns = Some(known);
            }
            Some(columns) => {
                let get = |column: &str| {
                    let at = columns.iter().position(|one| *one == column);
                    at.and_then(|at| fields.get(at)).copied().unwrap_or_default()
                };
                match case(&get, at + 1) {
                    Ok(case) => cases.push(case),
                    Err(found) => {
                        for (column, message) in found {
                            add(Some(column), message);
                        }
                    }
                }
            }
        }
    }
    if columns.is_none() {
        errors.push(TableError {
            file: file.to_owned(),
            line: 1,
            column: None,
            message: "the file has no header: begin it with the names of the columns".to_owned(),
        });
    }
    if errors.is_empty() { Ok(cases) } else { Err(TableErrors(errors)) }
}

type Found = Vec<(&'static str, String)>;

fn case<'a>(get: &dyn Fn(&str) -> &'a str, line: usize) -> Result<Case, Found> {
    let mut found: Found = Vec::new();
    let to = PhoneNumber::parse(get("number"))
        .map_err(|error| found.push(("number", error.to_string())))
        .ok();
    let at = instant(get("at")).map_err(|message| found.push(("at", message))).ok();
    let expect = VERDICTS.iter().find(|(word, _)| *word == get("expect")).map(|(_, one)| *one);
    if expect.is_none() {
        found.push((
            "expect",
            format!("{:?} is no verdict: write allowed, wait or refused", get("expect")),
        ));
    }
    let wait_until = match get("wait_until") {
        "" => None,
        text => instant(text).map_err(|message| found.push(("wait_until", message))).ok(),
    };
    let mut facts = CallFacts::default();
    match get("purpose") {
        "" => {}
        text => match text.parse::<Purpose>() {
            Ok(purpose) => facts.purpose = Some(purpose),
            Err(error) => found.push(("purpose", error.message().to_owned())),
        },
    }
    match get("callee") {
        "" | "unknown" => {}
        text => match CalleeKind::ALL.into_iter().find(|one| one.as_str() == text) {
            Some(kind) => facts.callee_kind = Some(kind),
            None => {
                found.push(("callee", format!("{text:?} is no callee: write consumer or business")))
            }
        },
    }
    match get("line") {
        "" | "unknown" => {}
        text => match CalleeLine::ALL.into_iter().find(|one| one.as_str() == text) {
            Some(kind) => facts.callee_line = Some(kind),
            None => found.push((
                "line",
                format!("{text:?} is no line: write mobile, landline, toll_free or emergency"),
            )),
        },
    }
    let (Some(to), Some(at), Some(expect)) = (to, at, expect) else {
        return Err(found);
    };
    let mut case = Case {
        id: get("id").to_owned(),
        line,
        to,
        facts,
        said: Said::ALL,
        history: Default::default(),
        lists: CaseLists::default(),
        emergencies: Vec::new(),
        at,
        expect,
        wait_until,
        rules: names(get("rules")),
        warns: names(get("warns")),
        reason: get("reason").to_owned(),
    };
    for text in get("facts").split(';').map(str::trim).filter(|text| !text.is_empty()) {
        if let Err(message) = facts::add(&mut case, text) {
            found.push(("facts", message));
        }
    }
    if found.is_empty() { Ok(case) } else { Err(found) }
}

fn names(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}
