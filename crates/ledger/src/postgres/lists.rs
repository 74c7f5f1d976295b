//! Lists of numbers in PostgreSQL.

use std::sync::Arc;

use async_trait::async_trait;
use futures::TryStreamExt;
use sqlx::{AssertSqlSafe, PgConnection, Row, postgres::PgRow};
use switchboard_core::{ListName, Result};
use switchboard_journal::{
    ListHasher, ListHead, ListNumbers, NewList, NumberListStore, refuse_list,
};
use uuid::Uuid;

use crate::{
    lists::{BLOCKS, Blocks, HEAD_COLUMNS, HeadRow, blocks, broken_off_before, new_import},
    postgres::{
        PostgresJournal,
        inner::{Inner, carry_out, read},
        tx::TxResult,
    },
    row::{number, whole},
};

const IMPORT_OF: &str = "SELECT import FROM number_lists WHERE name = $1";
const BLOCKS_OF: &str = "SELECT numbers FROM number_list_blocks WHERE import = $1 ORDER BY number";
const ADD_BLOCKS: &str = "INSERT INTO number_list_blocks (import, number, numbers) SELECT $1, * FROM unnest($2::bigint[], $3::bytea[])";
/// Imports and removals of lists wait here for each other.
const NEXT: &str = "UPDATE number_list_generation SET last = last + 1 RETURNING last";
const PUT: &str = "INSERT INTO number_lists (import, name, generation, as_of, covers, count, imported_at, imported_by) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (name) DO UPDATE SET import = excluded.import, \
                   generation = excluded.generation, as_of = excluded.as_of, covers = excluded.covers, count = excluded.count, \
                   imported_at = excluded.imported_at, imported_by = excluded.imported_by";
const REMOVE: &str = "DELETE FROM number_lists WHERE name = $1";
const REMOVE_BLOCKS: &str = "DELETE FROM number_list_blocks WHERE import = $1";
const BROKEN_OFF: &str = "SELECT DISTINCT import FROM number_list_blocks AS b WHERE import < $1 \
                          AND NOT EXISTS (SELECT 1 FROM number_lists AS l WHERE l.import = b.import)";

fn head_row(row: &PgRow) -> sqlx::Result<HeadRow> {
    Ok(HeadRow {
        name: row.try_get(0)?,
        generation: row.try_get(1)?,
        as_of: row.try_get(2)?,
        covers: row.try_get(3)?,
        count: row.try_get(4)?,
        imported_at: row.try_get(5)?,
        imported_by: row.try_get(6)?,
    })
}

async fn heads(connection: &mut PgConnection) -> TxResult<Vec<ListHead>> {
    // By bytes, as everywhere else, whatever the server's language is.
    let sql = format!("SELECT {HEAD_COLUMNS} FROM number_lists ORDER BY name COLLATE \"C\"");
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(connection).await?;
    rows.iter().map(|row| Ok(head_row(row)?.read()?)).collect()
}

async fn head(connection: &mut PgConnection, name: &ListName) -> TxResult<Option<ListHead>> {
    let sql = format!("SELECT {HEAD_COLUMNS} FROM number_lists WHERE name = $1");
    let row =
        sqlx::query(AssertSqlSafe(sql)).bind(name.as_str()).fetch_optional(connection).await?;
    match row {
        Some(row) => Ok(Some(head_row(&row)?.read()?)),
        None => Ok(None),
    }
}

async fn import_of(connection: &mut PgConnection, name: &ListName) -> TxResult<Option<Uuid>> {
    Ok(sqlx::query_scalar(IMPORT_OF).bind(name.as_str()).fetch_optional(connection).await?)
}

async fn list(
    connection: &mut PgConnection,
    name: &ListName,
) -> TxResult<Option<(ListHead, ListNumbers)>> {
    let head = head(&mut *connection, name).await?;
    let (Some(head), Some(import)) = (head, import_of(&mut *connection, name).await?) else {
        return Ok(None);
    };
    let mut whole = Blocks::of(&head);
    let mut rows = sqlx::query(BLOCKS_OF).bind(import).fetch(connection);
    while let Some(row) = rows.try_next().await? {
        whole.add(row.try_get(0)?);
    }
    Ok(Some((head, whole.end()?)))
}

async fn add(
    connection: &mut PgConnection,
    import: Uuid,
    blocks: Vec<(i64, Vec<u8>)>,
) -> TxResult<()> {
    let (positions, numbers): (Vec<i64>, Vec<Vec<u8>>) = blocks.into_iter().unzip();
    sqlx::query(ADD_BLOCKS).bind(import).bind(positions).bind(numbers).execute(connection).await?;
    Ok(())
}

