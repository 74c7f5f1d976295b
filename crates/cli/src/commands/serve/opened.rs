//! The console over calls that were simulated, until a signal: `switchboard demo --open`.

use std::{io::Write, net::SocketAddr, sync::Arc, time::Duration};

use switchboard::{Clock, Ledger, Switchboard, SystemClock, config::ServerConfig};
use switchboard_api::{KeyAdmin, Secrets, ServerSecret, Service};
use tokio::{net::TcpListener, sync::watch};

use super::{
    accept::{self, Connections},
    lifecycle::{background, surfaces, until},
    listener::Listener,
    setup,
    simulated::{Keys, random},
};
use crate::{
    failure::{Failure, Outcome},
    interrupt,
    output::Output,
};

const CONNECTIONS: usize = 256;
/// How long requests under way may take once it ends.
const FINISH_WITHIN: Duration = Duration::from_secs(1);

/// Serves the API and the console over a simulation, and prints where they are and the key.
pub(crate) async fn open(
    switchboard: &Switchboard,
    ledger: &Ledger,
    output: Output,
) -> Outcome<()> {
    let mut signals = interrupt::listen()?;
    let mut server = ServerConfig::default();
    let socket = bind(server.listen).await?;
    let address = socket.local_addr().map_err(unbound)?;
    server.listen = address;
    server.console.enabled = true;
    let store = ledger.server();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let keys = Keys::make(&KeyAdmin::new(Arc::clone(&store), clock), "demo --open").await?;
    let secrets = Secrets::new(ServerSecret::new(random()?));
    let api = setup::settings(&server, setup::public_url(&server, address)?, secrets, &store);
    let service = Service::new(switchboard.clone(), api);
    let router = surfaces(&service, &server, true)?;

    let (stop, stopped) = watch::channel(false);
    let beside = tokio::spawn(background(service.clone(), until(stopped.clone())));
    let listener = Listener { socket, address, shared: false };
    let connections = Connections::new(CONNECTIONS, Vec::new());
    let served =
        tokio::spawn(accept::serve(listener, router, connections, until(stopped), FINISH_WITHIN));
    let url = service.public_url().as_str().trim_end_matches('/').to_owned();
    output.heading("Look at the calls in a browser");
    output.line(format!("  {url}{}", switchboard_console::PATH));
    output.line(format!("  key: {}", keys.admin));
    output.line("Ctrl-C ends it.");
    // The lines may be read through a pipe.
    let _ = std::io::stdout().flush();
    signals.recv().await;
    let _ = stop.send(true);
    let _ = tokio::join!(beside, served);
    Ok(())
}

/// The usual address, or another port if that one is taken.
async fn bind(usual: SocketAddr) -> Outcome<TcpListener> {
    match TcpListener::bind(usual).await {
        Ok(socket) => Ok(socket),
        Err(_) => TcpListener::bind(SocketAddr::new(usual.ip(), 0)).await.map_err(unbound),
    }
}

fn unbound(error: std::io::Error) -> Failure {
    Failure::local(format!("no port of this machine can be listened on: {error}"))
}
