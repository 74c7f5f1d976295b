//! `switchboard login`: the provider's documented login for command lines ("CLI Authentication").
//!
//! The provider's page redirects the browser to `http://127.0.0.1:PORT` with the tokens in the
//! query. Anyone else who can reach that port could send tokens of their own account, and so
//! receive the calls of this user. The `state` parameter prevents that: 256 random bits that only
//! the page knows. It is checked before anything else, and only the first redirect is accepted,
//! whether it is right or wrong.
//!
//! The browser is then redirected to `/done`, so that the address in its history contains no
//! tokens.
//!
//! | file | contents |
//! |---|---|
//! | `listener.rs` | receiving the redirect |
//! | `state.rs` | the `state` parameter |

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

use self::{listener::Listener, state::LoginState};
use crate::{
    cli::{Common, LoginArgs},
    exit::Exit,
    failure::{Failure, Outcome},
    output::{Output, or_dash},
    setup,
};

pub(crate) async fn run(common: &Common, args: LoginArgs, output: Output) -> Outcome {
    let sign_in = sign_in(common, &args.provider, args.base_url)?;
    let state = LoginState::random()
        .map_err(|error| Failure::local(format!("the system has no random bytes: {error}")))?;
    let mut listener = Listener::start(state.clone())
        .await
        .map_err(|error| Failure::local(format!("cannot listen on 127.0.0.1: {error}")))?;
    let page = sign_in.page(listener.port(), state.value())?;
    for line in ["Log in here:", "", &format!("  {page}"), ""] {
        output.note(line);
    }
    if !args.no_browser && may_open_a_browser() && open::that_detached(page.as_str()).is_err() {
        output.note("The browser could not be opened: open the address yourself.");
    }
    let timeout = Duration::from_secs(args.timeout);
    let Ok(result) = tokio::time::timeout(timeout, listener.result()).await else {
        let message = format!("no login within {} s: nothing was changed", args.timeout);
        return Err(Failure::local(message));
    };
    let (granted, reply) = match result {
        Ok(granted) => granted,
        Err(reason) => {
            listener.close().await;
            return Err(Error::new(ErrorKind::Unauthorized, reason).into());
        }
    };
    let kept = sign_in.keep(granted, Timestamp::now()).await;
    reply.send(if kept.is_ok() {
        "You are logged in. You can close this page."
    } else {
        "The login worked, but its tokens could not be stored. See the terminal."
    });
    listener.close().await;
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
        let renewal = if renewable { "is renewed automatically" } else { "cannot be renewed" };
        output.line(format!(
            "logged in to {}: the token expires {end} and {renewal}; it is stored in {kept}",
            args.provider
        ));
    }
    Ok(Exit::Done)
}

/// The login of a configured account.
pub(super) fn sign_in(common: &Common, provider: &str, base_url: Option<Url>) -> Outcome<SignIn> {
    let mut config = setup::read_to_sign_in(common, provider)?;
    if let (Some(url), Some(account)) = (base_url, config.providers.get_mut(provider)) {
        account.base_url = Some(url);
    }
    Ok(config.sign_in(provider, process_environment)?)
}

/// Without a display, a text browser could open and take over the terminal.
fn may_open_a_browser() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY") || set("WSL_DISTRO_NAME")
}
