//! Which calls take which route, and which languages an agent covers.

use switchboard_core::{CallRequest, Country, Coverage, ProfileName};
use switchboard_router::Match;

use crate::support::{
    call,
    plans::{language, one, order, plan_with, profile, route, three},
    request, valid,
};

#[test]
fn the_first_route_that_holds_is_taken_in_its_own_order() {
    let mut policy = three();
    let to_britain = Match { countries: [Country::GB].into(), ..Match::default() };
    let texas = Match { prefixes: vec!["+1512".to_owned()], ..Match::default() };
    policy.routes = vec![
        route("britain", to_britain, &["alpha"]),
        route("texas", texas, &["gamma", "alpha"]),
        route("anything", Match::default(), &["beta"]),
    ];
    let texan = plan_with(&call(1), &policy, &[]);
    assert_eq!((texan.route.as_deref(), order(&texan)), (Some("texas"), vec!["gamma", "alpha"]));
    let french = plan_with(&valid(CallRequest::new("+33142685300", "Ask.")), &policy, &[]);
    assert_eq!((french.route.as_deref(), order(&french)), (Some("anything"), vec!["beta"]));
    let british = plan_with(&valid(CallRequest::new("+442079460018", "Ask.")), &policy, &[]);
    assert_eq!((british.route.as_deref(), order(&british)), (Some("britain"), vec!["alpha"]));

    policy.routes.clear();
    assert_eq!(order(&plan_with(&call(1), &policy, &[])), ["alpha", "beta", "gamma"]);
}

#[test]
fn a_condition_holds_where_each_of_its_lists_does() {
    let mut tagged = request(1);
    tagged.tags = vec!["gold".to_owned(), "night".to_owned()];
    tagged.agent = Some("anna".to_owned());
    let tagged = valid(tagged);
    let condition = |tag: &str, agent: &str| Match {
        tags: [tag.to_owned()].into(),
        agents: [ProfileName::new(agent)].into(),
        ..Match::default()
    };
    assert!(condition("gold", "anna").matches(&tagged));
    assert!(!condition("silver", "anna").matches(&tagged));
    assert!(!condition("gold", "bert").matches(&tagged));
    assert!(!condition("gold", "anna").matches(&call(1)));
    assert!(Match::default().matches(&call(1)));
}

#[test]
fn a_language_covers_its_variants_and_a_variant_only_itself() {
    for (spoken, asked, covered) in [
        ("en", "en", true),
        ("en", "en-GB", true),
        ("en-GB", "en-GB", true),
        ("en-GB", "en-US", false),
        ("en-GB", "en", false),
        ("es", "en", false),
        ("zh", "zh-Hant-HK", true),
    ] {
        let mut request = request(1);
        request.language = Some(asked.to_owned());
        let call = valid(request.clone());
        let mut by_provider = one();
        by_provider.providers[0].info.languages = Coverage::Only([language(spoken)].into());
        assert_eq!(
            !plan_with(&call, &by_provider, &[]).candidates.is_empty(),
            covered,
            "{spoken} and {asked}"
        );

        let mut by_profile = one();
        by_profile
            .profiles
            .insert(ProfileName::new("anna"), profile("anna", &["alpha"], &[spoken]));
        by_profile.default_profile = Some(ProfileName::new("anna"));
        assert_eq!(
            !plan_with(&call, &by_profile, &[]).candidates.is_empty(),
            covered,
            "{spoken} and {asked}"
        );

        let when = Match { languages: vec![language(spoken)], ..Match::default() };
        assert_eq!(when.matches(&call), covered, "{spoken} and {asked}");
    }
}
