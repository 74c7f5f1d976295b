//! A provider of your own in the configuration, with settings that only it has.
//!
//!     cargo run -p switchboard-examples --example own_settings
//!
//! THE PROVIDER IS SIMULATED: the pagers of `src/pager.rs` are a list in this process.
//!
//! A `ProviderKind` reads its settings from the account's table. A mistake in them is found when the file is
//! read, with its key and its place, as for the kinds that are built in.
#![allow(clippy::print_stdout)]

use std::{error::Error, sync::Arc, time::Duration};

use serde::Deserialize;
use switchboard::{
    CallRequest, CallStatus, Clock, Config, Provider, ProviderInfo, Registry, Result,
    registry::{Account, Credential, ProviderKind, RawApi, Secrets},
};
use switchboard_examples::pager::Pager;

/// The settings that only pagers have. A key that ends in `_env` would name a variable with a
/// secret, which `Secrets::get` returns.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PagerSettings {
    /// Whose pagers they are: two companies of one owner are no backup for each other.
    owner: String,
    /// For how long a pager beeps, in seconds.
    #[serde(default = "usual_beep")]
    beep_seconds: u32,
}

const fn usual_beep() -> u32 {
    5
}

/// `kind = "pager"`.
#[derive(Debug)]
struct PagerKind;

impl ProviderKind for PagerKind {
    fn credential(&self) -> Credential {
        Credential::None
    }

    fn info(&self, account: &Account<'_>) -> Result<ProviderInfo> {
        let own: PagerSettings = account.settings()?;
        let mut info = Pager::usual_info(account.id());
        info.failure_domains = own.owner.into();
        info.max_duration = Some(Duration::from_secs(own.beep_seconds.into()));
        Ok(info)
    }

    fn open(
        &self,
        account: &Account<'_>,
        _secrets: &Secrets,
        clock: &Arc<dyn Clock>,
    ) -> Result<Arc<dyn Provider>> {
        Ok(Arc::new(Pager::described(self.info(account)?, Arc::clone(clock))))
    }

    fn raw(
        &self,
        _account: &Account<'_>,
        _secrets: &Secrets,
        _clock: &Arc<dyn Clock>,
    ) -> Result<Option<Arc<dyn RawApi>>> {
        Ok(None)
    }
}

const CONFIG: &str = r#"
[rules]
off = "A page to staff is no call by an artificial voice."

[providers.ward-pagers]
kind = "pager"
owner = "Example Hospital"
beep_seconds = 10
"#;

#[tokio::main]
async fn main() -> std::result::Result<(), Box<dyn Error>> {
    println!("The pagers are simulated: they beep in memory.\n");
    let registry = || Registry::default().with("pager", Arc::new(PagerKind));

    let wrong = Config::with_registry(&CONFIG.replace("owner", "ownr"), registry());
    let wrong = wrong.err().ok_or("a mistyped setting was taken")?;
    println!("{wrong}\n");

    let switchboard = Config::with_registry(CONFIG, registry())?.open(|_| None).await?;
    let call = switchboard.place(&CallRequest::new("+442079460123", "Ward four, please.")).await?;
    let call = switchboard.wait(call.id).await?;
    let provider = call.provider.as_ref().ok_or("a call that was placed has a provider")?;
    println!("{}: {} by {provider}", call.to, call.status);

    assert!(wrong.to_string().contains("providers.ward-pagers.ownr"), "the key is named");
    assert_eq!((call.status, provider.as_str()), (CallStatus::Closed, "ward-pagers"));
    Ok(())
}
