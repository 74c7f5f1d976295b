//! `switchboard logout`: deletes the tokens of a login.

use serde_json::json;

use crate::{
    cli::{Common, LogoutArgs},
    commands::login::sign_in,
    exit::Exit,
    failure::Outcome,
    output::Output,
};

pub(crate) async fn run(common: &Common, args: LogoutArgs, output: Output) -> Outcome {
    let removed = sign_in(common, &args.provider, None)?.forget().await?;
    if output.json {
        output.object(&json!({"provider": args.provider, "removed": removed}));
    } else if removed {
        output.line(format!("logged out of {}", args.provider));
    } else {
        output.line(format!("{} was not logged in", args.provider));
    }
    Ok(Exit::Done)
}
