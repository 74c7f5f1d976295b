//! The configuration in force, and who decided what.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use serde_json::Value;
use switchboard_api::{
    Code,
    caller::{AuditRead, ConfigurationReload, ProvidersRead, ScopeName},
    service::{ChangedLine, ConfigurationFile},
    wire::AuditRecord,
};

use crate::{
    console::Console,
    failure::{Failure, page},
    fields::Fields,
    form::Form,
    frame::{Frame, Place},
    text::{Moment, moment, or_none},
    visitor::{Visitor, go_to},
    words::{self, Badge},
};

/// Changed lines that are shown.
const SHOWN: usize = 400;
/// Decisions of a page.
const PAGE: usize = 50;
/// Pages that are read to find the newest decisions.
const READS: usize = 40;
const READ: usize = 500;

struct Decision {
    number: u64,
    at: Moment,
    by: String,
    topic: String,
    subject: String,
    what: String,
}

#[derive(Template)]
#[template(path = "configuration.html")]
struct Configuration {
    frame: Frame,
    version: String,
    since: Option<Moment>,
    by: String,
    /// The file on disk; only for those who may reload it.
    file: Option<FileView>,
    may_reload: bool,
    decisions: Option<Vec<Decision>>,
    topics: Vec<(&'static str, bool)>,
    reload_unsupported: bool,
}

/// The file on disk beside what runs.
struct FileView {
    badge: Badge,
    sentence: String,
    lines: Vec<ChangedLine>,
}

const TOPICS: [&str; 8] = [
    "configuration",
    "reload",
    "experiment",
    "key",
    "call",
    "webhook_endpoint",
    "person",
    "session",
];

pub(crate) async fn show(
    State(console): State<Console>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let fields = Fields::read(query.unwrap_or_default().as_bytes());
    let service = console.service();
    let now = service.configuration(visitor.may::<ProvidersRead>()?).await?;
    let topic = fields.get("topic");
    let file = file(&console, &visitor).await;
    let decisions = match visitor.has(ScopeName::AuditRead) {
        true => Some(newest(&console, &visitor, topic).await?),
        false => None,
    };
    page(&Configuration {
        frame: visitor.frame(Place::Configuration, "Configuration"),
        version: or_none(now.version.as_deref()),
        since: moment(now.since),
        by: or_none(now.by.as_deref()),
        file: file.as_deref().map(FileView::new),
        may_reload: visitor.has(ScopeName::ConfigurationReload),
        reload_unsupported: service.settings().check_configuration.is_none(),
        decisions,
        topics: TOPICS.into_iter().map(|one| (one, Some(one) == topic)).collect(),
    })
}

/// The file on disk, as of a moment ago.
async fn file(console: &Console, visitor: &Visitor) -> Option<Arc<ConfigurationFile>> {
    let service = console.service().clone();
    service.settings().check_configuration.as_ref()?;
    let caller = visitor.may::<ConfigurationReload>().ok()?.caller().clone();
    let read = || async move {
        let by = caller.allowed::<ConfigurationReload>().ok()?;
        service.configuration_file(by).await.ok()
    };
    console.file().last((None, String::new()), console.service().clock(), read).await
}

impl FileView {
    fn new(file: &ConfigurationFile) -> Self {
        match file {
            ConfigurationFile::Same => Self {
                badge: Badge { text: "the same", kind: "good" },
                sentence: "The file says what runs.".to_owned(),
                lines: Vec::new(),
            },
            ConfigurationFile::Changed { version, lines } => Self {
                badge: Badge { text: "changed", kind: "warn" },
                sentence: format!(
                    "The file is version {}, which does not run yet: reload it.{}",
                    or_none(version.as_deref()),
                    if lines.is_empty() {
                        " Its own lines are the same, or those of what runs are not known."
                    } else {
                        ""
                    }
                ),
                lines: lines.iter().take(SHOWN).cloned().collect(),
            },
            ConfigurationFile::Refused(why) => Self {
                badge: Badge { text: "wrong", kind: "bad" },
                sentence: format!("A reload would refuse the file: {why}"),
                lines: Vec::new(),
            },
        }
    }
}

/// The newest decisions first. The log is read from its beginning, because it has no other order;
/// it grows with what people decide, not with calls.
async fn newest(
    console: &Console,
    visitor: &Visitor,
    topic: Option<&str>,
) -> Result<Vec<Decision>, Failure> {
    let (mut found, mut after) = (Vec::<AuditRecord>::new(), 0);
    for _ in 0..READS {
        let by = visitor.may::<AuditRead>()?;
        let page = console.service().audit(by, topic, after, READ).await?;
        after = page.data.last().map_or(after, |last| last.number);
        found.extend(page.data);
        let surplus = found.len().saturating_sub(PAGE);
        found.drain(..surplus);
        if !page.has_more {
            break;
        }
    }
    Ok(found.iter().rev().map(Decision::new).collect())
}

impl Decision {
    fn new(record: &AuditRecord) -> Self {
        Self {
            number: record.number,
            at: record.at.into(),
            by: record.by.clone(),
            topic: words::spaced(&record.topic),
            subject: record.subject.clone(),
            what: in_words(&record.what),
        }
    }
}

/// The members of a decision, as `event: signed_in; tenant: acme`.
fn in_words(what: &Value) -> String {
    let word = |value: &Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(list) => Some(
            list.iter().map(|one| one.as_str().unwrap_or_default()).collect::<Vec<_>>().join(", "),
        ),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => Some(value.to_string()),
    };
    let Some(members) = what.as_object() else { return what.to_string() };
    let said = members.iter().filter_map(|(name, value)| Some((name, word(value)?)));
    let said = said.map(|(name, value)| format!("{}: {value}", words::spaced(name)));
    said.collect::<Vec<_>>().join("; ")
}

pub(crate) async fn reload(
    State(console): State<Console>,
    visitor: Visitor,
    Form(_): Form,
) -> Result<Response, Failure> {
    let by = visitor.may_in_full::<ConfigurationReload>()?;
    match console.service().reload(by).await {
        Ok(_) => Ok(go_to("/console/configuration?done=reload")),
        Err(problem) if problem.code() == Code::ConfigurationRefused => {
            Err(problem.fix("correct the file, and reload again").into())
        }
        Err(problem) => Err(problem.into()),
    }
}
