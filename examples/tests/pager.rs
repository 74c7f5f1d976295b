//! The example backend passes the suite that every backend has to pass.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use switchboard::SystemClock;
use switchboard_examples::{pager::Pager, pager_harness::PagerHarness};
use switchboard_testkit::conformance;

#[tokio::test]
async fn the_example_backend_conforms() {
    let pager = Pager::new(Arc::new(SystemClock));
    let report =
        conformance::run(&pager, &PagerHarness::new(pager.clone()).unwrap(), &SystemClock).await;
    assert!(report.passed(), "{report}");
    let (passed, excused) = report.counts();
    assert!(passed >= 10 && excused <= 12, "{report}");
}
