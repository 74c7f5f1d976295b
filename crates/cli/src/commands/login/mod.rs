//! `switchboard login`: the documented login of a command line (document 002, "CLI
//! Authentication").
//!
//! The provider's page redirects the browser to `http://127.0.0.1:PORT` with the tokens in the
//! query. Whoever else reaches that port could bring tokens of an account of his own and so receive
//! the calls of this user: that is what `state` is for, 256 random bits that only the page knows.
//! It is compared before anything else of the answer is looked at, and one answer is taken, right
//! or wrong.
//!
//! The browser is then sent on to `/done` by a 303, so that the address it shows and goes back to
//! is one without tokens. Rewriting the history from a page would come too late: that page's own
//! address would have been the one with the tokens.
//!
//! | file | its one reason |
//! |---|---|
//! | `listener.rs` | who may answer, and how often |
//! | `http.rs` | one request and one answer, as text |
//! | `state.rs` | the secret word |

mod http;
mod listener;
mod state;

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use switchboard::{
    core::{Error, ErrorKind},
    process_environment,
    tokens::SignIn,
};
use url::Url;

use self::{
    listener::{Listener, Verdict},
    state::State,
};
use crate::{
    cli::{Common, LoginArgs},
    exit::Exit,
    failure::{Failure, Outcome},
    output::{Output, or_dash},
    setup,
};

pub(crate) async fn run(common: &Common, args: LoginArgs, output: Output) -> Outcome {
    let sign_in = sign_in(common, &args.provider, args.base_url)?;
    let state = State::random()
        .map_err(|error| Failure::local(format!("the system gives no random bytes: {error}")))?;
    let listener = Listener::start(state.clone()).await.map_err(|error| {
        Failure::local(format!("no port of 127.0.0.1 can be listened on: {error}"))
    })?;
    let page = sign_in.page(listener.port(), state.word())?;
    for line in ["Log in here:", "", &format!("  {page}"), ""] {
        output.note(line);
    }
    if !args.no_browser && may_open_a_browser() && open::that_detached(page.as_str()).is_err() {
        output.note("No browser could be opened: open the address yourself.");
    }
    let patience = Duration::from_secs(args.timeout);
    let Ok(verdict) = tokio::time::timeout(patience, listener.verdict()).await else {
        let message = format!("nobody logged in within {} s: nothing was changed", args.timeout);
        return Err(Failure::local(message));
    };
    let (granted, reply) = match verdict {
        Verdict::Granted(granted, reply) => (granted, reply),
        Verdict::Refused(why) => {
            listener.goodbye().await;
            return Err(Error::new(ErrorKind::Unauthorized, why).into());
        }
    };
    let kept = sign_in.keep(granted, Timestamp::now()).await;
    reply.say(if kept.is_ok() {
        "You are logged in. This page can be closed."
    } else {
        "The login worked, but its tokens could not be kept. See the terminal."
    });
    listener.goodbye().await;
    let (saved, kept) = kept?;
    let renewable = saved.tokens.refresh.is_some();
    if output.json {
        output.object(&json!({
            "provider": args.provider,
            "kept_in": kept.to_string(),
            "expires_at": saved.tokens.expires_at,
            "renewable": renewable,
            "scopes": saved.scope.as_deref().map(|scope| scope.split(' ').collect::<Vec<_>>()),
        }));
    } else {
        let end = or_dash(saved.tokens.expires_at);
        let renewal = if renewable { "is renewed before it ends" } else { "cannot be renewed" };
        output.line(format!(
            "logged in to {}: the token ends {end} and {renewal}; it is kept in {kept}",
            args.provider
        ));
    }
    Ok(Exit::Done)
}

/// The login of an account of the configuration.
pub(super) fn sign_in(common: &Common, provider: &str, base_url: Option<Url>) -> Outcome<SignIn> {
    let mut config = setup::read_to_sign_in(common, provider)?;
    if let (Some(url), Some(account)) = (base_url, config.providers.get_mut(provider)) {
        account.base_url = Some(url);
    }
    Ok(config.sign_in(provider, process_environment)?)
}

/// Without a display, what opens an address may be a browser that takes the terminal.
fn may_open_a_browser() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY") || set("WSL_DISTRO_NAME")
}
