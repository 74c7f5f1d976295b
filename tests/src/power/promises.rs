//! The acknowledged writes of a ledger, and a check that they are there.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use rusqlite::Connection;
use switchboard::{
    Call, CallId, CallRequest, CallStatus, ErrorKind, ValidCall,
    journal::{
        CallLog, JournalExt, Membership,
        state::{Fact, apply},
    },
};
use switchboard_journal::{Journal, NewCall, Opened, conformance as rules};
use switchboard_ledger::SqliteJournal;
use uuid::Uuid;

use super::work::{digest, digest_of};

/// What was acknowledged before the power loss.
#[derive(Debug, Default)]
pub struct Promises {
    /// The digest of the hash of the first callee.
    opened: Option<u64>,
    /// For each call, the number of steps, and the digest of the call after the last step.
    steps: BTreeMap<CallId, (usize, u64)>,
    /// A cache of calls and their digests, because comparing is cheaper than hashing.
    seen: BTreeMap<CallId, (Call, u64)>,
}

/// Why a ledger lacks an acknowledged write.
type Broken = String;

macro_rules! hold {
    ($held:expr, $($words:tt)+) => {
        if !$held {
            return Err(format!($($words)+));
        }
    };
}

impl Promises {
    /// Adds an acknowledgement, in the format of [`write`](super::work::write).
    ///
    /// # Panics
    /// If the format is invalid.
    pub fn add(&mut self, said: &str) {
        let words: Vec<&str> = said.split_whitespace().collect();
        let digest = |digest| u64::from_str_radix(digest, 16).unwrap();
        match words[..] {
            ["opened", person] => self.opened = Some(digest(person)),
            ["step", call, number, after] => {
                let id = CallId::new(Uuid::parse_str(call).unwrap());
                self.steps.insert(id, (number.parse().unwrap(), digest(after)));
            }
            _ => panic!("no promise: {said}"),
        }
    }

    /// Opens the ledger like a restarted process and checks that everything is there. With
    /// `and_goes_on`, also writes to it.
    ///
    /// # Errors
    /// A description of what is missing or wrong.
    pub async fn are_kept(&mut self, ledger: &Path, and_goes_on: bool) -> Result<(), Broken> {
        let opened = SqliteJournal::open(ledger).await;
        let journal = opened.map_err(|error| format!("the ledger cannot be opened: {error:?}"))?;
        let steps = is_whole(ledger).map_err(|error| format!("the file is damaged: {error}"))??;
        if let Some(person) = self.opened {
            let first = rules::valid(&crate::request(0)).to;
            hold!(
                digest(&journal.key().person(&first)) == person,
                "the key is another: nobody is known any more"
            );
        }
        let mut found: BTreeMap<CallId, Call> = BTreeMap::new();
        for call in
            journal.list().await.map_err(|error| format!("it cannot be listed: {error:?}"))?
        {
            found.insert(call.id, call);
        }
        for (id, (promised, after)) in &self.steps {
            let there = steps.get(id).copied().unwrap_or(0);
            hold!(
                there >= *promised,
                "the call {id} has {there} steps, and {promised} were promised"
            );
            let same = found.get(id).is_some_and(|call| seen(&mut self.seen, call) == *after);
            hold!(
                there > *promised || same,
                "the call {id} is not what was promised after step {promised}"
            );
        }
        // The other calls match what was acknowledged; for these, the steps have to match. The last
        // call stands for those that are no longer compared.
        let last = found.last_key_value().map(|(id, _)| *id);
        for (id, call) in &found {
            let promised = self.steps.get(id).copied().unwrap_or((0, 0));
            if steps.get(id) != Some(&promised.0) || Some(*id) == last {
                makes_sense(&journal, call, promised).await?;
            }
        }
        let found: Vec<Call> = found.into_values().collect();
        if and_goes_on {
            goes_on(Arc::new(journal), &found).await?;
        }
        Ok(())
    }
}

fn seen(before: &mut BTreeMap<CallId, (Call, u64)>, call: &Call) -> u64 {
    match before.get(&call.id) {
        Some((same, digest)) if same == call => *digest,
        Some(_) | None => {
            let digest = digest_of(call);
            before.insert(call.id, (call.clone(), digest));
            digest
        }
    }
}

/// Checks for damage, and returns the number of steps of each call.
fn is_whole(ledger: &Path) -> rusqlite::Result<Result<BTreeMap<CallId, usize>, Broken>> {
    let raw = Connection::open(ledger)?;
    let integrity: String = raw.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    let strangers: i64 =
        raw.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))?;
    if integrity != "ok" || strangers != 0 {
        return Ok(Err(format!(
            "the file is damaged: {integrity}, {strangers} rows belong to no call"
        )));
    }
    let mut count = raw.prepare(
        "SELECT id, 1 + (SELECT count(*) FROM events WHERE call_id = calls.id) FROM calls",
    )?;
    let steps = count.query_map([], |row| {
        Ok((CallId::new(Uuid::from_bytes(row.get(0)?)), row.get::<_, u32>(1)? as usize))
    })?;
    steps.collect::<rusqlite::Result<_>>().map(Ok)
}

