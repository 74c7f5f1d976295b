//! Lists of numbers: kept whole, replaced in one step, and never smaller by accident.

use std::sync::Arc;

use jiff::Timestamp;
use switchboard_core::{ErrorKind, ListName, ListState, ListedNumber, PhoneNumber};

use crate::{Journal, ListCache, ListHead, ListNumbers, NewList, NumberListStore, conformance::at};

/// More than a block of any store has.
const MANY: u64 = 20_000;

fn name(text: &str) -> ListName {
    text.parse().unwrap()
}

/// The `n`th number, which belongs to an area code for fiction.
fn listed(n: u64) -> ListedNumber {
    ListedNumber::from_digits((12_125_550_000 + n).to_string().as_bytes()).unwrap()
}

/// These numbers as a list has them, all of them listed.
fn numbers(
    store: &(impl NumberListStore + ?Sized),
    which: impl IntoIterator<Item = u64>,
) -> ListNumbers {
    let hasher = store.list_hasher();
    let entries = which.into_iter().map(|n| ListNumbers::entry(&hasher, listed(n), true));
    ListNumbers::new(entries.collect()).0
}

fn list(
    store: &(impl NumberListStore + ?Sized),
    text: &str,
    as_of: Timestamp,
    which: impl IntoIterator<Item = u64>,
) -> NewList {
    NewList::new(name(text), as_of, numbers(store, which), at(100)).with(|list| {
        list.covers = "+1212,FR".parse().unwrap();
        list.by = "Ada \u{1f642}".to_owned();
    })
}

async fn import(store: &dyn Journal, list: NewList) -> ListHead {
    let given = list.clone();
    let head = store.import_list(list).await.unwrap();
    assert_eq!(head, given.head(head.generation), "what is returned is what was given");
    assert_eq!(store.number_list(&given.name).await.unwrap(), Some((head.clone(), given.numbers)));
    head
}

pub(super) async fn a_list_is_kept_whole_and_replaced_whole(store: Arc<dyn Journal>) {
    let store = &*store;
    assert_eq!(store.list_heads().await.unwrap(), []);
    assert_eq!(store.number_list(&name("US-FTC")).await.unwrap(), None);
    let first = import(store, list(store, "US-FTC", at(1), 0..MANY)).await;
    assert_eq!(first.count, MANY);
    let own = import(store, list(store, "Own.list_1", at(2), [7])).await;
    assert_eq!(store.list_heads().await.unwrap(), [own.clone(), first.clone()], "sorted by name");
    let second = import(store, list(store, "US-FTC", at(3), 5..MANY)).await;
    assert!(first.generation < own.generation && own.generation < second.generation);
    assert_eq!(store.list_heads().await.unwrap(), [own.clone(), second.clone()]);
    assert_eq!(store.remove_list(&name("US-FTC")).await.unwrap(), Some(second.clone()));
    assert_eq!(store.remove_list(&name("US-FTC")).await.unwrap(), None);
    assert_eq!(store.number_list(&name("US-FTC")).await.unwrap(), None);
    let third = import(store, list(store, "US-FTC", at(3), 5..MANY)).await;
    assert!(third.generation > second.generation, "a removal is not forgotten");
    assert_eq!(store.list_heads().await.unwrap(), [own, third]);
}

pub(super) async fn a_list_is_not_worse_by_accident(store: Arc<dyn Journal>) {
    let store = &*store;
    let refused = async |list: NewList, code: &str| {
        let before = store.list_heads().await.unwrap();
        let error = store.import_list(list.clone()).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Conflict, Some(code)));
        assert_eq!(store.list_heads().await.unwrap(), before, "nothing changed");
        list.with(|list| list.confirmed = true)
    };
    let empty = refused(list(store, "A", at(10), []), "list_is_empty").await;
    import(store, empty).await;
    import(store, list(store, "A", at(10), 0..7)).await;
    refused(list(store, "A", at(10), 0..3), "list_shrinks").await;
    refused(list(store, "A", at(9), 0..7), "list_is_older").await;
    // Half of it and the same date are no accident.
    import(store, list(store, "A", at(10), 0..4)).await;
    let smaller = refused(list(store, "A", at(11), [1]), "list_shrinks").await;
    import(store, smaller).await;
    let older = refused(list(store, "A", at(5), [1]), "list_is_older").await;
    import(store, older).await;
    import(store, list(store, "B", at(1), [1])).await;
}

