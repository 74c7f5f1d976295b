//! Copies of a ledger, made while calls go on.

use std::sync::Arc;

use switchboard_core::{CallRequest, ErrorKind};
use switchboard_ledger::Ledger;

use super::place::{ANN, asks, number, places, talk};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_is_a_ledger_of_one_moment_while_calls_go_on() {
    let place = places().await.remove(0);
    let (_, directory) = place.file.as_ref().unwrap();
    talk(&place.journal, asks(ANN, "gryphon"), "gryphon").await;
    let writing: Vec<_> = (0..8)
        .map(|n| {
            let journal = Arc::clone(&place.journal);
            tokio::spawn(async move {
                for round in 0..10 {
                    let number = format!("+4420794600{:02}", 30 + n);
                    talk(&journal, CallRequest::new(number, format!("Ask {n} {round}.")), "wyvern")
                        .await;
                }
            })
        })
        .collect();
    for n in 0..3 {
        let to = directory.path().join(format!("{n}.backup"));
        let backup = place.ledger.backup(&to).await.unwrap();
        assert_eq!(
            (backup.path.as_path(), backup.bytes),
            (to.as_path(), std::fs::metadata(&to).unwrap().len())
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let copy = Ledger::file(&to, None).await.unwrap();
        let check = copy.check().await.unwrap();
        assert!(check.is_consistent() && check.calls > 0, "{check:?}");
        assert_eq!(copy.tag(&number(ANN)), place.ledger.tag(&number(ANN)));
        let taken = place.ledger.backup(&to).await.unwrap_err();
        assert_eq!((taken.kind(), taken.code()), (ErrorKind::Conflict, Some("backup_exists")));
    }
    for writing in writing {
        writing.await.unwrap();
    }
    assert_eq!(place.ledger.check().await.unwrap().calls, 81);
    let nowhere = place.ledger.backup(&directory.path().join("no/such/place")).await.unwrap_err();
    assert_eq!(nowhere.kind(), ErrorKind::Configuration);
    let left = std::fs::read_dir(directory.path()).unwrap().map(|file| file.unwrap().file_name());
    let hidden: Vec<_> = left.filter(|name| name.to_string_lossy().starts_with('.')).collect();
    assert_eq!(hidden, Vec::<std::ffi::OsString>::new(), "no half copy is left behind");
}

#[tokio::test]
async fn a_ledger_in_postgresql_names_the_tool_that_copies_it() {
    let Some(place) = places().await.into_iter().nth(1) else {
        return;
    };
    let error = place.ledger.backup("never".as_ref()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("pg_dump"));
}
