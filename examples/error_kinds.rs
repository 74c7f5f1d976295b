//! Every kind of error, and what a program does about it.
//!
//!     cargo run -p switchboard-examples --example error_kinds
//!
//! NOTHING IS SENT: a provider is configured whose address nothing listens on.
//!
//! An error has a kind to branch on, a text for people, the field that is wrong and, after "too many
//! requests", how long to wait. Whether a phone may have rung is not in the error: it is in the call's
//! status, and in the `Delivery` of each attempt.
#![allow(clippy::print_stdout)]

use switchboard::{CallRequest, Config, ErrorKind, Result};

/// What a program may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    /// Tell whoever asked: the request has to change.
    Correct,
    /// Tell whoever asked: this person is not called.
    LeaveAlone,
    /// Tell an operator: the account or the configuration has to change.
    Operate,
    /// Ask again later: nothing is wrong with the request.
    Later,
    /// Nothing: the call exists already, or nobody wants it any more.
    Nothing,
}

/// The enum is not exhaustive, because kinds will be added: what is not known is for an operator.
fn action(kind: ErrorKind) -> Action {
    match kind {
        ErrorKind::InvalidRequest
        | ErrorKind::NumberNotAllowed
        | ErrorKind::NotFound
        | ErrorKind::Unsupported
        | ErrorKind::CountryNotSupported
        | ErrorKind::LanguageNotSupported => Action::Correct,
        ErrorKind::Blocked => Action::LeaveAlone,
        ErrorKind::PossibleDuplicate | ErrorKind::Withdrawn => Action::Nothing,
        ErrorKind::RateLimited
        | ErrorKind::Conflict
        | ErrorKind::Connect
        | ErrorKind::Timeout
        | ErrorKind::Transport
        | ErrorKind::Provider
        | ErrorKind::NoProvider
        | ErrorKind::Expired => Action::Later,
        ErrorKind::Unauthorized
        | ErrorKind::Forbidden
        | ErrorKind::QuotaExceeded
        | ErrorKind::NeedsApproval
        | ErrorKind::Decode
        | ErrorKind::Configuration
        | ErrorKind::Journal => Action::Operate,
        _ => Action::Operate,
    }
}

const CONFIG: &str = r#"
    [rules]
    off = "nobody is called in an example"

    [providers.kaicalls]
    kind = "kaicalls"
    base_url = "http://127.0.0.1:9"
    api_key_env = "KEY"
    default_agent = "agent-1"
"#;

// A `main` that returns an error prints its text.
#[tokio::main]
async fn main() -> Result<()> {
    // A mistake in the configuration names its key, its place and the fix.
    let wrong = Config::from_toml(&CONFIG.replace("kind = \"kaicalls\"", "kind = \"kaicals\""));
    if let Err(error) = wrong {
        println!("{error}");
    }

    let switchboard =
        Config::from_toml(CONFIG)?.open(|_| Some("kc_live_example".to_owned())).await?;
    for (to, task) in [("911", "Ask."), ("+4420", "Ask."), ("+12125550123", "")] {
        match switchboard.place(&CallRequest::new(to, task)).await {
            Ok(call) => println!("{}", call.status),
            Err(error) => {
                let field = error.field().unwrap_or("the request");
                println!("{:?} ({field}): {error}", action(error.kind()));
            }
        }
    }

    // What a provider does is not an error of `place`: the call says it.
    let call = switchboard.place(&CallRequest::new("+12125550123", "Ask.")).await?;
    let call = switchboard.wait(call.id).await?;
    if let Some(fault) = &call.fault {
        println!("{:?}: {} ({})", action(fault.kind), fault.message, call.status);
    }
    Ok(())
}
