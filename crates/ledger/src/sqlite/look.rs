//! Looks at the file without opening it as a ledger.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, ErrorCode, InterruptHandle};
use switchboard_core::{Error, ErrorKind, Result};

use crate::{
    look::Look,
    refusal::failed,
    sqlite::{file, private, processes, schema},
};

/// How long another process may keep the ledger from being written.
const LOCKED_FOR: Duration = Duration::from_secs(2);
const QUICK_CHECK: &str = "PRAGMA quick_check(5)";
const SOUND: &str = "ok";

/// Looks at a file that exists. What takes longer than `patience` is left out.
pub(crate) async fn look(path: PathBuf, patience: Duration) -> Result<Look> {
    let (stop, stops) = tokio::sync::oneshot::channel();
    let looking = tokio::task::spawn_blocking(move || look_at(&path, stop));
    let timer = async {
        if let Ok(interrupt) = stops.await {
            tokio::time::sleep(patience).await;
            let interrupt: InterruptHandle = interrupt;
            interrupt.interrupt();
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        looked = looking => looked.unwrap_or_else(|source| Err(failed("being looked at", source))),
        () = timer => Err(Error::new(ErrorKind::Timeout, "the ledger could not be looked at in time")),
    }
}

fn look_at(path: &Path, stop: tokio::sync::oneshot::Sender<InterruptHandle>) -> Result<Look> {
    let broken = |source| failed("being looked at", source);
    let locks = processes::directory(path).map_err(|source| {
        Error::new(ErrorKind::Configuration, format!("{} cannot be found", path.display()))
            .with_field("ledger")
            .with_source(source)
    })?;
    private::check(path, &locks)?;
    let reader = file::reader(path)?;
    let (schema, newest) = schema::version(&reader)?;
    // If nobody waits, there is no limit.
    let _ = stop.send(reader.get_interrupt_handle());
    let (damage, is_whole) = match damage(&reader) {
        Ok(damage) => (damage, true),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => {
            (Vec::new(), false)
        }
        Err(error) => return Err(broken(error)),
    };
    Ok(Look { schema, newest, damage, is_whole, processes: processes(path, &locks)? })
}

fn damage(reader: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = reader.prepare(QUICK_CHECK)?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    let rows: Vec<String> = rows.collect::<rusqlite::Result<_>>()?;
    Ok(rows.into_iter().filter(|row| row != SOUND).collect())
}

/// How many processes have the ledger open; `None` if one of them kept it from being written. Locks
/// are only tried in a write transaction, so that no process is joining meanwhile.
fn processes(path: &Path, locks: &Path) -> Result<Option<usize>> {
    let broken = |source| failed("being looked at", source);
    let connection = file::connect(path)?;
    connection.busy_timeout(LOCKED_FOR).map_err(broken)?;
    match connection.execute_batch("BEGIN IMMEDIATE") {
        Ok(()) => {}
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
            return Ok(None);
        }
        Err(error) => return Err(broken(error)),
    }
    let seen = processes::seen(locks);
    connection.execute_batch("ROLLBACK").map_err(broken)?;
    Ok(Some(seen))
}
