//! `rules test`: decides cases, and compares.

use std::{fs, path::Path};

use serde_json::{Value, json};
use switchboard::rules::cases;

use super::source::Source;
use crate::{
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
    wrap::wrapped,
};

pub(super) fn run(source: &Source, file: &Path, output: Output) -> Outcome {
    let name = file.display().to_string();
    let text = fs::read_to_string(file).map_err(|error| {
        Failure::input("FILE", format!("{name} cannot be read as text: {error}"))
    })?;
    let cases = cases::read(&name, &text)
        .map_err(|errors| Failure::input("FILE", format!("is no table of cases:\n{errors}")))?;
    let mut failed = Vec::new();
    for case in &cases {
        let differences = case.differences(&case.decide(&source.tables));
        if !differences.is_empty() {
            failed.push((case, differences));
        }
    }
    if output.json {
        let failures: Vec<Value> = failed
            .iter()
            .map(|(case, differences)| {
                json!({
                    "id": case.id,
                    "line": case.line,
                    "reason": case.reason,
                    "differences": differences,
                })
            })
            .collect();
        output.object(&json!({
            "file": name,
            "tables": source.tables.version(),
            "cases": cases.len(),
            "agree": cases.len() - failed.len(),
            "failures": failures,
        }));
    } else {
        for (case, differences) in &failed {
            output.line(format!("{name}:{}: {}: {}", case.line, case.id, case.reason));
            for difference in differences {
                wrapped("  ", difference).iter().for_each(|line| output.line(line));
            }
        }
        output.line(format!(
            "{} of {} cases agree with the tables {}",
            cases.len() - failed.len(),
            cases.len(),
            source.tables.version()
        ));
    }
    Ok(if failed.is_empty() { Exit::Done } else { Exit::Failed })
}
