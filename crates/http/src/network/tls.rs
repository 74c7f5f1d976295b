//! TLS for every client.

use std::sync::Arc;

use rustls::{
    ClientConfig, Error, RootCertStore,
    crypto::{CryptoProvider, ring},
};
use rustls_platform_verifier::Verifier;
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

use super::{Network, RootCertificates};

/// TLS 1.2 and 1.3 with ring, or with the cryptography of the program. It is named here so that
/// neither another one in the process nor the order in which libraries are initialized changes what
/// this client does.
///
/// Uses the platform's certificate verifier if it works. It fails on a machine without a CA store,
/// such as a slim container; the bundled roots are used there. The network's own roots are added to
/// either.
pub(crate) fn tls(network: &Network) -> Result<ClientConfig, Error> {
    let crypto = network.crypto_provider.clone();
    let crypto = crypto.unwrap_or_else(|| Arc::new(ring::default_provider()));
    let builder = ClientConfig::builder_with_provider(Arc::clone(&crypto))
        .with_safe_default_protocol_versions()?;
    let verified = match of_the_platform(&network.extra_roots, &crypto) {
        Ok(verifier) => builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)),
        Err(error) => {
            tracing::debug!(%error, "no usable certificate store on this machine: using the bundled roots");
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(TLS_SERVER_ROOT_CERTS.iter().cloned());
            for certificate in network.extra_roots.iter() {
                roots.add(certificate)?;
            }
            builder.with_root_certificates(roots)
        }
    };
    let mut tls = verified.with_no_client_auth();
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    // FIPS allows TLS 1.2 with the extended master secret only.
    tls.require_ems |= crypto.fips();
    Ok(tls)
}

/// The platform alone is asked first: with further roots, its verifier also works where the platform
/// has none, and would then trust nothing else.
fn of_the_platform(
    extra: &RootCertificates,
    crypto: &Arc<CryptoProvider>,
) -> Result<Verifier, Error> {
    let verifier = Verifier::new(Arc::clone(crypto))?;
    if extra.is_empty() {
        return Ok(verifier);
    }
    Verifier::new_with_extra_roots(extra.iter(), Arc::clone(crypto))
}
