//! `switchboard agents`: voice agents, and the agent profiles that use them.

use switchboard::{
    AgentId, Policy,
    core::{Agent, ErrorKind, text::mask},
};

use crate::{
    cli::{AgentsArgs, AgentsCommand, Common},
    exit::Exit,
    failure::{Failure, Outcome},
    output::{Output, or_dash},
    setup,
};

pub(crate) async fn run(common: &Common, args: AgentsArgs, output: Output) -> Outcome {
    let switchboard = setup::open(common)?;
    let providers = setup::providers(&switchboard, args.provider.as_deref())?;
    let policy = switchboard.engine().policy();
    match args.command {
        AgentsCommand::List => {
            let answers = setup::ask(&providers, |provider| async move {
                match provider.agents() {
                    Some(agents) => agents.list().await,
                    None => Ok(Vec::new()),
                }
            })
            .await;
            Ok(answers.show(
                common,
                output,
                "agents",
                &["provider", "id", "name", "profiles", "calls from", "kind"],
                |agent| {
                    vec![
                        agent.provider.to_string(),
                        agent.id.to_string(),
                        or_dash(agent.name.as_deref().map(mask)),
                        profiles(&policy, agent),
                        or_dash(agent.phone_number.as_ref().map(|number| number.e164())),
                        if agent.built_in { "built in" } else { "own" }.to_owned(),
                    ]
                },
            ))
        }
        AgentsCommand::Show { id } => {
            let id = AgentId::from(id);
            let mut found = setup::ask(&providers, |provider| {
                let id = id.clone();
                async move {
                    match provider.agents() {
                        Some(agents) => match agents.get(&id).await {
                            Ok(agent) => Ok(vec![agent]),
                            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
                            Err(error) => Err(error),
                        },
                        None => Ok(Vec::new()),
                    }
                }
            })
            .await;
            match found.items.pop() {
                Some(agent) => {
                    found.report_errors(common, output);
                    show(&policy, &agent, output);
                    Ok(if found.has_failed() { Exit::Failed } else { Exit::Done })
                }
                None if found.has_failed() => {
                    found.report_errors(common, output);
                    Err(Failure::local(format!("no provider that answered has an agent {id}")))
                }
                None => Err(Failure::input(
                    "id",
                    format!("no provider has an agent {id}: see `switchboard agents list`"),
                )),
            }
        }
    }
}

/// The profiles that use an agent.
fn profiles(policy: &Policy, agent: &Agent) -> String {
    let names: Vec<&str> = policy
        .profiles
        .values()
        .filter(|profile| profile.agents.get(&agent.provider).is_some_and(|own| own.id == agent.id))
        .map(|profile| profile.name.as_str())
        .collect();
    if names.is_empty() { "-".to_owned() } else { names.join(", ") }
}

fn show(policy: &Policy, agent: &Agent, output: Output) {
    if output.json {
        output.object(agent);
        return;
    }
    let mut rows = vec![
        vec!["provider".to_owned(), agent.provider.to_string()],
        vec!["id".to_owned(), agent.id.to_string()],
        vec!["name".to_owned(), or_dash(agent.name.as_deref().map(mask))],
        vec!["profiles".to_owned(), profiles(policy, agent)],
        vec![
            "calls from".to_owned(),
            or_dash(agent.phone_number.as_ref().map(|number| number.e164())),
        ],
        vec!["built in".to_owned(), agent.built_in.to_string()],
        vec!["created".to_owned(), or_dash(agent.created_at)],
    ];
    if let Some(settings) = agent.raw.value().as_object() {
        let shown = ["id", "name", "phone_number", "created_at"];
        let others = settings
            .iter()
            .filter(|(key, value)| !shown.contains(&key.as_str()) && !value.is_null());
        rows.extend(others.map(|(key, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            vec![mask(key), mask(&text)]
        }));
    }
    output.table(&["field", "value"], rows);
}
