//! The agents of a profile in the configuration.

use std::sync::Arc;

use switchboard::{AgentRef, Config, ProfileName, ProviderId, Registry};

use crate::setup::HouseKind;

#[test]
fn a_profile_names_the_version_of_its_agent_and_where_the_task_goes() {
    let registry = || Registry::empty().with("house", Arc::new(HouseKind));
    let file = |at: &str| {
        format!(
            "[providers.house]\nkind = \"house\"\n[agents.desk]\npurpose = \"requested\"\nat = {{ house = {at} }}"
        )
    };
    let agent = |at: &str| {
        let config = Config::with_registry(&file(at), registry())?;
        let profile = config.policy()?.profiles[&ProfileName::new("desk")].clone();
        Ok::<_, switchboard::ConfigError>(profile.agents[&ProviderId::from_static("house")].clone())
    };
    assert_eq!(agent("\"a-1\"").unwrap(), AgentRef::from("a-1"));
    let whole = agent("{ id = \"a-1\", version = \"v3\", task_variable = \"task\" }").unwrap();
    assert_eq!(whole.version.as_deref(), Some("v3"));
    assert_eq!(whole.task_variable.as_deref(), Some("task"));
    for wrong in ["{ version = \"v3\" }", "{ id = \"a-1\", tag = \"new\" }", "7"] {
        let error = agent(wrong).unwrap_err().to_string();
        assert!(error.contains("agents.desk.at"), "{wrong}: {error}");
    }
}
