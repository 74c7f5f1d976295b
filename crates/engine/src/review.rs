//! What a person should look at after a call: what its transcript shows, and nothing that acts by
//! itself.
//!
//! Where the calling rules ask for first words, the transcript of each conversation is read once
//! after its end. It is not kept for that.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, Weak},
    time::Duration,
};

use futures::FutureExt;
use jiff::Timestamp;
use switchboard_core::{
    CallFacts, CallFlag, CallFlagKind, CallId, CalleeHistory, Error, ErrorKind, ProviderCallId,
    ProviderId, Result, Transcript, ValidCall,
};
use switchboard_journal::state::Fact;
use switchboard_rules::{OptOutWords, Said, check_transcript};

use crate::{
    decide::Question, events::CallEventKind, opening, provider::ProviderRuntime, shared::Shared,
};

/// How long after the end of a call its transcript is asked for, and how much later again while it
/// is not there.
const PAUSES: [Duration; 4] = [
    Duration::from_secs(1),
    Duration::from_secs(15),
    Duration::from_secs(2 * 60),
    Duration::from_secs(20 * 60),
];

/// What a transcript shows, where these first words were required. `facts` are the call's, completed
/// by those of its route and of its agent profile.
pub fn flags(
    call: &ValidCall,
    facts: &CallFacts,
    required: Said,
    transcript: &Transcript,
    at: Timestamp,
) -> Vec<CallFlag> {
    let words = opening::facts(call, facts);
    let check = check_transcript(transcript, opening::language(call), required, &words);
    let missing = Some(check.missing).filter(|missing| !missing.is_empty()).map(first_words);
    let opted_out = Some(check.opt_out_words).filter(|words| !words.is_empty()).map(wish);
    let flag = |(kind, message)| CallFlag::new(kind, message, at);
    missing.into_iter().chain(opted_out).map(flag).collect()
}

fn first_words(missing: Said) -> (CallFlagKind, String) {
    let missing: Vec<_> = missing.iter().map(|one| one.meaning()).collect();
    let message = format!("The first words did not say {}.", missing.join(", "));
    (CallFlagKind::FirstWordsMissing, message)
}

fn wish(words: Vec<OptOutWords>) -> (CallFlagKind, String) {
    let places: Vec<_> = words.iter().map(|one| (one.entry + 1).to_string()).collect();
    let entry = if places.len() == 1 { "entry" } else { "entries" };
    let message = format!(
        "The person seems to have asked not to be called again: read {entry} {} of the transcript, and record an opt-out if they did.",
        places.join(", ")
    );
    (CallFlagKind::MayHaveOptedOut, message)
}

/// Looks at the transcript of a conversation that is over, once the provider has it. Does nothing
/// with the calling rules off.
pub(crate) fn start(
    inner: &Arc<Shared>,
    runtime: &ProviderRuntime,
    call: CallId,
    theirs: ProviderCallId,
) {
    if inner.config().policy.rules.off.is_some() {
        return;
    }
    let (weak, provider) = (Arc::downgrade(inner), runtime.id.clone());
    inner.spawn(async move { run(weak, provider, call, theirs).await });
}

async fn run(inner: Weak<Shared>, provider: ProviderId, call: CallId, theirs: ProviderCallId) {
    for pause in PAUSES {
        let Some(clock) = inner.upgrade().map(|inner| Arc::clone(&inner.clock)) else { return };
        clock.sleep(pause).await;
        let Some(inner) = inner.upgrade() else { return };
        match look(&inner, &provider, call, &theirs).await {
            Ok(true) => return,
            Ok(false) => {}
            Err(error) if error.kind() == ErrorKind::Unsupported => return,
            Err(error) => {
                tracing::debug!(%call, %error, "the transcript could not be looked at yet");
            }
        }
    }
}

/// False if there is no transcript yet.
async fn look(
    inner: &Shared,
    provider: &ProviderId,
    call: CallId,
    theirs: &ProviderCallId,
) -> Result<bool> {
    let Some(runtime) = inner.runtime(provider) else {
        return Ok(true);
    };
    runtime.read_turn(&*inner.clock).await;
    let Some(transcripts) = runtime.provider.transcripts() else {
        return Ok(true);
    };
    let read = AssertUnwindSafe(transcripts.transcript(theirs)).catch_unwind().await;
    let panicked =
        || Error::new(ErrorKind::Provider, "the backend panicked while it read a transcript");
    let transcript = read.map_err(|_| panicked())??;
    if transcript.entries.is_empty() {
        return Ok(false);
    }
    record(inner, call, &transcript).await?;
    Ok(true)
}

/// Records what a transcript shows, unless it is known.
pub(crate) async fn record(inner: &Shared, id: CallId, transcript: &Transcript) -> Result<()> {
    let config = inner.config();
    let Some(request) = inner.journal.request(id).await? else {
        return Ok(());
    };
    if config.policy.rules.off.is_some() {
        return Ok(());
    }
    let call = inner.call(id).await?;
    let rang = call.attempts.last().and_then(|last| last.sent_at).unwrap_or(call.created_at);
    let question = Question::new(&config.policy, &request, None)?;
    let lists = inner.lists(&config, rang).await?;
    let required =
        question.first_words(&config, &request.to, &CalleeHistory::default(), &lists, rang);
    let mut found = flags(&question.call, &question.facts, required, transcript, inner.now());
    let known = |flag: &CallFlag| {
        call.flags.iter().any(|one| (one.kind, &one.message) == (flag.kind, &flag.message))
    };
    found.retain(|flag| !known(flag));
    if found.is_empty() {
        return Ok(());
    }
    inner.record(id, Fact::Flagged(found.clone())).await?;
    for flag in found {
        inner.report(id, || CallEventKind::Flagged(flag));
    }
    Ok(())
}
