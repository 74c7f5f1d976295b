//! Lists of numbers in SQLite.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row, params};
use switchboard_core::{ListName, Result};
use switchboard_journal::{
    ListHasher, ListHead, ListNumbers, NewList, NumberListStore, refuse_list,
};
use uuid::Uuid;

use crate::{
    lists::{BLOCKS, Blocks, HEAD_COLUMNS, HeadRow, blocks, broken_off_before, new_import},
    row::{number, whole},
    sqlite::{SqliteJournal, tx::TxResult},
};

const IMPORT_OF: &str = "SELECT import FROM number_lists WHERE name = ?1";
const BLOCKS_OF: &str = "SELECT numbers FROM number_list_blocks WHERE import = ?1 ORDER BY number";
const ADD_BLOCK: &str =
    "INSERT INTO number_list_blocks (import, number, numbers) VALUES (?1, ?2, ?3)";
const NEXT: &str = "UPDATE number_list_generation SET last = last + 1 RETURNING last";
const PUT: &str = "INSERT OR REPLACE INTO number_lists (import, name, generation, as_of, covers, count, imported_at, imported_by) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
const REMOVE: &str = "DELETE FROM number_lists WHERE name = ?1";
const REMOVE_BLOCKS: &str = "DELETE FROM number_list_blocks WHERE rowid IN \
                             (SELECT rowid FROM number_list_blocks WHERE import = ?1 LIMIT ?2)";
const BROKEN_OFF: &str = "SELECT DISTINCT import FROM number_list_blocks AS b WHERE import < ?1 \
                          AND NOT EXISTS (SELECT 1 FROM number_lists AS l WHERE l.import = b.import)";

fn head_row(row: &Row<'_>) -> rusqlite::Result<HeadRow> {
    Ok(HeadRow {
        name: row.get(0)?,
        generation: row.get(1)?,
        as_of: row.get(2)?,
        covers: row.get(3)?,
        count: row.get(4)?,
        imported_at: row.get(5)?,
        imported_by: row.get(6)?,
    })
}

fn heads(connection: &Connection) -> TxResult<Vec<ListHead>> {
    let sql = format!("SELECT {HEAD_COLUMNS} FROM number_lists ORDER BY name");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows: Vec<HeadRow> = statement.query_map([], head_row)?.collect::<rusqlite::Result<_>>()?;
    Ok(rows.into_iter().map(HeadRow::read).collect::<Result<_>>()?)
}

fn head(connection: &Connection, name: &ListName) -> TxResult<Option<ListHead>> {
    let sql = format!("SELECT {HEAD_COLUMNS} FROM number_lists WHERE name = ?1");
    let row = connection.prepare_cached(&sql)?.query_row([name.as_str()], head_row).optional()?;
    Ok(row.map(HeadRow::read).transpose()?)
}

fn import_of(connection: &Connection, name: &ListName) -> rusqlite::Result<Option<[u8; 16]>> {
    connection.prepare_cached(IMPORT_OF)?.query_row([name.as_str()], |row| row.get(0)).optional()
}

fn list(connection: &Connection, name: &ListName) -> TxResult<Option<(ListHead, ListNumbers)>> {
    let (Some(head), Some(import)) = (head(connection, name)?, import_of(connection, name)?) else {
        return Ok(None);
    };
    let mut read = Blocks::of(&head);
    let mut statement = connection.prepare_cached(BLOCKS_OF)?;
    let mut rows = statement.query([import])?;
    while let Some(row) = rows.next()? {
        read.add(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?);
    }
    Ok(Some((head, read.end()?)))
}

fn add(connection: &Connection, import: Uuid, blocks: &[(i64, Vec<u8>)]) -> TxResult<()> {
    let mut statement = connection.prepare_cached(ADD_BLOCK)?;
    for (number, numbers) in blocks {
        statement.execute(params![import.as_bytes(), number, numbers])?;
    }
    Ok(())
}

