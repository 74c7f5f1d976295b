//! The operating system's keyring: Keychain, Credential Manager, Secret Service.
//!
//! A Secret Service is reached over a bus that may not be there, or be there and never answer, as
//! on a server or in a container. So each question is asked on a thread of its own and waited for
//! so long only: a few seconds until the keyring is there, then as long as a person needs to unlock
//! it.

use std::time::Duration;

use switchboard_core::{Error, ErrorKind, Result};

/// Where the keyring files our entries.
#[cfg_attr(not(feature = "keyring"), expect(dead_code, reason = "shown by the keyring only"))]
pub(super) const SERVICE: &str = "switchboard";

/// How long it may take until the keyring is there.
#[cfg(feature = "keyring")]
const REACH: Duration = Duration::from_secs(3);
/// How long it may take to answer: somebody may have to type a password.
#[cfg(feature = "keyring")]
const UNLOCK: Duration = Duration::from_secs(60);

/// The text of an entry, `None` where there is none.
pub(super) fn read(account: &str) -> Result<Option<String>> {
    ask(account, Question::Read)
}

/// Puts `text` there.
pub(super) fn write(account: &str, text: &str) -> Result<()> {
    ask(account, Question::Write(text.to_owned())).map(drop)
}

/// Takes it away; false where there was none.
pub(super) fn remove(account: &str) -> Result<bool> {
    Ok(ask(account, Question::Remove)?.is_some())
}

#[cfg_attr(not(feature = "keyring"), expect(dead_code, reason = "there is no keyring"))]
enum Question {
    Read,
    Write(String),
    Remove,
}

fn problem(what: &str) -> Error {
    Error::new(ErrorKind::Configuration, format!("the keyring {what}")).with_field("token_store")
}

#[cfg(not(feature = "keyring"))]
fn ask(_account: &str, _question: Question) -> Result<Option<String>> {
    let _: Duration = Duration::ZERO;
    Err(problem(
        "is not part of this program: build it with the feature keyring (cargo build --features keyring)",
    ))
}

#[cfg(feature = "keyring")]
fn ask(account: &str, question: Question) -> Result<Option<String>> {
    use std::sync::{
        atomic::{AtomicBool, Ordering},
        mpsc::{RecvTimeoutError, channel},
    };

    use keyring::Entry;

    /// It did not answer once. Asking again would cost as long again.
    static MUTE: AtomicBool = AtomicBool::new(false);

    enum Heard {
        Reached,
        Answered(Result<Option<String>>),
    }

    if MUTE.load(Ordering::Relaxed) {
        return Err(problem("does not answer"));
    }
    let (sender, receiver) = channel();
    let account = account.to_owned();
    let work = move || {
        let _ = sender.send(match Entry::store_status() {
            Ok(()) => Heard::Reached,
            Err(_) => Heard::Answered(Err(problem(
                "is not there: no service of this session answers for it",
            ))),
        });
        let answer =
            Entry::new(SERVICE, &account).map_err(|error| plain(&error)).and_then(|entry| {
                let answer = match question {
                    Question::Read => entry.get_password().map(Some),
                    Question::Write(text) => entry.set_password(&text).map(|()| None),
                    Question::Remove => entry.delete_credential().map(|()| Some(String::new())),
                };
                match answer {
                    Ok(found) => Ok(found),
                    Err(keyring::Error::NoEntry) => Ok(None),
                    Err(error) => Err(plain(&error)),
                }
            });
        let _ = sender.send(Heard::Answered(answer));
    };
    std::thread::Builder::new()
        .name("keyring".to_owned())
        .spawn(work)
        .map_err(|_| problem("cannot be asked: no thread could be started"))?;
    let mut patience = REACH;
    loop {
        match receiver.recv_timeout(patience) {
            Ok(Heard::Reached) => patience = UNLOCK,
            Ok(Heard::Answered(answer)) => return answer,
            Err(RecvTimeoutError::Timeout) => {
                MUTE.store(true, Ordering::Relaxed);
                return Err(problem(&format!("did not answer within {} s", patience.as_secs())));
            }
            Err(RecvTimeoutError::Disconnected) => return Err(problem("failed")),
        }
    }
}

/// What happened, in our words: some of its errors carry the entry itself.
#[cfg(feature = "keyring")]
fn plain(error: &keyring::Error) -> Error {
    problem(match error {
        keyring::Error::NoStorageAccess(_) => "is locked, or refuses this program: unlock it",
        keyring::Error::TooLong(_, _) => "takes no entry as long as these tokens",
        keyring::Error::Ambiguous(_) => {
            "has several entries for this account: remove them with its own program"
        }
        keyring::Error::NoDefaultStore => "is not there",
        keyring::Error::BadEncoding(_)
        | keyring::Error::BadDataFormat(_, _)
        | keyring::Error::BadStoreFormat(_) => "holds an entry that cannot be read: log in again",
        // The rest, and what later versions add.
        _ => "failed",
    })
}