/// Checks that the acknowledged steps result in the acknowledged call, and that all steps result in
/// the stored call.
async fn makes_sense(
    journal: &SqliteJournal,
    call: &Call,
    (steps, after): (usize, u64),
) -> Result<(), Broken> {
    let id = call.id;
    let history = journal.history(id).await.map_err(|error| format!("{id}: {error:?}"))?;
    let request = asked(journal, id).await?;
    // There may be one unacknowledged step but not two, because each waits for the acknowledgement
    // of the one before.
    hold!(
        history.len() <= steps + 1,
        "the call {id} has {} steps, {steps} were promised and one was asked for",
        history.len()
    );
    let at = history.first().map(|first| first.at);
    let at = at.ok_or_else(|| format!("the call {id} has no history"))?;
    let mut again = NewCall::new(id, request, at).received();
    for (step, entry) in (1..).zip(history) {
        if let Some(fact) = entry.fact {
            apply(&mut again, fact, entry.at)
                .map_err(|error| format!("step {step} of {id} cannot be: {error}"))?;
        }
        hold!(
            step != steps || digest_of(&again) == after,
            "the call {id} is not what was promised after step {step}"
        );
    }
    hold!(again == *call, "the call {id} is not what its steps make of it");
    Ok(())
}

async fn asked(journal: &SqliteJournal, id: CallId) -> Result<Arc<ValidCall>, Broken> {
    let request = journal.request(id).await.map_err(|error| format!("{id}: {error:?}"))?;
    request.ok_or_else(|| format!("nobody knows what the call {id} was asked to do"))
}

/// Checks that the ledger can be used further.
async fn goes_on(journal: Arc<SqliteJournal>, found: &[Call]) -> Result<(), Broken> {
    let taken = journal
        .take_over(rules::at(0))
        .await
        .map_err(|error| format!("nothing can be taken over: {error:?}"))?;
    for active in found.iter().filter(|call| may_ring(call.status)) {
        hold!(
            taken.contains(active),
            "nobody takes up the call {}, which may be ringing",
            active.id
        );
    }
    if let Some(active) = found.iter().find(|call| may_ring(call.status)) {
        let again = (*asked(&journal, active.id).await?)
            .to_request()
            .with(|call| call.task = "Ask something else.".to_owned());
        let again = again.with(|call| call.idempotency_key = None);
        let rival = open(&journal, &again).await?;
        let busy = journal.record(rival, rules::admitted(), rules::at(0)).await;
        hold!(
            busy.is_err_and(|error| error.code() == Some("callee_busy")),
            "whom the call {} may be ringing can be called a second time",
            active.id
        );
    }
    if let Some(live) = found.iter().find(|call| call.status == CallStatus::Attempting) {
        let second = Fact::Intended(Box::new(rules::attempt("beta")));
        let refused = journal.record(live.id, second, rules::at(0)).await;
        hold!(
            refused.is_err_and(|error| error.kind() == ErrorKind::Conflict),
            "the call {} can have a second live attempt",
            live.id
        );
    }
    for call in found {
        let request = asked(&journal, call.id).await?;
        if request.key.is_none() {
            continue;
        }
        let new = NewCall::new(CallId::new(Uuid::now_v7()), request, rules::at(0));
        let same = match journal.open(new).await {
            Ok(Opened::Replayed(first)) => first.id == call.id,
            Ok(Opened::New(_) | Opened::Changed(_)) | Err(_) => false,
        };
        hold!(same, "the key of the call {} can be used a second time", call.id);
        break;
    }
    let stranger = open(&journal, &crate::request(1_999)).await?;
    let journal: Arc<dyn Journal> = journal;
    rules::send(&journal, stranger).await;
    Ok(())
}

const fn may_ring(status: CallStatus) -> bool {
    matches!(
        status,
        CallStatus::Admitted
            | CallStatus::Attempting
            | CallStatus::InProgress
            | CallStatus::Indeterminate
            | CallStatus::Stalled
    )
}

async fn open(journal: &SqliteJournal, request: &CallRequest) -> Result<CallId, Broken> {
    let new = rules::new_call(request, rules::at(0));
    match journal.open(new).await {
        Ok(Opened::New(call)) => Ok(call.id),
        Ok(Opened::Replayed(call) | Opened::Changed(call)) => {
            Err(format!("a new call is taken for {}", call.id))
        }
        Err(error) => Err(format!("the ledger takes nothing more: {error:?}")),
    }
}
