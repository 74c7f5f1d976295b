//! The endpoints that no part of the contract needs: a table of what is sent and what is read.

use crate::support::{KEY, Server, config_at};
use secrecy::ExposeSecret;
use serde_json::json;
use switchboard_core::{Delivery, ErrorKind, Refusal};
use switchboard_kaicalls::{KaiCallsClient, api};

const NUMBER: &str = "+12125550123";

fn client(server: &Server) -> KaiCallsClient {
    KaiCallsClient::new(&config_at(server)).unwrap()
}

fn sms() -> api::SendSms {
    api::SendSms::new(NUMBER, "a1", "See you at two").lead_id("l1")
}

/// One call of the client against a server with one answer: method, path and body as sent.
macro_rules! rows {
    ($($name:ident: $ask:expr, $answer:expr => $method:literal $path:literal $query:expr, $body:expr;)*) => {$(
        #[tokio::test]
        async fn $name() {
            let server = Server::answering(200, $answer.to_string()).await;
            let client = client(&server);
            let ask: fn(KaiCallsClient) -> futures::future::BoxFuture<'static, String> =
                |client| Box::pin(async move { format!("{:?}", $ask(&client).await.unwrap()) });
            let shown = ask(client).await;
            assert!(!shown.contains("5550123"), "{shown}");
            let asked = server.only();
            assert_eq!((asked.method.as_str(), asked.path.as_str()), ($method, $path));
            let query: &[(&str, &str)] = &$query;
            for (name, value) in query {
                assert_eq!(asked.get(name), Some(*value), "{name}");
            }
            assert_eq!(asked.body, $body);
        }
    )*};
}

macro_rules! ask {
    ($group:ident.$method:ident($($argument:expr),*)) => {
        async |client: &KaiCallsClient| client.$group().$method($($argument),*).await
    };
}

use serde_json::Value::Null;

rows! {
    leads_list: ask!(leads.list(&api::LeadQuery::new().status("new,hot").score_gte(70_u32))), json!({"leads": [{"id": "l1", "phone": NUMBER}]}) => "GET" "/api/v1/leads" [("status", "new,hot"), ("score_gte", "70")], Null;
    leads_get: ask!(leads.get("l1")), json!({"lead": {"id": "l1", "phone": NUMBER}}) => "GET" "/api/v1/leads" [("id", "l1")], Null;
    leads_create: ask!(leads.create(&api::CreateLead::new("b1").set("phone", NUMBER))), json!({"id": "l1"}) => "POST" "/api/v1/leads" [], json!({"business_id": "b1", "phone": NUMBER});
    leads_update: ask!(leads.update(&api::UpdateLead::new("l1").set("status", "won"))), json!({"id": "l1"}) => "PATCH" "/api/v1/leads" [], json!({"id": "l1", "status": "won"});
    leads_audit: ask!(leads.audit(&api::LeadAuditQuery::new().window_hours(24_u32))), json!({"hot_leads": []}) => "GET" "/api/v1/leads/audit" [("window_hours", "24")], Null;
    sms_send: ask!(sms.send(&sms())), json!({"success": true, "to": NUMBER}) => "POST" "/api/v1/sms/send" [], json!({"to": NUMBER, "from_agent_id": "a1", "message": "See you at two", "lead_id": "l1"});
    sms_prompt: ask!(sms.update_prompt(&api::UpdateSmsPrompt::new("a1", "Be brief"))), json!({"id": "a1"}) => "POST" "/api/v1/sms/update-prompt" [], json!({"agent_id": "a1", "sms_prompt": "Be brief"});
    sms_conversations: ask!(sms.conversations(&api::SmsConversationQuery::new().limit(5_u32))), json!({"conversations": []}) => "GET" "/api/v1/sms/conversations" [("limit", "5")], Null;
    sms_messages: ask!(sms.messages(&api::SmsMessageQuery::new().direction("inbound"))), json!({"messages": [{"from": NUMBER}]}) => "GET" "/api/v1/sms/messages" [("direction", "inbound")], Null;
    workspaces_list: ask!(workspaces.list()), json!({"workspaces": [{"id": "w1"}]}) => "GET" "/api/v1/workspaces" [], Null;
    workspaces_get: ask!(workspaces.get("w1")), json!({"id": "w1"}) => "GET" "/api/v1/workspaces" [("id", "w1")], Null;
    workspaces_create: ask!(workspaces.create(&api::CreateWorkspace::new("One").external_ref("r"))), json!({"id": "w1"}) => "POST" "/api/v1/workspaces" [], json!({"name": "One", "external_ref": "r"});
    workspaces_update: ask!(workspaces.update(&api::UpdateWorkspace::new("w1").name("Two"))), json!({"id": "w1"}) => "PATCH" "/api/v1/workspaces" [], json!({"id": "w1", "name": "Two"});
    analytics_dashboard: ask!(analytics.dashboard(&api::DashboardQuery::new().days(7_u32))), json!({"days": 7}) => "GET" "/api/v1/analytics/dashboard" [("days", "7")], Null;
    analytics_calls: ask!(analytics.calls(&api::CallAnalyticsQuery::new().group_by("day"))), json!({}) => "GET" "/api/v1/analytics/calls" [("group_by", "day")], Null;
    analytics_funnel: ask!(analytics.funnel(&api::FunnelQuery::new().source("web"))), json!({}) => "GET" "/api/v1/analytics/funnel" [("source", "web")], Null;
    analytics_agents: ask!(analytics.agents(&api::AgentAnalyticsQuery::new().agent_id("a1"))), json!({}) => "GET" "/api/v1/analytics/agents" [("agent_id", "a1")], Null;
    analytics_weekly: ask!(analytics.weekly()), json!({}) => "GET" "/api/v1/analytics/weekly" [], Null;
    analytics_businesses: ask!(analytics.businesses(&api::BusinessAnalyticsQuery::new())), json!({}) => "GET" "/api/v1/analytics/businesses" [], Null;
    evals_list: ask!(evals.list(&api::EvalQuery::new().agent_id("a1"))), json!({"evals": []}) => "GET" "/api/v1/evals" [("agent_id", "a1")], Null;
    evals_get: ask!(evals.get("e1")), json!({"id": "e1"}) => "GET" "/api/v1/evals" [("id", "e1")], Null;
    evals_create: ask!(evals.create(&api::CreateEval::new("a1", "b1", "Polite", vec![json!({"role": "user"})]))), json!({"id": "e1"}) => "POST" "/api/v1/evals" [], json!({"agent_id": "a1", "business_id": "b1", "name": "Polite", "messages": [{"role": "user"}]});
    evals_update: ask!(evals.update(&api::UpdateEval::new("e1").name("Kind"))), json!({"id": "e1"}) => "PATCH" "/api/v1/evals" [], json!({"id": "e1", "name": "Kind"});
    evals_delete: ask!(evals.delete("e1")), json!({"success": true}) => "DELETE" "/api/v1/evals" [("id", "e1")], Null;
    evals_run: ask!(evals.run(&api::RunEval::new().eval_id("e1").wait(true))), json!({"run_id": "r1"}) => "POST" "/api/v1/evals/run" [], json!({"eval_id": "e1", "wait": true});
    evals_get_run: ask!(evals.get_run(&api::EvalRunQuery::new().run_id("r1"))), json!({"run_id": "r1"}) => "GET" "/api/v1/evals/run" [("run_id", "r1")], Null;
}

