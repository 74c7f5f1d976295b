//! Kills and pauses the servers at random moments, and starts them again.

use std::{ops::Range, sync::Arc, time::Duration};

use rustix::process::Signal;
use tokio::time::sleep;

use crate::{
    fuzz::Chance,
    serve::{Process, Replicas, Stage},
};

/// How long an ordered end may take: settling, draining, and what is under way.
const ENDS_WITHIN: Duration = Duration::from_secs(30);

/// What is done to a server.
#[derive(Debug, Clone, Copy)]
enum Blow {
    Kill,
    Pause(Duration),
    PauseAndKill(Duration),
    /// SIGTERM: it ends in order.
    End,
}

/// How the servers are struck.
#[derive(Debug, Clone)]
pub struct Strikes {
    /// How long a server is left alone, in milliseconds.
    pub every: Range<usize>,
    /// Whether they are paused, too.
    pub pause: bool,
    /// The seed.
    pub seed: u64,
}

/// What became of one server.
#[derive(Debug, Default, Clone)]
pub struct Course {
    /// How often it was killed.
    pub kills: u32,
    /// How often it was paused and continued.
    pub pauses: u32,
    /// How often it ended in order.
    pub ends: u32,
    /// Why it is broken, if it is.
    pub broken: Option<String>,
}

/// Runs one server, struck until [`Replicas::leave_alone`]. Returns it as it runs in the end.
pub async fn run(
    stage: &Stage,
    replicas: &Arc<Replicas>,
    replica: usize,
    first: Process,
    strikes: &Strikes,
) -> (Option<Process>, Course) {
    let mut chance = Chance::new(strikes.seed ^ (replica as u64).wrapping_mul(0x9e37_79b9));
    let (mut course, mut server) = (Course::default(), first);
    loop {
        let alone = strikes.every.start + chance.below(strikes.every.len());
        let more = left_alone(replicas, Duration::from_millis(alone as u64)).await;
        let over = server.over();
        if let Some(status) = over {
            course.broken = Some(format!("server {replica} ended by itself with {status}"));
        } else if !more {
            return (Some(server), course);
        }
        match draw(&mut chance, strikes.pause) {
            _ if over.is_some() => {}
            Blow::Pause(length) => {
                let _loud = replicas.quiet.read().await;
                pause(&server, length).await;
                server.signal(Signal::CONT);
                course.pauses += 1;
                continue;
            }
            Blow::PauseAndKill(length) => {
                let loud = replicas.quiet.read().await;
                pause(&server, length).await;
                server.kill().await;
                drop(loud);
                course.kills += 1;
            }
            Blow::Kill => {
                server.kill().await;
                course.kills += 1;
            }
            Blow::End => match server.terminate(ENDS_WITHIN).await {
                Ok(status) if status.success() => course.ends += 1,
                Ok(status) => {
                    course.broken = Some(format!("server {replica} ended with {status}"));
                    replicas.is_gone();
                    return (None, course);
                }
                Err(problem) => {
                    course.broken = Some(problem);
                    replicas.is_gone();
                    return (None, course);
                }
            },
        }
        // Half of them are missed for a while.
        if chance.below(2) == 0 {
            sleep(Duration::from_millis(chance.below(1500) as u64)).await;
        }
        match stage.serve(replica, &replicas.addresses()[replica]).await {
            Ok(started) => server = started,
            Err(problem) => {
                course.broken = Some(problem);
                replicas.is_gone();
                return (None, course);
            }
        }
    }
}

/// False if no more strikes are due.
async fn left_alone(replicas: &Replicas, length: Duration) -> bool {
    let until = tokio::time::Instant::now() + length;
    while tokio::time::Instant::now() < until {
        if !replicas.are_struck() {
            return false;
        }
        sleep(Duration::from_millis(20).min(length)).await;
    }
    replicas.are_struck()
}

async fn pause(server: &Process, length: Duration) {
    server.signal(Signal::STOP);
    sleep(length).await;
}

/// Many pauses are longer than the lease of a ledger that servers share, so that the others have
/// taken over the calls when it wakes.
fn draw(chance: &mut Chance, pauses: bool) -> Blow {
    let length = Duration::from_millis(500 + chance.below(5500) as u64);
    match chance.below(if pauses { 12 } else { 6 }) {
        0 => Blow::End,
        1..6 => Blow::Kill,
        6 => Blow::PauseAndKill(length),
        _ => Blow::Pause(length),
    }
}
