//! Prints what was found.

use serde_json::{Value, json};
use switchboard::core::{Finding, Severity};

use crate::{exit::Exit, output::Output, wrap::wrapped};

/// What was found about one thing.
#[derive(Debug)]
pub(super) struct Section {
    /// What it is about: `ledger`, or the name of an account.
    pub(super) about: String,
    /// The kind of the account, if it is about one.
    pub(super) kind: Option<String>,
    pub(super) findings: Vec<Finding>,
}

impl Section {
    pub(super) fn new(about: &str, findings: Vec<Finding>) -> Self {
        Self { about: about.to_owned(), kind: None, findings }
    }

    fn json(&self, finding: &Finding) -> Value {
        json!({
            "about": self.about,
            "provider": self.kind.as_ref().map(|_| &self.about),
            "kind": self.kind,
            "severity": finding.severity,
            "check": finding.check,
            "message": finding.message,
            "fix": finding.fix,
        })
    }
}

/// All that was found.
pub(super) struct Report(Vec<Section>);

const SEVERITIES: [Severity; 4] =
    [Severity::Ok, Severity::Note, Severity::Warning, Severity::Problem];

impl Report {
    pub(super) fn new(sections: Vec<Section>) -> Self {
        Self(sections)
    }

    fn count(&self, severity: Severity) -> usize {
        let findings = self.0.iter().flat_map(|section| &section.findings);
        findings.filter(|finding| finding.severity == severity).count()
    }

    /// Prints it and returns the exit code.
    pub(super) fn show(&self, output: Output) -> Exit {
        if output.json {
            output.object(&self.json());
        } else {
            self.text(output);
        }
        if self.count(Severity::Problem) > 0 { Exit::Failed } else { Exit::Done }
    }

    fn json(&self) -> Value {
        let of = |section: &Section| {
            section.findings.iter().map(|one| section.json(one)).collect::<Vec<_>>()
        };
        let findings: Vec<Value> = self.0.iter().flat_map(of).collect();
        let counts: serde_json::Map<String, Value> = SEVERITIES
            .into_iter()
            .map(|one| (one.as_str().to_owned(), self.count(one).into()))
            .collect();
        json!({"findings": findings, "counts": counts})
    }

    fn text(&self, output: Output) {
        for section in &self.0 {
            let heading = match &section.kind {
                Some(kind) if *kind != section.about => format!("{} ({kind})", section.about),
                Some(_) | None => section.about.clone(),
            };
            output.heading(&heading);
            for finding in &section.findings {
                let word = format!("  {:<8} ", finding.severity.as_str());
                let text = if finding.check == section.about {
                    finding.to_string()
                } else {
                    format!("{}: {finding}", finding.check)
                };
                for line in wrapped(&word, &text) {
                    output.line(line);
                }
            }
        }
        output.line("");
        output.line(self.summary());
    }

    fn summary(&self) -> String {
        let counted = |severity, one: &str, more: &str| match self.count(severity) {
            1 => format!("1 {one}"),
            count => format!("{count} {more}"),
        };
        format!(
            "{}, {}, {}; no phone rang and nothing was changed",
            counted(Severity::Problem, "problem", "problems"),
            counted(Severity::Warning, "warning", "warnings"),
            counted(Severity::Note, "note", "notes"),
        )
    }
}