/// Makes the blocks of the import the list, and returns the import that it replaces.
async fn put(
    connection: &mut PgConnection,
    import: Uuid,
    list: &NewList,
) -> TxResult<(ListHead, Option<Uuid>)> {
    let generation: i64 = sqlx::query_scalar(NEXT).fetch_one(&mut *connection).await?;
    refuse_list(list, head(&mut *connection, &list.name).await?.as_ref())?;
    let replaced = import_of(&mut *connection, &list.name).await?;
    let head = list.head(number(generation));
    let row = HeadRow::new(&head);
    sqlx::query(PUT)
        .bind(import)
        .bind(row.name)
        .bind(row.generation)
        .bind(row.as_of)
        .bind(row.covers)
        .bind(row.count)
        .bind(row.imported_at)
        .bind(row.imported_by)
        .execute(connection)
        .await?;
    Ok((head, replaced))
}

async fn remove(
    connection: &mut PgConnection,
    name: &ListName,
) -> TxResult<Option<(ListHead, Uuid)>> {
    let _: i64 = sqlx::query_scalar(NEXT).fetch_one(&mut *connection).await?;
    let head = head(&mut *connection, name).await?;
    let (Some(head), Some(import)) = (head, import_of(&mut *connection, name).await?) else {
        return Ok(None);
    };
    sqlx::query(REMOVE).bind(name.as_str()).execute(connection).await?;
    Ok(Some((head, import)))
}

async fn broken_off(connection: &mut PgConnection) -> TxResult<Vec<Uuid>> {
    Ok(sqlx::query_scalar(BROKEN_OFF).bind(broken_off_before()).fetch_all(connection).await?)
}

impl Inner {
    async fn import_list(&self, list: &NewList) -> Result<ListHead> {
        let mut snapshot = self.snapshot().await?;
        refuse_list(list, read(head(&mut snapshot, &list.name).await)?.as_ref())?;
        let broken_off = read(broken_off(&mut snapshot).await)?;
        drop(snapshot);
        for import in broken_off {
            self.remove_blocks(import).await;
        }
        let import = new_import();
        match self.write_list(import, list).await {
            Ok((head, replaced)) => {
                if let Some(replaced) = replaced {
                    self.remove_blocks(replaced).await;
                }
                Ok(head)
            }
            Err(error) => {
                self.remove_blocks(import).await;
                Err(error)
            }
        }
    }

    async fn write_list(&self, import: Uuid, list: &NewList) -> Result<(ListHead, Option<Uuid>)> {
        let mut blocks = blocks(&list.numbers);
        loop {
            let some: Vec<_> = blocks.by_ref().take(BLOCKS).collect();
            if some.is_empty() {
                break;
            }
            let mut change = self.begin().await?;
            let answer = add(&mut change, import, some).await;
            self.ended_beside(change, answer).await?;
        }
        let mut change = self.begin().await?;
        let answer = put(&mut change, import, list).await;
        self.ended_beside(change, answer).await
    }

    /// Removes the blocks of an import. If this fails, they stay and belong to no list, until a
    /// later import removes them.
    async fn remove_blocks(&self, import: Uuid) {
        let removing = async {
            let mut change = self.begin().await?;
            let removed = sqlx::query(REMOVE_BLOCKS).bind(import).execute(&mut *change).await;
            self.ended_beside(change, removed.map(|_| ()).map_err(Into::into)).await
        };
        if let Err(error) = removing.await {
            tracing::warn!(%error, "the numbers of a former list could not be removed");
        }
    }
}

#[async_trait]
impl NumberListStore for PostgresJournal {
    fn list_hasher(&self) -> ListHasher {
        self.inner.key.list_hasher()
    }

    async fn list_heads(&self) -> Result<Vec<ListHead>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(heads(&mut snapshot).await)
    }

    async fn number_list(&self, name: &ListName) -> Result<Option<(ListHead, ListNumbers)>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(list(&mut snapshot, name).await)
    }

    async fn import_list(&self, mut list: NewList) -> Result<ListHead> {
        (list.as_of, list.at) = (whole(list.as_of), whole(list.at));
        let inner = Arc::clone(&self.inner);
        carry_out(async move { inner.import_list(&list).await }).await
    }

    async fn remove_list(&self, name: &ListName) -> Result<Option<ListHead>> {
        let (inner, name) = (Arc::clone(&self.inner), name.clone());
        carry_out(async move {
            let mut change = inner.begin().await?;
            let answer = remove(&mut change, &name).await;
            let Some((head, import)) = inner.ended_beside(change, answer).await? else {
                return Ok(None);
            };
            inner.remove_blocks(import).await;
            Ok(Some(head))
        })
        .await
    }
}
