//! One process is replaced by another on the same socket, as systemd does it, under load.

use std::{
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::Value;
use switchboard_tests::{
    callee,
    serve::{Process, Stage, http::ask},
    wait::until,
};
use tokio::process::Command;

use crate::support::{place, sqlite};

const CLIENTS: usize = 16;
/// One of so many requests places a call. More of them would be more calls under way than a slow
/// machine can follow, and each process takes over those of the one before.
const PLACES: usize = 8;

/// A server on a socket that it inherits.
async fn inheriting(stage: &Stage, socket: &TcpListener) -> Process {
    let program = stage.command(&["serve", "--json"]);
    // The shell gives the socket the number and the process id that the server expects.
    let mut command = Command::new("sh");
    command.args(["-c", "exec 3<&0 </dev/null; LISTEN_FDS=1 LISTEN_PID=$$ exec \"$@\"", "sh"]);
    command.arg(program.as_std().get_program()).args(program.as_std().get_args());
    stage.prepare(&mut command);
    command.stdin(std::os::fd::OwnedFd::from(socket.try_clone().unwrap()));
    command.stderr(std::fs::File::create(stage.log_file(0)).unwrap());
    Process::start(command).await.unwrap()
}

#[derive(Debug, Default)]
struct Load {
    over: AtomicBool,
    asked: AtomicUsize,
    placed: AtomicUsize,
}

/// Reads and places, each time on a connection of its own. Returns what failed.
async fn load(address: String, key: String, client: usize, load: Arc<Load>) -> Vec<String> {
    let mut failed = Vec::new();
    for number in 0.. {
        if load.over.load(Ordering::SeqCst) {
            break;
        }
        let answer = if number % PLACES == 0 {
            let call = load.placed.fetch_add(1, Ordering::SeqCst);
            place(&address, &key, &format!("{client}-{number}"), &callee(call)).await
        } else {
            ask(&address, &key, "GET", "/v1/me", &Value::Null).await
        };
        match answer {
            Ok(answer) if answer.status < 300 => {}
            Ok(answer) => failed.push(format!("{} {}", answer.status, answer.code())),
            Err(error) => failed.push(error.to_string()),
        }
        load.asked.fetch_add(1, Ordering::SeqCst);
    }
    failed
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_fails_while_one_process_replaces_another() {
    let stage = sqlite(|_| {}).await;
    let socket = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = socket.local_addr().unwrap().to_string();
    let key = stage.key(&["--role", "caller", "--tenant", "acme"]).await;
    let mut serving = inheriting(&stage, &socket).await;
    let shared = Arc::new(Load::default());
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| tokio::spawn(load(address.clone(), key.clone(), client, Arc::clone(&shared))))
        .collect();
    for _ in 0..4 {
        let begin = shared.asked.load(Ordering::SeqCst);
        until("some load", || shared.asked.load(Ordering::SeqCst) > begin + 100).await;
        let next = inheriting(&stage, &socket).await;
        let status = serving.terminate(Duration::from_secs(30)).await.unwrap();
        assert!(status.success(), "{status}");
        serving = next;
    }
    let begin = shared.asked.load(Ordering::SeqCst);
    until("some load", || shared.asked.load(Ordering::SeqCst) > begin + 100).await;
    shared.over.store(true, Ordering::SeqCst);
    let mut failed = Vec::new();
    for client in clients {
        failed.extend(client.await.unwrap());
    }
    let asked = shared.asked.load(Ordering::SeqCst);
    assert!(failed.is_empty(), "{} of {asked}: {:?}", failed.len(), &failed[..failed.len().min(5)]);
    assert!(stage.sims.rings.duplicates().is_empty());
}
