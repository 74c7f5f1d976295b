//! Agents and numbers of the simulated Retell.

use serde_json::{Value, json};

use crate::common::{call, get};
use crate::retell::{TO, order, place, quick, start};

#[tokio::test]
async fn agents_have_versions_and_tags() {
    let sim = start(quick()).await;
    let made = call(&sim, "POST", "/create-agent", json!({"agent_name": "Ada"})).await;
    assert_eq!((made.status, &made.json()["version"]), (201, &json!(0)));
    let id = made.json()["agent_id"].as_str().unwrap().to_owned();
    let tag = json!({"version": 0, "tag": "live"});
    let published = call(&sim, "POST", &format!("/publish-agent-version/{id}"), tag).await.json();
    assert_eq!((&published["is_published"], &published["tag"]), (&json!(true), &json!("live")));
    let changed =
        call(&sim, "PATCH", &format!("/update-agent/{id}"), json!({"agent_name": "Eve"})).await;
    assert_eq!(
        (&changed.json()["version"], &changed.json()["is_published"]),
        (&json!(1), &json!(false))
    );
    let added = call(&sim, "POST", &format!("/create-agent-version/{id}"), Value::Null).await;
    assert_eq!((added.status, &added.json()["version"]), (201, &json!(2)));
    for (wanted, version) in [(json!(null), 0), (json!(1), 1), (json!("live"), 0)] {
        let mut body = order(&sim, TO);
        body["override_agent_id"] = json!(id);
        body["override_agent_version"] = wanted;
        assert_eq!(place(&sim, body).await["agent_version"], version);
    }
    let versions = get(&sim, &format!("/list-agent-versions/{id}")).await.json();
    assert_eq!(versions.as_array().unwrap().len(), 3);
    let first = get(&sim, &format!("/get-agent/{id}?version=0")).await.json();
    assert_eq!(first["agent_name"], "Ada");
    assert_eq!(get(&sim, &format!("/get-agent/{id}")).await.json()["agent_name"], "Eve");
    let page = get(&sim, "/v2/list-agents?limit=1").await.json();
    assert_eq!(
        (&page["has_more"], page["items"][0]["agent_id"].as_str()),
        (&json!(true), Some(sim.agent_id()))
    );
    assert_eq!(call(&sim, "DELETE", &format!("/delete-agent/{id}"), Value::Null).await.status, 204);
    assert_eq!(get(&sim, &format!("/get-agent/{id}")).await.status, 422);
}

#[tokio::test]
async fn numbers_are_rented_imported_and_released() {
    let sim = start(quick()).await;
    let rented = call(&sim, "POST", "/create-phone-number", json!({"area_code": 212})).await;
    let number = rented.json()["phone_number"].as_str().unwrap().to_owned();
    assert_eq!(rented.status, 201);
    assert!(number.starts_with("+1212"));
    let import = json!({"phone_number": "+442079460001", "termination_uri": "sip.invalid"});
    assert_eq!(call(&sim, "POST", "/import-phone-number", import).await.status, 201);
    for (body, status) in [
        (json!({"country_code": "GB"}), 400),
        (json!({"number_provider": "other"}), 400),
        (json!({"area_code": 1}), 400),
        (json!({"outbound_agents": [{"agent_id": "none", "weight": 1}]}), 422),
    ] {
        assert_eq!(call(&sim, "POST", "/create-phone-number", body).await.status, status);
    }
    let list = get(&sim, "/v2/list-phone-numbers").await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 3);
    let target = number.replace('+', "%2B");
    let allowed = json!({"allowed_outbound_country_list": ["GB"]});
    assert_eq!(
        call(&sim, "PATCH", &format!("/update-phone-number/{target}"), allowed).await.status,
        200
    );
    for (to, rings) in [(TO, 0), ("+442079460000", 1)] {
        let mut body = order(&sim, to);
        body["from_number"] = json!(number);
        place(&sim, body).await;
        assert_eq!(sim.rings().count(to), rings);
    }
    let gone = format!("/delete-phone-number/{target}");
    assert_eq!(call(&sim, "DELETE", &gone, Value::Null).await.status, 204);
    assert_eq!(get(&sim, &format!("/get-phone-number/{target}")).await.status, 422);
}

#[tokio::test]
async fn a_restarted_simulator_has_the_same_account_and_new_calls() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let config = || quick().ledger_file(file.path());
    let first = start(config()).await;
    let before = place(&first, order(&first, TO)).await;
    let (agent, key) = (first.agent_id().to_owned(), first.credential().to_owned());
    first.shutdown().await;
    let second = start(config()).await;
    assert_eq!((second.agent_id(), second.credential()), (agent.as_str(), key.as_str()));
    let after = place(&second, order(&second, TO)).await;
    assert_ne!(after["call_id"], before["call_id"]);
    assert_eq!(second.rings().count(TO), 2);
}
