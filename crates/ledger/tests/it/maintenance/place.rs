//! A ledger of each kind, what is done to it by hand, and calls with words in them.

use std::{collections::BTreeMap, path::PathBuf, process::Command, sync::Arc, time::Duration};

use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use switchboard_core::{
    AttemptError, Call, CallId, CallRequest, Delivery, ErrorKind, Outcome, PhoneNumber,
    ProviderState, Raw, Recording, Refusal, Speaker, Transcript, TranscriptEntry,
};
use switchboard_journal::{
    Journal,
    conformance::{admitted, attempt, open, record, report},
    state::Fact,
};
use switchboard_ledger::Ledger;
use tempfile::TempDir;

use crate::support::server::database;

pub(crate) const ANN: &str = "+442079460018";
pub(crate) const BEN: &str = "+442079460022";
pub(crate) const CEM: &str = "+442079460033";
pub(crate) const DAY: Duration = Duration::from_secs(86_400);

/// A ledger of one kind, and a way in beside it.
pub(crate) struct Place {
    pub(crate) ledger: Ledger,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) file: Option<(PathBuf, TempDir)>,
    pub(crate) url: Option<String>,
}

/// An empty ledger of each kind.
pub(crate) async fn places() -> Vec<Place> {
    let directory = tempfile::tempdir().unwrap();
    let mut places = vec![Place::file(directory.path().join("calls.db"), directory).await];
    if let Some(url) = database().await {
        places.push(Place::postgres(url).await);
    }
    places
}

impl Place {
    pub(crate) async fn file(path: PathBuf, directory: TempDir) -> Place {
        let ledger = Ledger::file(&path, None).await.unwrap();
        Place { journal: ledger.journal(), ledger, file: Some((path, directory)), url: None }
    }

    pub(crate) async fn postgres(url: String) -> Place {
        let ledger = Ledger::postgres(&url, None).await.unwrap();
        Place { journal: ledger.journal(), ledger, file: None, url: Some(url) }
    }

    /// What somebody does to it by hand.
    pub(crate) async fn tamper(&self, sql: &str) {
        if let Some((path, _)) = &self.file {
            let raw = rusqlite::Connection::open(path).unwrap();
            raw.pragma_update(None, "foreign_keys", false).unwrap();
            raw.execute_batch(sql).expect(sql);
        }
        if let Some(url) = &self.url {
            let mut raw = PgConnection::connect(url).await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut raw).await.expect(sql);
        }
    }

    pub(crate) async fn number(&self, sql: &str) -> i64 {
        if let Some((path, _)) = &self.file {
            return rusqlite::Connection::open(path)
                .unwrap()
                .query_row(sql, [], |row| row.get(0))
                .unwrap();
        }
        let mut raw = PgConnection::connect(self.url.as_ref().unwrap()).await.unwrap();
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut raw).await.unwrap()
    }

    /// True where these bytes are anywhere: in a file of the directory, or in a row of any table.
    pub(crate) async fn holds(&self, needle: &str) -> bool {
        let found =
            |bytes: &[u8]| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
        if let Some((_, directory)) = &self.file {
            let files =
                std::fs::read_dir(directory.path()).unwrap().map(|file| file.unwrap().path());
            // By another process: a file that this one closes loses the locks that SQLite has on
            // it.
            return files
                .filter(|file| file.is_file())
                .any(|file| found(&Command::new("cat").arg(file).output().unwrap().stdout));
        }
        let mut raw = PgConnection::connect(self.url.as_ref().unwrap()).await.unwrap();
        let tables: Vec<String> = sqlx::query_scalar(
            "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()",
        )
        .fetch_all(&mut raw)
        .await
        .unwrap();
        assert!(tables.len() > 6, "{tables:?}");
        for table in tables {
            let rows = sqlx::query(AssertSqlSafe(format!("SELECT t::text FROM {table} AS t")))
                .fetch_all(&mut raw)
                .await
                .unwrap();
            if rows.iter().any(|row| found(row.get::<String, _>(0).as_bytes())) {
                return true;
            }
        }
        false
    }

    pub(crate) async fn kinds(&self, call: CallId) -> Vec<String> {
        let history = self.ledger.history(call).await.unwrap();
        history.into_iter().map(|entry| entry.kind).collect()
    }

    pub(crate) async fn is_consistent(&self) {
        let check = self.ledger.check().await.unwrap();
        assert!(check.is_consistent(), "{:?}", check.problems);
    }

    pub(crate) async fn problems(&self) -> Vec<String> {
        let check = self.ledger.check().await.unwrap();
        check.problems.into_iter().map(|problem| problem.what).collect()
    }

    /// What is wrong is said in these words.
    pub(crate) async fn says(&self, words: &str) {
        let problems = self.problems().await;
        assert!(problems.iter().any(|what| what.contains(words)), "{words}: {problems:?}");
    }
}

