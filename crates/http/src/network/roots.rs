//! Certificates of authorities that the platform does not know.

use std::fmt;

use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use switchboard_core::{Error, ErrorKind, Result};

/// Certificates of authorities, such as the one of a company's own network.
#[derive(Clone, Default)]
pub struct RootCertificates(Vec<CertificateDer<'static>>);

impl RootCertificates {
    /// Every certificate of a PEM file. Other sections of it are ignored.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if there is none, or one that cannot be read.
    pub fn from_pem(pem: &[u8]) -> Result<Self> {
        let refused = |message: String| Error::new(ErrorKind::Configuration, message);
        let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        let certificates = read.map_err(|error| refused(format!("is no PEM: {error}")))?;
        if certificates.is_empty() {
            return Err(refused(
                "holds no certificate: it must have a section that begins with -----BEGIN CERTIFICATE-----".to_owned(),
            ));
        }
        let mut store = RootCertStore::empty();
        for (index, certificate) in certificates.iter().enumerate() {
            store.add(certificate.clone()).map_err(|error| {
                refused(format!("certificate {} of it cannot be used: {error}", index + 1))
            })?;
        }
        Ok(Self(certificates))
    }

    /// Adds these.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = CertificateDer<'static>> {
        self.0.iter().cloned()
    }
}

impl fmt::Debug for RootCertificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootCertificates({})", self.0.len())
    }
}
