//! From a row's request to a valid call, or the reason why it is rejected.

use jiff::Timestamp;
use switchboard_core::{CallRequest, Country, PhoneNumber, RuleOverride, ValidCall};

use crate::{
    key::{Keys, NameFault},
    row::{Rejection, Row},
};

/// Settings of the whole batch, for rows that do not set them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowDefaults {
    /// Allow duplicates.
    pub again: bool,
    /// Let the next provider take calls of one that is out of credit.
    pub failover_on_quota: bool,
    /// The country in which numbers without + are dialled.
    pub default_country: Option<Country>,
    /// The policy rules that an operator lifts for the whole batch.
    pub overrides: Vec<RuleOverride>,
}

/// A row that was checked.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The number of the row.
    pub number: usize,
    /// The line on which it starts.
    pub line: u64,
    /// The person to call, where the number can be read, also of a row that is rejected.
    pub person: Option<PhoneNumber>,
    /// The call, without the key of a row that has none of its own.
    pub call: Result<ValidCall, Rejection>,
    /// True if the number has no + and was read as dialled in a country.
    pub default_country_used: bool,
}

/// Checks the rows of a batch, in order.
#[derive(Debug)]
pub struct Checker {
    keys: Keys,
    defaults: RowDefaults,
    /// The country of the configuration, for rows and batches that name none.
    fallback: Option<Country>,
    tenant: Option<String>,
}

impl Checker {
    /// Checks rows of the batch of this name. `fallback` is the country of the configuration.
    ///
    /// # Errors
    /// A name that cannot be used.
    pub fn new(
        name: &str,
        defaults: RowDefaults,
        fallback: Option<Country>,
    ) -> Result<Self, NameFault> {
        Ok(Self { keys: Keys::new(name)?, defaults, fallback, tenant: None })
    }

    /// The tenant of every row. A row that names another one is rejected.
    #[must_use]
    pub fn of_tenant(mut self, tenant: impl Into<String>) -> Self {
        self.tenant = Some(tenant.into());
        self
    }

    /// The country of the configuration from now on.
    pub fn set_fallback(&mut self, fallback: Option<Country>) {
        self.fallback = fallback;
    }

    /// The keys of the rows.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Checks a row. Call it once for each row, in order: a repeated row is found by the earlier
    /// ones.
    pub fn check(&mut self, row: Row, now: Timestamp) -> Checked {
        let Row { number, line, to, request } = row;
        let mut checked = Checked {
            number,
            line,
            person: None,
            call: Err(Rejection::repeated(number)),
            default_country_used: false,
        };
        let request = match request.map_err(Rejection::from).and_then(|one| self.complete(one)) {
            Ok(request) => request,
            Err(rejection) => {
                let alone = CallRequest::new(to.unwrap_or_default(), "Ask.");
                checked.person = self.complete(alone).ok().and_then(|one| person(&one, now));
                checked.call = Err(rejection);
                return checked;
            }
        };
        match validate(&request, now) {
            Ok(call) => {
                checked.default_country_used = has_no_country_code(&request.to);
                checked.person = Some(call.to);
                checked.call = match self.keys.earlier(number, &call) {
                    Some(first) => Err(Rejection::repeated(first)),
                    None => Ok(call),
                };
            }
            Err(rejection) => {
                checked.person = person(&request, now);
                checked.call = Err(rejection);
            }
        }
        checked
    }

    /// The row's request with the defaults of the batch and of the configuration.
    fn complete(&self, mut request: CallRequest) -> Result<CallRequest, Rejection> {
        if let Some(tenant) = &self.tenant {
            if request.tenant.as_ref().is_some_and(|named| named != tenant) {
                return Err(Rejection {
                    field: Some("tenant".to_owned()),
                    detail: "tenant: is not the tenant of the batch: leave it out".to_owned(),
                    reason: "tenant_not_allowed".to_owned(),
                });
            }
            request.tenant = Some(tenant.clone());
        }
        request.batch = Some(self.keys.name().to_owned());
        request.allow_duplicate |= self.defaults.again;
        request.failover_on_quota |= self.defaults.failover_on_quota;
        if request.overrides.is_empty() {
            request.overrides.clone_from(&self.defaults.overrides);
        }
        if request.default_country.is_none() {
            let country = self.defaults.default_country.or(self.fallback);
            request.default_country = country.map(|country| country.as_str().to_owned());
        }
        Ok(request)
    }
}

/// Validates a row. If its window is over, it may have become a call before: it is then validated
/// regardless of the time, and the engine refuses it if there is no such call.
///
/// # Errors
/// As [`CallRequest::validate`].
pub fn validate(request: &CallRequest, now: Timestamp) -> Result<ValidCall, Rejection> {
    let error = match request.validate(now) {
        Ok(call) => return Ok(call),
        Err(error) => error,
    };
    let is_over = error.field() == Some("not_after")
        && request.closes().ok().flatten().is_some_and(|closes| closes <= now);
    let before = is_over.then(|| request.revalidate().ok()).flatten();
    before.ok_or_else(|| Rejection::from(error))
}

/// True for a number without +, which is read as dialled in a country.
pub fn has_no_country_code(number: &str) -> bool {
    !number.contains(['+', '\u{ff0b}'])
}

/// The person of a request whose other fields may be wrong.
fn person(request: &CallRequest, now: Timestamp) -> Option<PhoneNumber> {
    let alone = CallRequest::new(request.to.clone(), "Ask.")
        .with(|call| call.default_country = request.default_country.clone());
    alone.validate(now).ok().map(|call| call.to)
}
