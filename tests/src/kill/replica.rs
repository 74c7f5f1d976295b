//! One process that works on the table: killed and restarted until it ends by itself.

use std::{
    collections::VecDeque, os::unix::process::ExitStatusExt, process::ExitStatus, time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    process::Child,
    time::{Instant, sleep, sleep_until, timeout},
};

use crate::kill::{Blow, Moment, Stage, Strike, operator};

/// How long a process may run without being killed. Its longest wait is about 20 s.
const LONGEST: Duration = Duration::from_secs(120);
/// How often a process may report that it cannot continue and be restarted.
const FAILURES: u32 = 20;
/// How long a kill waits for its ring.
const LAST_RING: Duration = Duration::from_secs(8);
/// How often the records of the providers are polled for a ring.
const GLANCE: Duration = Duration::from_millis(2);

/// The result of a process.
#[derive(Debug, Default)]
pub struct Course {
    /// How often it was killed.
    pub kills: u32,
    /// How often it was paused and continued.
    pub pauses: u32,
    /// How often it failed by itself and was restarted.
    pub failures: u32,
    /// How many calls an operator had to resolve.
    pub resolved: u32,
    /// When it was last killed or paused.
    pub struck: Option<Instant>,
    /// Why it did not end properly.
    pub broken: Option<String>,
}

enum Life {
    Ended(ExitStatus),
    Killed,
    Hung,
}

/// Runs the batch until it ends by itself.
pub async fn run(stage: &Stage, replica: usize, mut strikes: VecDeque<Strike>) -> Course {
    let mut course = Course::default();
    loop {
        let mut child = stage.batch(replica).spawn().unwrap();
        match live(stage, &mut child, &mut strikes, &mut course).await {
            Life::Killed => {}
            Life::Hung => {
                let _ = child.kill().await;
                course.broken =
                    Some(format!("batch {replica} did not end within {} s", LONGEST.as_secs()));
                return course;
            }
            Life::Ended(status) => match status.code() {
                // Every row is accounted for: done, rejected, to be approved, or in doubt.
                Some(0 | 3 | 4 | 5) => return course,
                Some(1) if course.failures < FAILURES => {
                    course.failures += 1;
                    sleep(Duration::from_millis(200)).await;
                }
                Some(_) | None => {
                    course.broken = Some(format!("batch {replica} ended with {status}"));
                    return course;
                }
            },
        }
    }
}

/// One run, from its start to its end or kill.
async fn live(
    stage: &Stage,
    child: &mut Child,
    strikes: &mut VecDeque<Strike>,
    course: &mut Course,
) -> Life {
    let (born, rings) = (Instant::now(), stage.ring_count());
    while let Some(strike) = strikes.front().copied() {
        tokio::select! {
            biased;
            status = child.wait() => return Life::Ended(status.unwrap()),
            () = comes(stage, strike.at, born, rings) => {}
        }
        strikes.pop_front();
        course.struck = Some(Instant::now());
        match strike.blow {
            Blow::Kill => return kill(child, course).await,
            Blow::PauseAndKill(length) => {
                send(child, Signal::STOP);
                sleep(length).await;
                return kill(child, course).await;
            }
            Blow::Pause(length) => {
                send(child, Signal::STOP);
                sleep(length).await;
                send(child, Signal::CONT);
                course.pauses += 1;
                course.struck = Some(Instant::now());
            }
        }
    }
    let patience = Instant::now() + LONGEST;
    while Instant::now() < patience {
        if let Ok(status) = timeout(operator::PATIENCE, child.wait()).await {
            return Life::Ended(status.unwrap());
        }
        course.resolved += operator::decide(stage).await;
    }
    Life::Hung
}

async fn comes(stage: &Stage, at: Moment, born: Instant, rings: usize) {
    match at {
        Moment::Age(age) => sleep_until(born + age).await,
        Moment::Ring(more, later) => {
            let ring = async {
                while stage.ring_count() < rings + more {
                    sleep(GLANCE).await;
                }
            };
            // There may not be that many rings left; then it is killed anyway.
            let _ = timeout(LAST_RING, ring).await;
            sleep(later).await;
        }
    }
}

/// Kills it, unless it has just ended by itself.
async fn kill(child: &mut Child, course: &mut Course) -> Life {
    child.start_kill().unwrap();
    let status = child.wait().await.unwrap();
    course.struck = Some(Instant::now());
    if status.signal() == Some(Signal::KILL.as_raw()) {
        course.kills += 1;
        return Life::Killed;
    }
    Life::Ended(status)
}

/// The child was not waited for yet, so its process id is still valid.
fn send(child: &Child, signal: Signal) {
    let id = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)).unwrap();
    kill_process(id, signal).unwrap();
}
