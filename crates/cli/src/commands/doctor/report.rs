//! Prints what was found.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use switchboard::core::{Difference, Finding, Severity, ShapeDifference};

use crate::{exit::Exit, output::Output, wrap::wrapped};

/// What was found about one thing.
#[derive(Debug)]
pub(super) struct Section {
    /// What it is about: `ledger`, or the name of an account.
    pub(super) about: String,
    /// The kind of the account, if it is about one.
    pub(super) kind: Option<String>,
    pub(super) findings: Vec<Finding>,
    /// How its answers differ from what is known of them.
    pub(super) shapes: BTreeSet<ShapeDifference>,
}

impl Section {
    pub(super) fn new(about: &str, findings: Vec<Finding>) -> Self {
        Self { about: about.to_owned(), kind: None, findings, shapes: BTreeSet::new() }
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
        json!({"findings": findings, "counts": counts, "shapes": self.shapes()})
    }

    /// By kind of provider: the name of an account may be somebody's.
    fn by_kind(&self) -> BTreeSet<(&str, &ShapeDifference)> {
        let mut all = BTreeSet::new();
        for section in &self.0 {
            let kind = section.kind.as_deref().unwrap_or_default();
            all.extend(section.shapes.iter().map(|one| (kind, one)));
        }
        all
    }

    fn shapes(&self) -> Vec<Value> {
        let with_kind = |(kind, one): (&str, &ShapeDifference)| {
            let mut value = json!(one);
            value["kind"] = kind.into();
            value
        };
        self.by_kind().into_iter().map(with_kind).collect()
    }

    /// Prints how answers differ, and nothing that is anybody's.
    pub(super) fn show_shapes(&self, output: Output) -> Exit {
        let version = env!("CARGO_PKG_VERSION");
        if output.json {
            output.object(&json!({"version": version, "shapes": self.shapes()}));
            return Exit::Done;
        }
        output.line(format!("switchboard {version}"));
        let mut last = None;
        for (kind, one) in self.by_kind() {
            if last != Some((kind, one.answer)) {
                output.heading(&format!("{kind} {}", one.answer));
                last = Some((kind, one.answer));
            }
            let (word, more) = match &one.difference {
                Difference::UnknownField { holds } => ("unknown", holds.as_str()),
                Difference::MissingField => ("missing", ""),
                Difference::OtherType { holds } => ("type", holds.as_str()),
                Difference::UnknownWord { word } => {
                    ("word", word.as_deref().unwrap_or("(not shown)"))
                }
            };
            let text = format!("{} {more}", one.path);
            for line in wrapped(&format!("  {word:<8} "), &text) {
                output.line(line);
            }
        }
        if last.is_none() {
            output.line("the answers are as they are known");
        }
        Exit::Done
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
