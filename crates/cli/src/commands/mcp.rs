//! `switchboard mcp`: one agent over standard input and output. Nothing else may write to standard
//! output.

use std::time::Duration;

use jiff::Timestamp;
use switchboard::{Switchboard, TenantId, config::ServerConfig};
use switchboard_api::{
    Api, Secrets, ServerSecret, Service,
    caller::{Caller, Role},
};

use crate::{
    cli::{Common, McpArgs},
    exit::Exit,
    failure::{Failure, Outcome},
    interrupt,
    output::Output,
    setup,
};

/// How long this command waits for answers of providers when its client is gone.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(10);

pub(crate) async fn run(common: &Common, args: McpArgs, output: Output) -> Outcome {
    let mut signals = interrupt::listen()?;
    let caller = caller(args)?;
    let switchboard = setup::open_for_calls(common, output).await?;
    let service = service(common, &switchboard)?;
    let streams = (tokio::io::stdin(), tokio::io::stdout());
    let stop = async move {
        signals.recv().await;
    };
    let served = tokio::select! {
        served = switchboard_mcp::serve(&service, caller, streams, stop) => served.map_err(|error| {
            Failure::local(format!("the client did not speak the protocol: {error}"))
        }),
        () = switchboard.engine().failed() => {
            return Err(Failure::local(
                "the ledger failed a write, so nothing more is sent: start the command again once the ledger works",
            ));
        }
    };
    switchboard.engine().shutdown(SHUTDOWN_GRACE).await;
    served.map(|()| Exit::Done)
}

/// The agent, with what a key for placing calls may do.
fn caller(args: McpArgs) -> Outcome<Caller> {
    let tenant = match args.tenant.as_deref().map(TenantId::from) {
        Some(tenant) if tenant.as_str().is_empty() => {
            return Err(Failure::input("--tenant", "is empty: name a tenant, or leave it out"));
        }
        named => named.unwrap_or_default(),
    };
    // Clients start the command with few variables: none may name a user.
    let given = args.by.is_some();
    let by = match setup::operator(args.by) {
        Err(failure) if given => return Err(failure),
        Err(_) => "an unnamed user".to_owned(),
        Ok(by) => by,
    };
    let by = format!("{by}, by mcp");
    Ok(Caller::of_this_machine(by, tenant, Role::Caller, args.confirm.is_asked(), Timestamp::now()))
}

fn service(common: &Common, switchboard: &Switchboard) -> Outcome<Service> {
    let ledger =
        switchboard.ledger().ok_or_else(|| Failure::local("the configuration names no ledger"))?;
    let server: ServerConfig = setup::read(common)?.server.unwrap_or_default();
    let url = server.url(server.listen).map_err(|error| {
        Failure::local(format!("{} is part of no web address: {error}", server.listen))
    })?;
    // What is sealed with it is read by this process alone.
    let mut secret = [0; 32];
    getrandom::fill(&mut secret)
        .map_err(|error| Failure::local(format!("the system gives no random bytes: {error}")))?;
    let secrets = Secrets::new(ServerSecret::new(secret));
    Ok(Service::new(switchboard.clone(), Api::new(url, secrets, ledger.server())))
}
