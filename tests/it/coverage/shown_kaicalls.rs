//! KaiCalls' documented answers.

use std::fs;

use secrecy::ExposeSecret;
use serde_json::Value;
use switchboard::kaicalls::{
    api::{CallQuery, CreateCall, CreateKey, UsageQuery},
    wire::{
        Acknowledgement, Agent, ApiKey, BusinessBalance, Call, Number, QualityDimensions, UsageRow,
    },
};
use switchboard_testkit::{SimConfig, SimKaiCalls};

use super::{kaicalls::client, shown::Shown};

type Fields = &'static [(&'static str, &'static [&'static str])];

fn example(name: &str) -> String {
    let fixtures =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/providers/kaicalls/tests/fixtures/004");
    fs::read_to_string(format!("{fixtures}/{name}.json")).unwrap()
}

/// What an object of the example says under a name that no typed field found.
fn unread(example: &Value, fields: Fields, found: &[&str]) -> Vec<String> {
    let said = example.as_object().unwrap().iter().filter(|(_, value)| !value.is_null());
    said.filter(|(name, _)| {
        let readers = fields.iter().filter(|(_, names)| names.contains(&name.as_str()));
        !readers.into_iter().any(|(field, _)| found.contains(field))
    })
    .map(|(name, _)| name.clone())
    .collect()
}

macro_rules! object {
    ($shown:ident, $type:ty: $(($name:literal, $row:literal, $call:expr);)*) => {
        $({
            let example = $shown.answer(&example($name));
            let read: $type = $call.await.unwrap_or_else(|error| panic!("{}: {error}", $name));
            let left = unread(&example, <$type>::FIELDS, &read.found());
            $shown.holds($name, $row, &example, &serde_json::to_value(&read).unwrap(), &left);
        })*
    };
}

macro_rules! list {
    ($shown:ident, $type:ty: ($name:literal, $under:literal, $row:literal, $call:expr)) => {{
        let example = $shown.answer(&example($name));
        let read = $call.await.unwrap_or_else(|error| panic!("{}: {error}", $name));
        let entries = example[$under].as_array().unwrap();
        assert_eq!(
            (read.items.len(), read.has_more),
            (entries.len(), example["has_more"].as_bool()),
            $name
        );
        let both = read.items.iter().zip(entries);
        let left: Vec<_> =
            both.flat_map(|(item, entry)| unread(entry, <$type>::FIELDS, &item.found())).collect();
        $shown.holds($name, $row, &example, &serde_json::to_value(&read).unwrap(), &left);
    }};
}

/// How many examples were read, of every row.
pub(crate) async fn all() -> usize {
    let sim = SimKaiCalls::start(SimConfig::default().seed(0)).await.unwrap();
    let client = client(&sim);
    let mut shown = Shown::new("kaicalls", &sim);
    list!(shown, Agent: ("agents", "agents", "GET /api/v1/agents", client.agents().list()));
    object! { shown, Agent: ("agent", "GET /api/v1/agents?id={agent_id}", client.agents().get("uuid-abc123")); }
    list!(shown, Number: ("numbers", "numbers", "GET /api/v1/numbers", client.numbers().list()));
    object! { shown, Call:
        ("call_placed", "POST /api/v1/calls", client.calls().create(&CreateCall::new("a", "+15125559876")));
        ("call", "GET /api/v1/calls?id={call_id}", client.calls().get("uuid-call789"));
    }
    list!(shown, Call: ("calls", "calls", "GET /api/v1/calls", client.calls().list(&CallQuery::new())));
    list!(shown, ApiKey: ("keys", "keys", "GET /api/v1/keys", client.keys().unwrap().list()));
    object! { shown, Acknowledgement: ("key_revoked", "DELETE /api/v1/keys?id={key_id}", client.keys().unwrap().revoke("k")); }
    list!(shown, BusinessBalance: ("balance", "businesses", "GET /api/v1/balance", client.account().balance()));
    list!(shown, UsageRow: ("usage", "usage", "GET /api/v1/usage", client.account().usage(&UsageQuery::new())));
    created(&mut shown, &client).await;
    graded(&shown, &client).await;
    assert_eq!(shown.missing(|_| true), Vec::<String>::new());
    shown.count
}

/// The key itself leaves the object that is kept, because it is a secret: it is in its own field
/// and nowhere else.
async fn created(shown: &mut Shown<'_>, client: &switchboard::kaicalls::KaiCallsClient) {
    let example = shown.answer(&example("key_created"));
    let key = client.keys().unwrap().create(&CreateKey::new()).await.unwrap();
    let mut read = serde_json::to_value(&key).unwrap();
    assert_eq!(read.get("key"), None);
    read["key"] = key.key.as_ref().unwrap().expose_secret().into();
    let left = unread(&example, ApiKey::FIELDS, &key.found());
    shown.holds("key_created", "POST /api/v1/keys", &example, &read, &left);
}

async fn graded(shown: &Shown<'_>, client: &switchboard::kaicalls::KaiCallsClient) {
    let example = shown.answer(&example("call"));
    let quality = client.calls().get("uuid-call789").await.unwrap().quality_dimensions.unwrap();
    let left = unread(&example["quality_dimensions"], QualityDimensions::FIELDS, &quality.found());
    assert_eq!(left, Vec::<String>::new());
}