pub(super) async fn a_list_says_listed_absent_or_nothing(store: Arc<dyn Journal>) {
    let store = &*store;
    let number = |n: u64| PhoneNumber::parse(&format!("+{}", 12_125_550_000 + n)).unwrap();
    let cache = ListCache::new(store);
    let says = |list: &str, n: u64| cache.state(list, &number(n));
    assert!(!cache.refresh(store).await.unwrap(), "there is nothing");
    assert_eq!(says("A", 100), ListState::Missing);
    let head = import(store, list(store, "A", at(1), (100..200).step_by(2))).await;
    assert_eq!(says("A", 100), ListState::Missing, "until it is refreshed");
    assert!(cache.refresh(store).await.unwrap());
    assert!(!cache.refresh(store).await.unwrap());
    assert_eq!(cache.heads(), [head]);
    let as_of = at(1);
    for n in 100..200 {
        let expected =
            if n % 2 == 0 { ListState::Listed { as_of } } else { ListState::Absent { as_of } };
        assert_eq!(says("A", n), expected, "{n}");
    }
    let outside = PhoneNumber::parse("+13125550142").unwrap();
    assert_eq!(cache.state("A", &outside), ListState::NotCovered { as_of });
    let paris = PhoneNumber::parse("+33199000123").unwrap();
    assert_eq!(cache.state("A", &paris), ListState::Absent { as_of }, "its country is covered");
    assert_eq!(cache.state("a", &number(100)), ListState::Missing, "names are as they are written");

    // A washed list speaks of the numbers in it alone.
    let hasher = store.list_hasher();
    let entry = |n: u64, is_listed| ListNumbers::entry(&hasher, listed(n), is_listed);
    let (numbers, doubles) = ListNumbers::new(vec![
        entry(100, true),
        entry(101, false),
        entry(102, false),
        entry(102, true),
        entry(101, false),
    ]);
    assert_eq!((numbers.len(), doubles), (3, 2));
    import(store, NewList::new(name("W"), at(2), numbers, at(100))).await;
    assert!(store.remove_list(&name("A")).await.unwrap().is_some());
    assert!(cache.refresh(store).await.unwrap());
    let as_of = at(2);
    assert_eq!(says("W", 100), ListState::Listed { as_of });
    assert_eq!(says("W", 101), ListState::Absent { as_of });
    assert_eq!(says("W", 102), ListState::Listed { as_of }, "who is listed once is listed");
    assert_eq!(says("W", 103), ListState::NotCovered { as_of });
    assert_eq!(says("A", 100), ListState::Missing, "it was removed");
}

/// Two lists take turns, each with numbers of its own and its own date. Whoever reads meanwhile
/// finds one of them, whole.
pub(super) async fn readers_see_one_list_and_never_a_mix(
    one: Arc<dyn Journal>,
    other: Arc<dyn Journal>,
) {
    const TURNS: u64 = 6;
    let all = name("A");
    let turn = |store: &dyn Journal, n: u64| {
        list(store, "A", at(n), (0..MANY).map(|one| one * 2 + n % 2))
            .with(|list| list.confirmed = true)
    };
    one.import_list(turn(&*one, 0)).await.unwrap();
    assert!(other.list_hasher().hash(listed(1)) == one.list_hasher().hash(listed(1)));
    let writing = async {
        for n in 1..=TURNS {
            one.import_list(turn(&*one, n)).await.unwrap();
        }
    };
    let reading = async {
        let (mut last, mut seen) = (0, 0);
        while seen < at(TURNS).as_second() {
            let (head, numbers) = other.number_list(&all).await.unwrap().unwrap();
            let n = (0..=TURNS).find(|n| at(*n) == head.as_of).unwrap();
            assert!(numbers == turn(&*other, n).numbers, "the numbers are those of the head");
            assert!(head.generation >= last, "no list comes back");
            (last, seen) = (head.generation, head.as_of.as_second());
        }
    };
    futures::join!(writing, reading);
    // Both at once: one of them is the list, and the other one was.
    let (first, second) =
        futures::join!(one.import_list(turn(&*one, 1)), other.import_list(turn(&*other, 2)));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_ne!(first.generation, second.generation);
    let last = if first.generation > second.generation { first } else { second };
    for store in [&one, &other] {
        assert_eq!(store.list_heads().await.unwrap(), std::slice::from_ref(&last));
        assert_eq!(store.number_list(&all).await.unwrap().unwrap().0, last);
    }
}