/// Makes the blocks of the import the list, and returns the import that it replaces.
fn put(
    connection: &Connection,
    import: Uuid,
    list: &NewList,
) -> TxResult<(ListHead, Option<[u8; 16]>)> {
    refuse_list(list, head(connection, &list.name)?.as_ref())?;
    let replaced = import_of(connection, &list.name)?;
    let generation = connection.prepare_cached(NEXT)?.query_row([], |row| row.get(0))?;
    let head = list.head(number(generation));
    let row = HeadRow::new(&head);
    connection.prepare_cached(PUT)?.execute(params![
        import.as_bytes(),
        row.name,
        row.generation,
        row.as_of,
        row.covers,
        row.count,
        row.imported_at,
        row.imported_by,
    ])?;
    Ok((head, replaced))
}

fn remove(connection: &Connection, name: &ListName) -> TxResult<Option<(ListHead, [u8; 16])>> {
    let (Some(head), Some(import)) = (head(connection, name)?, import_of(connection, name)?) else {
        return Ok(None);
    };
    connection.prepare_cached(REMOVE)?.execute([name.as_str()])?;
    Ok(Some((head, import)))
}

fn broken_off(connection: &Connection) -> TxResult<Vec<[u8; 16]>> {
    let mut statement = connection.prepare_cached(BROKEN_OFF)?;
    let rows = statement.query_map([broken_off_before().as_bytes()], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

impl SqliteJournal {
    async fn write_list(
        &self,
        import: Uuid,
        list: &NewList,
    ) -> Result<(ListHead, Option<[u8; 16]>)> {
        let mut blocks = blocks(&list.numbers);
        loop {
            let some: Vec<_> = blocks.by_ref().take(BLOCKS).collect();
            if some.is_empty() {
                break;
            }
            self.writer
                .run_without_savepoint(move |connection| add(connection, import, &some))
                .await?;
        }
        let list = list.clone();
        self.writer.run_without_savepoint(move |connection| put(connection, import, &list)).await
    }

    /// Removes the blocks of an import, a part in each transaction. If this fails, they stay and
    /// belong to no list, until a later import removes them.
    async fn remove_blocks(&self, import: [u8; 16]) {
        let removing = || {
            self.writer.run_without_savepoint(move |connection| {
                let most = i64::try_from(BLOCKS).unwrap_or(1);
                Ok(connection.prepare_cached(REMOVE_BLOCKS)?.execute(params![import, most])?)
            })
        };
        loop {
            match removing().await {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "the numbers of a former list could not be removed");
                    break;
                }
            }
        }
    }
}

#[async_trait]
impl NumberListStore for SqliteJournal {
    fn list_hasher(&self) -> ListHasher {
        self.key.list_hasher()
    }

    async fn list_heads(&self) -> Result<Vec<ListHead>> {
        self.read(heads).await
    }

    async fn number_list(&self, name: &ListName) -> Result<Option<(ListHead, ListNumbers)>> {
        let name = name.clone();
        self.read(move |connection| list(connection, &name)).await
    }

    async fn import_list(&self, mut list: NewList) -> Result<ListHead> {
        (list.as_of, list.at) = (whole(list.as_of), whole(list.at));
        let name = list.name.clone();
        refuse_list(&list, self.read(move |connection| head(connection, &name)).await?.as_ref())?;
        for import in self.read(broken_off).await? {
            self.remove_blocks(import).await;
        }
        let import = new_import();
        match self.write_list(import, &list).await {
            Ok((head, replaced)) => {
                if let Some(replaced) = replaced {
                    self.remove_blocks(replaced).await;
                }
                Ok(head)
            }
            Err(error) => {
                self.remove_blocks(import.into_bytes()).await;
                Err(error)
            }
        }
    }

    async fn remove_list(&self, name: &ListName) -> Result<Option<ListHead>> {
        let name = name.clone();
        let removed =
            self.writer.run_without_savepoint(move |connection| remove(connection, &name)).await?;
        let Some((head, import)) = removed else { return Ok(None) };
        self.remove_blocks(import).await;
        Ok(Some(head))
    }
}
