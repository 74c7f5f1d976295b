//! What a person is told before they confirm a call.

use switchboard::{CallRequest, Country, PhoneNumber, RulesChecked, ValidCall};

use crate::{
    Service,
    caller::{Allowed, CallsWrite},
    idempotency::RequestKey,
    problem::Result,
    service::Placed,
    wire::{NewCall, Plan, RuleCheck},
};

/// What a request to place a call would do.
#[derive(Debug)]
pub enum Preview {
    /// The same request with the same key was accepted before: this is its call.
    Before(Box<Placed>),
    /// It would be a new call.
    New(Box<CallPreview>),
}

/// A call that is not placed yet.
#[derive(Debug)]
#[non_exhaustive]
pub struct CallPreview {
    /// The request as it would be accepted.
    pub request: ValidCall,
    /// Who would be asked now.
    pub plan: Plan,
    /// What the calling rules say now.
    pub rules: RuleCheck,
}

impl CallPreview {
    /// The number that would be called.
    pub fn to(&self) -> &PhoneNumber {
        &self.request.to
    }

    /// Its country.
    pub fn country(&self) -> Country {
        self.request.country()
    }
}

impl Service {
    /// What this request would do if it were sent to [`Service::place`], with the checks that are
    /// made there. Sends nothing and writes nothing.
    ///
    /// # Errors
    /// Those of [`Service::place`].
    pub async fn preview(
        &self,
        by: Allowed<'_, CallsWrite>,
        new: &NewCall,
        key: &RequestKey,
    ) -> Result<Preview> {
        by.caller().may_lift(!new.overrides.is_empty())?;
        let mut request = new.to_request()?;
        request.tenant = Some(by.acts_for(new.tenant.as_deref())?.as_str().to_owned());
        request.idempotency_key = Some(key.as_str().to_owned());
        if let Some(record) = self.placed_before(&request).await? {
            return Ok(Preview::Before(Box::new(Placed { record, replayed: true })));
        }
        self.of_new(&request).await.map(|new| Preview::New(Box::new(new)))
    }

    async fn of_new(&self, request: &CallRequest) -> Result<CallPreview> {
        let (engine, now) = (self.switchboard().engine(), self.clock().now());
        let request = self.switchboard().validate(request, now)?;
        self.has_room(&request.tenant).await?;
        let rules: RulesChecked = engine.check_rules(&request, now).await?;
        let plan = Plan::new(&engine.plan(&request), engine.version(), now);
        Ok(CallPreview { request, plan, rules: RuleCheck::from(&rules) })
    }
}