pub(crate) fn number(number: &str) -> PhoneNumber {
    number.parse().unwrap()
}

pub(crate) fn asks(to: &str, canary: &str) -> CallRequest {
    CallRequest::new(to, format!("Ask for {canary}.")).with(|call| {
        call.idempotency_key = Some(format!("key of {canary} at {to}"));
        call.metadata = BTreeMap::from([("note".to_owned(), format!("metadata {canary}"))]);
    })
}

/// A call with the canary wherever words can stand: refused by one provider, taken by another,
/// talked, over.
pub(crate) async fn talk(journal: &Arc<dyn Journal>, request: CallRequest, canary: &str) -> CallId {
    let to = request.to.clone();
    let call = open(journal, request, 0).await;
    record(journal, call, admitted()).await;
    let first = attempt("alpha");
    let tried = first.id;
    record(journal, call, Fact::Intended(Box::new(first))).await;
    record(journal, call, Fact::Claimed(tried)).await;
    record(journal, call, Fact::Sent(tried)).await;
    let error = AttemptError {
        kind: ErrorKind::Forbidden,
        message: format!("cannot call {to}, {canary}"),
        status: Some(403),
        code: Some(format!("no-{to}")),
    };
    let failed =
        Fact::Failed { attempt: tried, delivery: Delivery::Refused(Refusal::ThisProvider), error };
    record(journal, call, failed).await;
    let second = attempt("beta");
    let tried = second.id;
    record(journal, call, Fact::Intended(Box::new(second))).await;
    record(journal, call, Fact::Claimed(tried)).await;
    record(journal, call, Fact::Sent(tried)).await;
    let told = |state| {
        let mut report = report("beta", &format!("b-{call}"), state);
        report.summary = Some(format!("summary {canary}"));
        report.raw = Raw::new(json!({"to": to, "said": canary}));
        report
    };
    for fact in [
        Fact::Answered(tried, Box::new(told(ProviderState::Queued))),
        Fact::Reported(Box::new(told(ProviderState::InProgress))),
        Fact::Reported(Box::new(told(ProviderState::Ended(Outcome::Completed)))),
        said(canary),
        sound(canary),
    ] {
        record(journal, call, fact).await;
    }
    call
}

pub(crate) fn said(canary: &str) -> Fact {
    Fact::Transcribed(Transcript {
        entries: vec![TranscriptEntry {
            speaker: Speaker::Callee,
            text: format!("I am {canary}"),
            offset: None,
        }],
        raw: Raw::new(json!({"words": canary})),
    })
}

pub(crate) fn sound(canary: &str) -> Fact {
    Fact::Recorded(Recording {
        url: format!("https://sound.test/{canary}.mp3").parse().unwrap(),
        duration: None,
        format: None,
        raw: Raw::new(json!({"sound": canary})),
    })
}

pub(crate) async fn get(place: &Place, call: CallId) -> Call {
    place.journal.get(call).await.unwrap().unwrap()
}
