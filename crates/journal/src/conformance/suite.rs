//! The lists of all rules.

use std::sync::Arc;

use super::{
    audit::{self, debate},
    calls,
    concurrency::{self, crowd},
    doubt, duplicates,
    fixtures::Pair,
    inbox, intent, lists, news,
    people::{caps, opt_outs, races::one_person, records},
    processes, reservations, rings,
};
use crate::Journal;

/// Every rule, each on a journal of its own.
///
/// # Panics
/// Where the journal breaks one.
pub async fn hold<Made: Future<Output = Arc<dyn Journal>> + Send>(
    new: impl Fn() -> Made + Send + Sync,
) {
    calls::one_live_attempt(new().await).await;
    calls::what_rules_and_transcripts_show_is_kept_with_the_call(new().await).await;
    calls::one_active_call_for_each_callee_and_tenant(new().await).await;
    calls::who_may_have_rung_keeps_the_callee(new().await).await;
    calls::one_owner_of_a_providers_call(new().await).await;
    calls::a_key_names_one_request(new().await).await;
    duplicates::a_possible_duplicate_is_refused_within_its_window(new().await).await;
    duplicates::a_refused_call_is_no_duplicate(new().await).await;
    duplicates::a_duplicate_that_was_meant_does_not_hide_the_first(new().await).await;
    duplicates::who_is_still_to_be_called_or_just_was_is_held_back(new().await).await;
    duplicates::a_key_that_was_made_is_no_leave(new().await).await;
    duplicates::a_row_is_one_call_whatever_else_it_says(new().await).await;
    calls::what_is_forbidden_changes_nothing(new().await).await;
    calls::what_is_forbidden_frees_nobody(new().await).await;
    calls::what_was_asked_for_comes_back_whole(new().await).await;
    calls::calls_are_selected(new().await).await;
    calls::calls_are_found_again(new().await).await;
    intent::several_facts_are_all_or_nothing(new().await).await;
    intent::a_refusal_takes_nothing(new().await).await;
    reservations::slots_are_given_back_only_where_nothing_was_sent(new().await).await;
    reservations::budgets_are_never_overdrawn(new().await).await;
    reservations::holds_are_released_by_proof_alone(new().await).await;
    reservations::an_attempt_holds_its_share_once(new().await).await;
    doubt::an_agent_in_doubt_takes_no_call(new().await).await;
    doubt::who_is_alone(new().await).await;
    doubt::an_end_without_an_id_leaves_its_neighbours_unproven(new().await).await;
    doubt::two_tenants_with_one_task_are_not_told_apart_by_it(new().await).await;
    rings::rings_are_counted_by_person_tenant_and_time(new().await).await;
    rings::a_second_ring_waits_for_the_end_of_the_first(new().await).await;
    rings::bills_come_late_and_add_up(new().await).await;
    concurrency::a_slot_is_kept_until_the_call_is_over(new().await).await;
    concurrency::no_more_calls_are_in_progress_than_there_are_slots(new().await).await;
    concurrency::what_a_write_gives_back_is_there_for_the_next(new().await).await;
    concurrency::a_slot_has_an_end_of_its_own(new().await).await;
    crowd(&[new().await]).await;
    opt_outs::it_forbids_every_call_to_the_person(new().await).await;
    opt_outs::further_evidence_is_kept_and_repetition_is_not(new().await).await;
    opt_outs::a_later_request_alone_takes_it_back(new().await).await;
    opt_outs::what_was_written_about_it_names_no_number(new().await).await;
    caps::rings_of_all_tenants_count(new().await).await;
    caps::proof_frees_a_ring_and_doubt_keeps_it(new().await).await;
    caps::what_a_write_proves_counts_for_its_next_attempt(new().await).await;
    caps::a_ring_counts_from_the_repeat_of_its_request(new().await).await;
    records::consents_count_for_their_tenant_until_withdrawn(new().await).await;
    records::a_consent_without_its_evidence_is_refused(new().await).await;
    records::the_last_call_of_each_kind_is_known(new().await).await;
    records::what_is_known_comes_with_a_new_call(new().await).await;
    one_person(&[new().await]).await;
    inbox::webhooks_are_kept_until_they_are_handled(new().await).await;
    audit::decisions_are_kept_in_order(new().await).await;
    audit::a_decision_comes_back_whole(new().await).await;
    audit::decisions_of_all_topics_are_read_page_by_page(new().await).await;
    lists::a_list_is_kept_whole_and_replaced_whole(new().await).await;
    lists::a_list_is_not_worse_by_accident(new().await).await;
    lists::a_list_says_listed_absent_or_nothing(new().await).await;
}

/// Every rule about several processes, each on a journal of its own.
///
/// # Panics
/// Where the journal breaks one.
pub async fn hold_shared<Made: Future<Output = Pair> + Send>(new: impl Fn() -> Made + Send + Sync) {
    processes::only_its_owner_moves_a_call_on(new().await).await;
    processes::who_lives_keeps_its_calls(new().await).await;
    processes::the_calls_of_the_gone_are_taken_over(new().await).await;
    processes::what_attempts_take_is_shared(new().await).await;
    news::what_others_write_is_news_until_it_was_acted_on(new().await).await;
    news::every_kind_of_evidence_is_news(new().await).await;
    news::news_of_the_gone_are_their_heirs(new().await).await;
    concurrency::slots_are_shared_and_outlive_their_process(new().await).await;
    audit::decisions_are_everybodys(new().await).await;
    let (one, other, _gone) = new().await;
    lists::readers_see_one_list_and_never_a_mix(one, other).await;
    let (one, other, _gone) = new().await;
    crowd(&[one, other]).await;
    let (one, other, _gone) = new().await;
    one_person(&[one, other]).await;
    let (one, other, _gone) = new().await;
    debate(&[one, other]).await;
}

/// Every rule about time, for journals that go by the time that they are given and by no clock of
/// their own.
///
/// # Panics
/// Where the journal breaks one.
pub async fn hold_by_the_callers_clock<Made: Future<Output = Arc<dyn Journal>> + Send>(
    new: impl Fn() -> Made + Send + Sync,
) {
    reservations::a_window_slides(new().await).await;
    concurrency::a_slot_ends_at_its_own_time(new().await).await;
}
