//! `switchboard reload`: asks every process that shares the ledger to reload its configuration.

use std::time::{Duration, Instant};

use serde_json::json;
use switchboard::{
    ConfigurationApplied, process_environment,
    router::{AuditEntry, AuditTopic},
};

use crate::{
    cli::{Common, ReloadArgs},
    exit::Exit,
    failure::Outcome,
    output::Output,
    reload::POLL_EVERY,
    setup,
};

/// How often the ledger is checked for answers.
const CHECK_EVERY: Duration = Duration::from_millis(100);

pub(crate) async fn run(common: &Common, args: ReloadArgs, output: Output) -> Outcome {
    // The file and its credentials are checked before any process is asked.
    let config = setup::with_ledger(setup::read(common)?)?;
    let version = config.version();
    config.build(process_environment)?;
    let (ledger, _) = setup::ledger(common, None).await?;
    let journal = ledger.journal();
    let before = journal
        .audit_entries(AuditTopic::Configuration, 0)
        .await?
        .last()
        .map_or(0, |(number, _)| *number);
    let request = AuditEntry {
        topic: AuditTopic::Reload,
        subject: "configuration".to_owned(),
        what: json!({"version": version}),
        by: setup::operator(args.by)?,
        at: jiff::Timestamp::now(),
    };
    journal.append_audit(&request).await?;
    // A process answers once it has loaded the configuration or refused it.
    let (asked, timeout) =
        (Instant::now(), Duration::from_secs(args.wait.unwrap_or(2 * POLL_EVERY.as_secs())));
    let mut answers: Vec<(String, ConfigurationApplied)>;
    loop {
        answers = journal
            .audit_entries(AuditTopic::Configuration, before)
            .await?
            .into_iter()
            .filter_map(|(_, entry)| Some((entry.by, serde_json::from_value(entry.what).ok()?)))
            .collect();
        if asked.elapsed() >= timeout {
            break;
        }
        tokio::time::sleep(CHECK_EVERY).await;
    }
    let refused = answers.iter().any(|(_, answer)| !answer.applied);
    if output.json {
        let shown: Vec<_> = answers
            .iter()
            .map(|(by, answer)| json!({"by": by, "version": answer.version, "applied": answer.applied, "why": answer.why}))
            .collect();
        output.object(&json!({"version": version, "answers": shown}));
    } else {
        output.line(format!("requested configuration {}", version.as_deref().unwrap_or("-")));
        for (by, answer) in &answers {
            match &answer.why {
                None => output.line(format!("{by} loaded {}", answer.version)),
                Some(why) => output
                    .line(format!("{by} refused {}, and nothing changed: {why}", answer.version)),
            }
        }
        if answers.is_empty() {
            output.line("no answer: no process is running, or none has answered yet");
        }
    }
    Ok(if refused { Exit::Failed } else { Exit::Done })
}
