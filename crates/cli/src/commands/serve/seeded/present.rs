//! What happens from now on: submitted to the service as clients submit it, and placed by the engine.

use std::time::Duration;

use axum::body::Bytes;
use jiff::Timestamp;
use switchboard::{CallRequest, Switchboard};
use switchboard_api::{
    Service, TableFormat,
    caller::{Caller, CallsWrite, WebhooksManage},
    idempotency::RequestKey,
    service::Table,
    wire::{NewWebhookEndpoint, WebhookFormat},
};
use switchboard_batch::RowDefaults;

use super::cast::{OPTED_OUT, TENANT};
use crate::failure::{Failure, Outcome};

/// The first call that begins by itself, and how long after one another they begin.
const FIRST: Duration = Duration::from_secs(8);
const EVERY: Duration = Duration::from_secs(12);
const BEGIN: u32 = 10;
/// A call that waits for its time.
const LATER: Duration = Duration::from_secs(3 * 60 * 60);
const TASK: &str = "Ask whether a table for four is free tonight.";
/// The provider that is asked first for Germany answers with a pause.
const GERMAN: &str = "+493023125900";
const BATCH: &str = "to,task,business_name\n\
    +442079460501,Ask for the opening hours on New Year's Day.,The Old Mill\n\
    +442079460502,Ask for the opening hours on New Year's Day.,Harbour Kitchen\n\
    +12125550195,Ask for the opening hours on New Year's Day.,Corner Table\n\
    +13125550196,Ask for the opening hours on New Year's Day.,Lake View\n\
    +14155550197,Ask for the opening hours on New Year's Day.,Bay Leaf\n\
    +442079460503,Ask for the opening hours on New Year's Day.,Three Bells\n";

/// Submits it all; the engine goes on with it.
///
/// # Errors
/// The ledger cannot be written.
pub(in crate::commands::serve) async fn submit(
    switchboard: &Switchboard,
    service: &Service,
    now: Timestamp,
) -> Outcome<()> {
    for request in calls(now) {
        switchboard.submit(&request).await?;
    }
    let by = Caller::of_the_ledger("Ada (example)", now);
    let endpoint = NewWebhookEndpoint {
        url: "http://127.0.0.1:3000/hook".to_owned(),
        types: vec!["call.ended".to_owned()],
        format: WebhookFormat::Standard,
        metadata: false,
        description: "An example: enable it once a receiver listens there.".to_owned(),
        enabled: false,
        tenant: Some(TENANT.to_owned()),
    };
    let manages = by.allowed::<WebhooksManage>().map_err(Failure::from)?;
    service.create_webhook_endpoint(manages, &endpoint, None).await.map_err(Failure::from)?;
    let table = Table {
        format: TableFormat::Csv,
        body: Bytes::from_static(BATCH.as_bytes()),
        name: Some("new-year".to_owned()),
        tenant: Some(TENANT.to_owned()),
        defaults: RowDefaults::default(),
        columns: Vec::new(),
    };
    let places = by.allowed::<CallsWrite>().map_err(Failure::from)?;
    let batch = async {
        let key = RequestKey::new("seeded-batch")?;
        service.create_batch(places, table, &key).await
    };
    batch.await.map(drop).map_err(Failure::from)
}

fn calls(now: Timestamp) -> Vec<CallRequest> {
    let at = |time: Duration| Some(now.checked_add(time).unwrap_or(now).to_string());
    let call =
        |to: &str| CallRequest::new(to, TASK).with(|call| call.tenant = Some(TENANT.to_owned()));
    let mut calls = vec![
        call(GERMAN),
        call(OPTED_OUT),
        call("+442079460600").with(|call| call.not_before = at(LATER)),
    ];
    calls.extend((0..BEGIN).map(|n| {
        let to = match n % 2 {
            0 => format!("+4420794607{n:02}"),
            _ => format!("+164655501{n:02}"),
        };
        call(&to).with(|call| call.not_before = at(FIRST + EVERY * n))
    }));
    calls
}
