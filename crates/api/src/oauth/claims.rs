//! What a token has to say: by whom it was issued, for whom, for which tenant, and until when.

use jiff::Timestamp;
use serde_json::{Map, Value};
use switchboard::TenantId;

use super::OAuth;
use crate::caller::ScopeName;

/// How far the clocks of the issuer and this machine may be apart.
const LEEWAY: f64 = 60.0;
/// The longest subject and the longest tenant.
const LONGEST_NAME: usize = 255;

/// What a token says.
#[derive(Debug)]
pub(super) struct Claims {
    pub(super) subject: String,
    pub(super) tenant: TenantId,
    pub(super) scopes: Vec<ScopeName>,
}

/// Reads what an issuer signed.
///
/// # Errors
/// What is wrong with it, in a sentence that says nothing of what is in it.
pub(super) fn read(payload: &[u8], oauth: &OAuth, now: Timestamp) -> Result<Claims, &'static str> {
    let claims: Map<String, Value> =
        serde_json::from_slice(payload).map_err(|_| "the token has no claims")?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(&oauth.issuer) {
        return Err("the token is of another issuer");
    }
    if !is_for(claims.get("aud"), &oauth.audience) {
        return Err("the token is for another audience");
    }
    let time =
        |name: &str| claims.get(name).map(|value| value.as_f64().filter(|at| at.is_finite()));
    let now = now.as_duration().as_secs_f64();
    match time("exp").flatten() {
        None => return Err("the token does not say when it expires"),
        Some(at) if now >= at + LEEWAY => return Err("the token has expired"),
        Some(_) => {}
    }
    match time("nbf") {
        Some(None) => return Err("the token has a time that cannot be read"),
        Some(Some(at)) if now + LEEWAY < at => return Err("the token is not valid yet"),
        Some(Some(_)) | None => {}
    }
    let subject = text("sub").filter(|subject| is_name(subject));
    let subject = subject.ok_or("the token does not say whose it is")?.to_owned();
    // `*` stands for every tenant elsewhere.
    let tenant = text(&oauth.tenant_claim).filter(|tenant| is_name(tenant) && *tenant != "*");
    let tenant = TenantId::from(tenant.ok_or("the token does not name a tenant")?);
    let scopes = words(claims.get("scope").or_else(|| claims.get("scp")))
        .filter_map(|word| oauth.scopes.get(word))
        .flatten()
        .copied()
        .collect();
    Ok(Claims { subject, tenant, scopes })
}

fn is_for(audience: Option<&Value>, ours: &str) -> bool {
    match audience {
        Some(Value::String(one)) => one == ours,
        Some(Value::Array(several)) => several.iter().any(|one| one.as_str() == Some(ours)),
        _ => false,
    }
}

fn is_name(text: &str) -> bool {
    let fits = !text.is_empty() && text.len() <= LONGEST_NAME && text.trim() == text;
    fits && !text.chars().any(char::is_control)
}

/// The words of a scope: a text with spaces between them, or a list, as some issuers write it.
fn words(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let texts = match value {
        Some(Value::Array(several)) => several.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    texts.iter().filter_map(Value::as_str).flat_map(|text| text.split(' '))
}
