//! The version of an agent, and where the task goes: they reach the backend, and the version stays with
//! the attempt.

use switchboard_core::{AgentProfile, AgentRef, ProfileName};

use crate::support::{Fake, call, completed, id, run, start_with};

#[tokio::test(start_paused = true)]
async fn an_attempt_is_made_by_the_version_that_the_profile_names() {
    let alpha = Fake::new("alpha").placing(|_| Ok(completed("alpha", "a-1")));
    let (router, logs) = start_with(
        vec![alpha],
        |policy| {
            let agent = AgentRef::from("agent-1").with(|agent| {
                agent.version = Some("v3".to_owned());
                agent.task_variable = Some("errand".to_owned());
            });
            let profile = AgentProfile {
                name: ProfileName::new("desk"),
                agents: [(id("alpha"), agent)].into(),
                languages: Vec::new(),
                expected_duration: None,
            };
            policy.profiles.insert(profile.name.clone(), profile);
            policy.default_profile = Some(ProfileName::new("desk"));
        },
        |builder| builder,
    );
    let call = run(&router, call(1)).await;
    assert_eq!(call.attempts[0].agent_version.as_deref(), Some("v3"));
    let order = &logs[0].orders()[0];
    assert_eq!(order.agent, Some("agent-1".into()));
    assert_eq!(order.agent_version.as_deref(), Some("v3"));
    assert_eq!(order.task_variable.as_deref(), Some("errand"));
}
