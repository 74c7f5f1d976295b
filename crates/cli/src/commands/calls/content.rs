//! `calls transcript` and `calls recording`: what was said. It is read from the ledger, or else from
//! the call's provider, and then kept.

use std::{
    io::{self, Write},
    path::Path,
    sync::Arc,
    time::Duration,
};

use futures::StreamExt;
use serde_json::json;
use switchboard::{
    Call, ProviderId, Recording, Transcript,
    core::{Speaker, text::mask},
    process_environment,
};
use switchboard_http::{ClientConfig, HttpClient, Network, NoCodes, NoCredential, Request};
use url::{Url, form_urlencoded};

use crate::{
    cli::{CallRef, Common},
    commands::calls::by_id::{find_call, find_id},
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
    private_file, setup,
};

/// Prints a transcript, a line for each utterance.
pub(super) async fn transcript(
    common: &Common,
    file: Option<&Path>,
    wanted: &CallRef,
    output: Output,
) -> Outcome {
    let call = over(common, file, wanted, "transcript").await?;
    let transcript = match call.transcript.clone() {
        Some(kept) => kept,
        None => setup::attach(common, file).await?.transcript(call.id).await?,
    };
    if output.json {
        output.object(&json!({"call": call.id, "transcript": transcript}));
        return Ok(Exit::Done);
    }
    if transcript.entries.is_empty() {
        output.line("the transcript is empty");
    }
    show(&transcript, output);
    Ok(Exit::Done)
}

fn show(transcript: &Transcript, output: Output) {
    for entry in &transcript.entries {
        let speaker = match &entry.speaker {
            Speaker::Agent => "agent",
            Speaker::Callee => "callee",
            Speaker::Other(name) => name,
        };
        let at = entry.offset.map_or_else(|| "-".to_owned(), clock);
        output.line(format!("{at:>6}  {speaker:<8}{}", mask(&entry.text)));
    }
}

/// Minutes and seconds.
fn clock(offset: Duration) -> String {
    format!("{}:{:02}", offset.as_secs() / 60, offset.as_secs() % 60)
}

/// Prints where a recording is, or saves it.
pub(super) async fn recording(
    common: &Common,
    file: Option<&Path>,
    wanted: &CallRef,
    save: Option<&Path>,
    output: Output,
) -> Outcome {
    let call = over(common, file, wanted, "recording").await?;
    // An address that was kept may have expired, so that the provider is asked first.
    let read = match setup::attach(common, file).await {
        Ok(switchboard) => switchboard.recording(call.id).await.map_err(Failure::from),
        Err(failure) => Err(failure),
    };
    let recording = match (read, call.recording.clone()) {
        (Ok(read), _) => read,
        (Err(failure), Some(kept)) => {
            output.note(format!(
                "the provider cannot be asked now, and the address in the ledger may have expired: {failure}"
            ));
            kept
        }
        (Err(failure), None) => return Err(failure),
    };
    let saved = match save {
        Some(to) => Some((to, download(&recording.url, &network(common)?, to).await?)),
        None => None,
    };
    if output.json {
        let saved = saved.map(|(to, bytes)| json!({"file": to, "bytes": bytes}));
        output.object(&json!({"call": call.id, "recording": recording, "saved": saved}));
        return Ok(Exit::Done);
    }
    match saved {
        Some((to, bytes)) => output.line(format!("{bytes} bytes are in {}", to.display())),
        None => address(&recording, output),
    }
    Ok(Exit::Done)
}

fn address(recording: &Recording, output: Output) {
    output.line(recording.url.as_str());
    let length = recording.duration.map(|length| format!("{} s", length.as_secs()));
    let known: Vec<String> = length.into_iter().chain(recording.format.clone()).collect();
    if !known.is_empty() {
        output.note(known.join(", "));
    }
    output.note("whoever has this address can listen to the call; it may expire");
}

/// The call, if it is over: before that a provider has nothing, or not all of it.
async fn over(common: &Common, file: Option<&Path>, wanted: &CallRef, what: &str) -> Outcome<Call> {
    let journal = setup::ledger(common, file).await?.0.journal();
    let call = find_call(&*journal, find_id(&*journal, wanted).await?).await?;
    if !call.status.is_settled() {
        return Err(Failure::local(format!(
            "the call {} is {}: there is a {what} once it is over",
            call.id, call.status
        )));
    }
    Ok(call)
}

/// How recordings are reached: as providers are. A ledger may be read without a configuration.
fn network(common: &Common) -> Outcome<Network> {
    match setup::read(common) {
        Ok(config) => Ok(config.network(process_environment)?),
        Err(_) => Ok(Network::default()),
    }
}

/// Downloads the sound into a new file, which is complete or not there.
async fn download(url: &Url, network: &Network, to: &Path) -> Outcome<u64> {
    let save = |problem: String| Failure::input("--save", format!("{}: {problem}", to.display()));
    let written = |error: io::Error| save(format!("cannot be written: {error}"));
    if to.exists() {
        return Err(save("already exists: name a new file".to_owned()));
    }
    let (client, request) = get(url, network)?;
    let answer = client.stream(request).await?;
    let mut file = private_file::beside(to).map_err(written)?;
    let (mut sound, mut bytes) = (answer.into_stream(), 0);
    while let Some(piece) = sound.next().await {
        let piece = piece?;
        bytes += piece.len() as u64;
        file.write_all(&piece).map_err(written)?;
    }
    private_file::keep(file, to, false).map_err(written)?;
    Ok(bytes)
}

/// The request for this address. It carries no credential, and follows no redirect.
fn get(url: &Url, network: &Network) -> Outcome<(HttpClient, Request)> {
    let mut base = url.clone();
    base.set_query(None);
    base.set_fragment(None);
    let segments: Vec<&str> = url.path_segments().map(Iterator::collect).unwrap_or_default();
    let last = segments.last().copied().unwrap_or_default();
    if let Ok(mut path) = base.path_segments_mut() {
        path.pop();
    }
    let mut request = Request::get("recording", "/{file}").param("file", decoded(last)).public();
    for (name, value) in url.query_pairs() {
        request = request.query(name.into_owned(), value);
    }
    let mut config = ClientConfig::new(ProviderId::from_static("recording"), base);
    config.network = network.clone();
    let client = HttpClient::new(config, Arc::new(NoCredential), &NoCodes)?;
    Ok((client, request))
}

/// A segment of a path without its percent signs. A form is encoded alike but for three characters.
fn decoded(segment: &str) -> String {
    let escaped = segment.replace('+', "%2B").replace('=', "%3D").replace('&', "%26");
    let mut pairs = form_urlencoded::parse(escaped.as_bytes());
    pairs.next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_decoded_as_it_was_encoded() {
        for (segment, text) in [
            ("call.mp3", "call.mp3"),
            ("a%20b+c%2Fd", "a b+c/d"),
            ("k=v&w.wav", "k=v&w.wav"),
            ("", ""),
        ] {
            assert_eq!(decoded(segment), text);
        }
    }
}
