//! The truth about the pagers, for the conformance suite: who beeped, and how to bring fault.

use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use switchboard::{AgentId, PhoneNumber};
use switchboard_testkit::conformance::{Harness, PlacingFault};

use crate::pager::Pager;

/// The first of ten thousand numbers in New York.
const FIRST: u32 = 100;

/// The world behind one [`Pager`].
#[derive(Debug)]
pub struct PagerHarness {
    pager: Pager,
    used: AtomicU32,
    anybody: PhoneNumber,
}

impl PagerHarness {
    /// The world of this pager company.
    ///
    /// # Errors
    /// None, as long as New York has telephones.
    pub fn new(pager: Pager) -> Result<Self, switchboard::core::PhoneNumberError> {
        Ok(Self {
            pager,
            used: AtomicU32::new(FIRST),
            anybody: PhoneNumber::parse("+12125550100")?,
        })
    }
}

#[async_trait]
impl Harness for PagerHarness {
    fn fresh_number(&self) -> PhoneNumber {
        let next = self.used.fetch_add(1, Ordering::Relaxed);
        PhoneNumber::parse(&format!("+1212555{next:04}")).unwrap_or(self.anybody)
    }

    fn rings(&self, number: &PhoneNumber) -> usize {
        self.pager.beeps(number)
    }

    fn agent(&self) -> Option<AgentId> {
        None
    }

    async fn inject(&self, fault: PlacingFault, number: &PhoneNumber) -> Result<(), String> {
        match fault {
            PlacingFault::DoNotCall => self.pager.opt_out(*number),
            PlacingFault::ServerErrorAfterRing => self.pager.lose_receipts(true),
            PlacingFault::ConnectionRefused
            | PlacingFault::ResetAfterRing
            | PlacingFault::CutBodyAfterRing => {
                return Err(
                    "pages are set off in this process: there is no connection and no body"
                        .to_owned(),
                );
            }
            PlacingFault::RateLimited => return Err("it takes any number of pages".to_owned()),
            PlacingFault::Unauthorized => return Err("it asks for no credential".to_owned()),
        }
        Ok(())
    }

    async fn clear(&self) {
        self.pager.lose_receipts(false);
    }

    fn secret(&self) -> String {
        String::new()
    }

    fn excused(&self) -> Vec<(&'static str, &'static str)> {
        vec![
            ("its secret is never printed", "it has no secret"),
            ("a finished call has a transcript", "a pager does not talk"),
            ("a finished call has a recording", "a pager does not talk"),
        ]
    }
}
