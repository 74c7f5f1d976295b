//! Where an issuer's keys are: in its metadata, as RFC 8414 or OpenID Connect have them.

use http::HeaderMap;
use serde::Deserialize;
use switchboard::core::is_loopback;
use switchboard_http::OperatorClient;
use url::Url;

use super::Jwks;

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: Url,
}

/// Reads the keys of an issuer.
///
/// # Errors
/// Why there are none, in words for the log.
pub(super) async fn keys(client: &OperatorClient, issuer: &str) -> Result<Jwks, String> {
    let metadata = metadata(client, issuer).await?;
    let at = metadata.jwks_uri;
    if at.scheme() != "https" && !is_loopback(&at) {
        return Err("the issuer's jwks_uri does not begin with https://".to_owned());
    }
    let body = get(client, &at).await?;
    let keys = Jwks::parse(&body).ok_or("what is at the issuer's jwks_uri is no set of keys")?;
    if keys.is_empty() {
        return Err("the issuer has no key for RS256, ES256 or EdDSA".to_owned());
    }
    Ok(keys)
}

async fn metadata(client: &OperatorClient, issuer: &str) -> Result<Metadata, String> {
    let mut wrong = "the issuer is no address".to_owned();
    for at in places(issuer) {
        let body = match get(client, &at).await {
            Ok(body) => body,
            Err(error) => {
                wrong = error;
                continue;
            }
        };
        match serde_json::from_slice::<Metadata>(&body) {
            // It is another issuer's otherwise (RFC 8414, section 3.3).
            Ok(metadata) if metadata.issuer == issuer => return Ok(metadata),
            Ok(_) => wrong = format!("{at} names another issuer"),
            Err(_) => wrong = format!("{at} has no metadata with issuer and jwks_uri"),
        }
    }
    Err(wrong)
}

/// Where the metadata may be, in the order in which MCP clients look for it.
fn places(issuer: &str) -> Vec<Url> {
    let Ok(base) = Url::parse(issuer) else { return Vec::new() };
    let path = base.path().trim_end_matches('/').to_owned();
    let mut paths = vec![
        format!("/.well-known/oauth-authorization-server{path}"),
        format!("/.well-known/openid-configuration{path}"),
    ];
    if !path.is_empty() {
        paths.push(format!("{path}/.well-known/openid-configuration"));
    }
    let at = |path: String| {
        let mut place = base.clone();
        place.set_path(&path);
        place
    };
    paths.into_iter().map(at).collect()
}

async fn get(client: &OperatorClient, at: &Url) -> Result<bytes::Bytes, String> {
    match client.get(at, HeaderMap::new()).await {
        Ok((200, body)) => Ok(body),
        Ok((status, _)) => Err(format!("{at} answered {status}")),
        Err(error) => Err(format!("{at} could not be read: {error}")),
    }
}
