//! The order of starting and ending.
//!
//! Start: configuration, sockets, ledger, calls of former processes, ready. What connects earlier
//! waits in the queue of the socket.
//!
//! End: not ready any more; wait until load balancers know; take no new connection, end streams and
//! answer what was asked; accept no new call; wait for providers' answers; stop. Calls that are not
//! over are the next process's.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::Router;
use switchboard::{Switchboard, config::ServerConfig};
use switchboard_api::{Background, Service, routes};
use tokio::{
    sync::{mpsc::UnboundedReceiver, watch},
    task::JoinHandle,
};

use super::{
    accept::{self, Connections},
    admin::{self, Health},
    listener::{self, Listener},
    metrics::Metrics,
    ready, seeded,
    setup::{self, Configured, Served},
    simulated,
    state::{Phase, State},
    systemd,
};
use crate::{
    cli::{Common, ServeArgs},
    exit::Exit,
    failure::{Failure, Outcome},
    interrupt::{self, Signal},
    output::Output,
    reload,
};

/// How long requests under way may take once the process ends.
const FINISH_WITHIN: Duration = Duration::from_secs(10);
/// How long new calls are still accepted then: whoever was connected in time is not refused.
const ACCEPTS_FOR: Duration = Duration::from_secs(2);
/// Connections for health and metrics.
const ADMIN_CONNECTIONS: usize = 64;

pub(crate) async fn run(common: &Common, args: ServeArgs, output: Output) -> Outcome {
    // Signals are listened for before anything else, so that none is missed.
    let mut signals = interrupt::listen()?;
    let configured = match args.simulated {
        true => None,
        false => Some(Configured::read(common, &args, output)?),
    };
    let server = match &configured {
        Some(configured) => configured.server.clone(),
        None => simulated::server(&args),
    };
    #[cfg(feature = "otel")]
    if let Some(configured) = &configured {
        configured.start_traces()?;
    }
    let (listener, admin_listener) =
        listener::bind(("--listen", server.listen), ("--admin-listen", server.admin_listen))
            .await?;
    let state = State::new();
    tokio::spawn(Arc::clone(&state).beat());
    let most = usize::try_from(server.max_connections.get()).unwrap_or(usize::MAX);
    let connections = Connections::new(most, server.trusted_proxies.clone());
    let metrics = Metrics::new(Arc::clone(&connections));
    let store = Arc::new(OnceLock::new());
    let health = Health {
        state: Arc::clone(&state),
        store: Arc::clone(&store),
        metrics: Arc::clone(&metrics),
    };
    let admin_url = format!("http://{}", admin_listener.address);
    let admin = serve_admin(admin_listener, health);

    let (served, simulation) = match configured {
        Some(configured) => (configured.open(common, listener.address, output).await?, None),
        None => {
            let (served, simulation, providers) =
                simulated::start(&server, listener.address, args.empty).await?;
            (served, Some((simulation, providers)))
        }
    };
    let Served { switchboard, store: opened, mut api } = served;
    let _ = store.set(opened);
    let _reload = match simulation {
        None => Some(reload::listen(&switchboard, common, output).await?),
        Some(_) => None,
    };
    api.observer = Some(metrics.observer());
    let service = Service::new(switchboard.clone(), api);
    metrics.watch(&switchboard, &service);
    if args.simulated && !args.empty {
        seeded::present(&switchboard, &service, service.clock().now()).await?;
    }
    let router = surfaces(&service, &server, args.simulated)?;
    let running = Running::start(&service, router, listener, &metrics, connections);
    state.set(Phase::Ready);
    systemd::ready();
    let shown = simulation.as_ref().map(|(simulation, _)| simulation);
    ready::print(output, service.public_url(), &admin_url, shown);

    let outcome = tokio::select! {
        signal = signals.recv() => {
            state.set(Phase::Stopping);
            systemd::stopping();
            let settles = signal == Some(Signal::Terminate);
            running.end(&switchboard, &server, settles, &mut signals).await;
            Ok(Exit::Done)
        }
        () = switchboard.engine().failed() => {
            state.set(Phase::Stopping);
            systemd::stopping();
            // Only a process that reads the ledger again knows what it contains.
            Err(Failure::local(
                "the ledger failed a write, so nothing more is sent: start the server again once the ledger works",
            ))
        }
    };
    #[cfg(feature = "otel")]
    crate::traces::finish().await;
    admin.abort();
    outcome
}

fn serve_admin(listener: Listener, health: Health) -> JoinHandle<()> {
    let connections = Connections::new(ADMIN_CONNECTIONS, Vec::new());
    let router = admin::router(health);
    let never = std::future::pending();
    tokio::spawn(accept::serve(listener, router, connections, never, Duration::ZERO))
}

/// The tasks that serve requests.
struct Running {
    stop: watch::Sender<bool>,
    connections: JoinHandle<()>,
    background: JoinHandle<()>,
}

impl Running {
    fn start(
        service: &Service,
        router: Router,
        listener: Listener,
        metrics: &Metrics,
        connections: Arc<Connections>,
    ) -> Self {
        let (stop, stopped) = watch::channel(false);
        let router = metrics.count(router);
        let connections = tokio::spawn(accept::serve(
            listener,
            router,
            connections,
            until(stopped.clone()),
            FINISH_WITHIN,
        ));
        let background = tokio::spawn(background(service.clone(), until(stopped)));
        Self { stop, connections, background }
    }

    /// Ends in order. Another signal ends it at once.
    async fn end(
        self,
        switchboard: &Switchboard,
        server: &ServerConfig,
        settles: bool,
        signals: &mut UnboundedReceiver<Signal>,
    ) {
        if settles {
            let settle = Duration::from_secs(server.settle_seconds.into());
            tokio::select! {
                () = tokio::time::sleep(settle) => {}
                _ = signals.recv() => {}
            }
        }
        let drain = Duration::from_secs(server.drain_seconds.into());
        let drained = async {
            let Self { stop, mut connections, background } = self;
            let _ = stop.send(true);
            let answered = tokio::time::timeout(ACCEPTS_FOR, &mut connections).await;
            // New calls are refused from the first poll of this on.
            let engine = switchboard.shutdown(drain);
            let connections = async {
                match answered {
                    Ok(ended) => ended,
                    Err(_) => connections.await,
                }
            };
            let (_, connections, background) = tokio::join!(engine, connections, background);
            for task in [connections, background] {
                if let Err(error) = task {
                    tracing::error!(%error, "a task of the server ended early");
                }
            }
        };
        tokio::select! {
            () = drained => {}
            _ = signals.recv() => switchboard.engine().stop_now(),
        }
    }
}

/// Everything that is served below the public address.
pub(super) fn surfaces(
    service: &Service,
    server: &ServerConfig,
    simulated: bool,
) -> Outcome<Router> {
    let mut all = routes::incomplete(service);
    if server.mcp.enabled {
        all = all.merge(switchboard_mcp::router(service));
    }
    if server.console.enabled {
        let mut settings = switchboard_console::Settings::default();
        settings.session = Duration::from_secs(u64::from(server.console.hours()) * 60 * 60);
        settings.simulated = simulated;
        settings.sign_in = setup::sign_in(server)?;
        all = all.merge(switchboard_console::router(service, settings));
    }
    Ok(routes::complete(service, all))
}

/// What runs beside the requests.
pub(super) async fn background(service: Service, stop: impl Future<Output = ()> + Send) {
    if let Err(error) = Background::new(service).run(stop).await {
        tracing::error!(%error, "events and webhooks cannot be sent");
    }
}

pub(super) async fn until(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}
