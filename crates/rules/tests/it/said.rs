//! Sets of things that first words say.

use proptest::prelude::*;
use switchboard_rules::{Said, Saying};

proptest! {
    #[test]
    fn a_set_is_read_as_it_is_written(bits in proptest::collection::vec(0_usize..7, 0..10)) {
        let said: Said = bits.iter().map(|at| Saying::ALL[*at]).collect();
        prop_assert_eq!(said.to_string().parse::<Said>().unwrap(), said);
        for one in Saying::ALL {
            let is_in = bits.iter().any(|at| Saying::ALL[*at] == one);
            prop_assert_eq!(said.contains(one), is_in);
            prop_assert!(said.with(one).contains(one) && !said.without(one).contains(one));
        }
    }
}

#[test]
fn sets_are_whole_or_empty_and_words_are_known() {
    assert_eq!(Said::ALL.iter().count(), Saying::ALL.len());
    assert!(Said::NONE.is_empty() && "".parse::<Said>().unwrap().is_empty());
    assert_eq!(Said::ALL.minus(Said::NONE.with(Saying::Ai)), Said::ALL.without(Saying::Ai));
    let error = "ai,hello".parse::<Said>().unwrap_err();
    assert!(error.message().contains("\"hello\"") && error.message().contains("on_behalf_of"));
}
