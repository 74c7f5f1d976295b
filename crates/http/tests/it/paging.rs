//! Lists read to their end and no further.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use futures::{StreamExt, TryStreamExt, future::ready};
use switchboard_core::{Error, ErrorKind, ProviderId, Result};
use switchboard_http::{PageOf, ReadBudget, ReadLimits, pages};

fn budget(bounds: ReadLimits) -> ReadBudget {
    ReadBudget::new(ProviderId::from_static("simulated"), bounds)
}

type Page = (&'static [u32], Option<u32>);

/// Reads all of a list whose page after cursor `n` is `book[n]`; answers the rows and how many
/// pages were asked for.
async fn read(book: &'static [Page], most_pages: usize) -> (Result<Vec<u32>>, usize) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let bounds = ReadLimits { pages: most_pages, ..ReadLimits::LIST };
    let rows = pages(None, budget(bounds), u32::to_string, move |cursor: Option<u32>| {
        count.fetch_add(1, Ordering::SeqCst);
        let (items, next) = book[cursor.unwrap_or(0) as usize];
        ready(Ok(PageOf { items: items.to_vec(), next }))
    });
    (rows.try_collect().await, asked.load(Ordering::SeqCst))
}

#[tokio::test]
async fn a_list_ends_where_there_is_no_next() {
    let (rows, asked) = read(&[(&[1, 2], Some(1)), (&[3], None)], 9).await;
    assert_eq!((rows.unwrap(), asked), (vec![1, 2, 3], 2));
}

#[tokio::test]
async fn overlapping_pages_show_each_row_once() {
    let (rows, _) = read(&[(&[1, 2, 2], Some(1)), (&[2, 3], Some(2)), (&[3, 4], None)], 9).await;
    assert_eq!(rows.unwrap(), [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_page_without_a_new_row_is_the_end() {
    let (rows, asked) = read(&[(&[1, 2], Some(1)), (&[2, 1], Some(2)), (&[3], None)], 9).await;
    assert_eq!((rows.unwrap(), asked), (vec![1, 2], 2));
}

#[tokio::test]
async fn an_empty_page_is_the_end() {
    let (rows, asked) = read(&[(&[], Some(1)), (&[1], None)], 9).await;
    assert_eq!((rows.unwrap(), asked), (vec![], 1));
}

#[tokio::test]
async fn a_cursor_that_repeats_is_the_end() {
    let (rows, asked) = read(&[(&[1], Some(1)), (&[2], Some(1)), (&[3], None)], 9).await;
    assert_eq!((rows.unwrap(), asked), (vec![1, 2], 2));
}

#[tokio::test]
async fn a_list_longer_than_the_cap_fails_rather_than_look_complete() {
    let (rows, asked) = read(&[(&[1], Some(1)), (&[2], Some(2)), (&[3], None)], 2).await;
    assert_eq!((rows.unwrap_err().kind(), asked), (ErrorKind::Decode, 2));
}

#[tokio::test]
async fn a_page_that_fails_ends_the_list_with_its_error_after_the_rows_before_it() {
    let list = pages(None, budget(ReadLimits::LIST), u32::to_string, |cursor: Option<u32>| {
        ready(match cursor {
            None => Ok(PageOf { items: vec![1], next: Some(1) }),
            Some(_) => Err(Error::new(ErrorKind::Timeout, "no answer in time")),
        })
    });
    let rows: Vec<_> = list.collect().await;
    assert_eq!(rows.len(), 2);
    assert_eq!(*rows[0].as_ref().unwrap(), 1);
    assert_eq!(rows[1].as_ref().unwrap_err().kind(), ErrorKind::Timeout);
}