#[tokio::test]
async fn a_message_is_sent_once_and_its_delivery_is_told() {
    for (status, body, delivery) in [
        (200, json!({"success": false}), Delivery::Unknown),
        (200, json!([]), Delivery::Placed),
        (400, json!({"error": {"code": "number_on_dnc"}}), Delivery::Refused(Refusal::Everyone)),
        (500, json!({"error": {"code": "internal_error"}}), Delivery::Unknown),
        (503, json!({}), Delivery::Unknown),
    ] {
        let server = Server::answering(status, body.to_string()).await;
        let error = client(&server).sms().send(&sms()).await.unwrap_err();
        assert_eq!(error.delivery(), delivery, "{status} {body}");
        assert_eq!(server.asked().len(), 1, "{status} {body}");
    }
    assert!(!format!("{:?}", sms()).contains("5550123"));
}

#[tokio::test]
async fn an_empty_id_sends_nothing() {
    let server = Server::answering(200, "{}".to_owned()).await;
    let client = client(&server);
    for error in [
        client.leads().get("").await.unwrap_err(),
        client.workspaces().get("").await.unwrap_err(),
        client.evals().get("").await.unwrap_err(),
        client.evals().delete("").await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn signing_up_shows_the_new_key_nowhere_and_sends_no_key() {
    let body = json!({"api_key": "kc_live_new0123456789", "business_id": "b1", "curl": "Bearer kc_live_new0123456789"});
    let server = Server::answering(201, body.to_string()).await;
    let account = api::SignUp::new("Dental", "owner@example.com").phone_forward_to(NUMBER);
    let made = client(&server).sign_ups().create(&account).await.unwrap();
    assert_eq!(made.api_key.as_ref().unwrap().expose_secret(), "kc_live_new0123456789");
    let shown = format!("{made:?} {account:?} {}", serde_json::to_string(&made).unwrap());
    assert!(!shown.contains("new0123456789") && !shown.contains("5550123"), "{shown}");
    let asked = server.only();
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/api/v1/signup"));
    assert!(!asked.headers.contains_key("authorization") && !KEY.is_empty());

    let body = json!({"account": {"api_key": "kc_live_new0123456789"}});
    let server = Server::answering(201, body.to_string()).await;
    let error = client(&server).sign_ups().create(&account).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(!format!("{error:?} {error}").contains("new0123456789"));
}
