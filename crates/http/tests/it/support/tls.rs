//! A provider that speaks TLS, and the authority that made its certificate.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
};
use switchboard_http::{
    RootCertificates,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// An authority that no platform knows.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name.push(DnType::CommonName, "An authority of a test");
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    pub(crate) fn roots(&self) -> RootCertificates {
        RootCertificates::from_pem(self.pem().as_bytes()).unwrap()
    }

    /// A server's side of TLS under these names.
    pub(crate) fn acceptor(&self, names: &[&str]) -> TlsAcceptor {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(names).unwrap().signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// A provider behind TLS. It reads a request, then answers, or closes if it has no answer.
pub(crate) struct TlsServer {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<(String, String)>>>,
    task: JoinHandle<()>,
}

impl TlsServer {
    pub(crate) async fn new(acceptor: TlsAcceptor, answer: Option<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let Ok(mut socket) = acceptor.accept(socket).await else { continue };
                let Some(request) = super::read_request(&mut socket).await else { continue };
                noted.lock().unwrap().push((request, cipher(&socket)));
                if let Some(answer) = &answer {
                    let _ = socket.write_all(answer.as_bytes()).await;
                    let _ = socket.shutdown().await;
                }
            }
        });
        Self { address, seen, task }
    }

    /// The requests that arrived.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|(request, _)| request.clone()).collect()
    }

    /// What the requests were encrypted with.
    pub(crate) fn ciphers(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|(_, cipher)| cipher.clone()).collect()
    }
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn cipher(socket: &TlsStream<TcpStream>) -> String {
    format!("{:?}", socket.get_ref().1.negotiated_cipher_suite().unwrap().suite())
}

/// Reads until the other side closes.
pub(crate) async fn drain(mut socket: impl AsyncRead + Unpin) {
    let mut piece = [0; 1024];
    while matches!(socket.read(&mut piece).await, Ok(count) if count > 0) {}
}
