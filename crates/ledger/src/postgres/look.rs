//! Looks at the database without opening it as a ledger.

use std::{str::FromStr, time::Duration};

use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, postgres::PgConnectOptions,
};
use switchboard_core::{Error, ErrorKind, Result};

use crate::{
    look::Look,
    postgres::{schema, tx::NOW},
    refusal::failed,
};

/// Looks at a database.
pub(crate) async fn look(url: &str, patience: Duration) -> Result<Look> {
    let options = PgConnectOptions::from_str(url).map_err(|source| {
        let message = "is no address of a PostgreSQL database: write postgres://user@host/database";
        Error::new(ErrorKind::Configuration, message).with_field("ledger").with_source(source)
    })?;
    let looking = async {
        let mut connection =
            options.application_name("switchboard look").connect().await.map_err(broken)?;
        let look = look_at(&mut connection).await;
        let _ = connection.close().await;
        look
    };
    tokio::time::timeout(patience, looking).await.unwrap_or_else(|_| {
        Err(Error::new(ErrorKind::Timeout, "the ledger did not answer in time"))
    })
}

async fn look_at(connection: &mut PgConnection) -> Result<Look> {
    let (schema, newest) = schema::version(connection).await?;
    let processes: i64 = if schema == 0 {
        0
    } else {
        let living = format!("SELECT count(*) FROM processes WHERE seen_at + lease >= {NOW}");
        sqlx::query_scalar(AssertSqlSafe(living))
            .fetch_one(&mut *connection)
            .await
            .map_err(broken)?
    };
    Ok(Look {
        schema,
        newest,
        damage: Vec::new(),
        is_whole: true,
        processes: usize::try_from(processes).ok(),
    })
}

fn broken(source: sqlx::Error) -> Error {
    failed("being looked at", source)
}
