//! The HTTP client of everything that asks AWS: proxies as the environment names them, and
//! certificates as AWS's own tools trust them.
//!
//! The SDK looks at `SSL_CERT_FILE` only. `AWS_CA_BUNDLE` and a profile's `ca_bundle` name the file
//! that its command line trusts in place of what the host trusts: "Configuration and credential
//! file settings" of the AWS CLI user guide.

use crate::event::{Reason, ReasonKind, base64};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use aws_smithy_runtime_api::client::dns::SharedDnsResolver;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::fmt::Write;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A file of certificates that is longer is none.
const LONGEST: u64 = 64 << 20;

/// The file of certificates that is trusted, if one is named.
pub(super) fn bundle(of_profile: Option<PathBuf>) -> Option<PathBuf> {
    let named = std::env::var_os("AWS_CA_BUNDLE").filter(|name| !name.is_empty());
    named.map(PathBuf::from).or(of_profile)
}

/// A client that trusts the certificates of this file, or those that the host trusts.
pub(super) fn client(bundle: Option<&Path>) -> Result<SharedHttpClient, Reason> {
    let store = match bundle {
        Some(path) => trusted(path).map_err(|why| {
            let detail = format!(
                "the CA file {} that AWS_CA_BUNDLE or the profile names {why}",
                path.display()
            );
            Reason::new(ReasonKind::Permission, detail)
        })?,
        None => TrustStore::default(),
    };
    let tls = TlsContext::builder().with_trust_store(store).build();
    let tls = tls.map_err(|error| Reason::new(ReasonKind::Io, error.to_string()))?;
    Ok(connecting(tls, None))
}

/// As the SDK makes its own, but for what is trusted; a connection is used for many requests. Names
/// are resolved as the host does, unless another way is given.
fn connecting(tls: TlsContext, names: Option<SharedDnsResolver>) -> SharedHttpClient {
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = ConnectorBuilder::default()
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .tls_context(tls.clone());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector.set_proxy_config(Some(ProxyConfig::from_env()));
        match names.clone() {
            None => connector.build(),
            Some(names) => connector.build_with_resolver(names),
        }
    })
}

/// The certificates of a file. What can be no root is left out here, for the client would panic.
fn trusted(path: &Path) -> Result<TrustStore, String> {
    let mut bytes = Vec::new();
    let read = std::fs::metadata(path).and_then(|about| {
        // What is no plain file could be waited for without end.
        if !about.is_file() {
            return Err(std::io::Error::other("it is no file"));
        }
        std::fs::File::open(path)?.take(LONGEST).read_to_end(&mut bytes)
    });
    read.map_err(|error| format!("cannot be read: {error}"))?;
    let pem = roots(&bytes);
    if pem.is_empty() {
        return Err("has no certificate in it that can be trusted; it has to be PEM".to_owned());
    }
    Ok(TrustStore::empty().with_pem_certificate(pem))
}

/// The roots among the certificates of a text, written anew.
fn roots(bytes: &[u8]) -> String {
    let mut pem = String::new();
    for der in CertificateDer::pem_slice_iter(bytes).flatten() {
        if RootCertStore::empty().add(der.clone()).is_ok() {
            let text = base64::encode(&der);
            let _ = write!(pem, "-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
        }
    }
    pem
}

#[cfg(test)]
mod tests {
    use super::super::{Asked, Failure};
    use super::{Path, ReasonKind, SharedDnsResolver, TlsContext, client, connecting, roots};
    use aws_config::retry::RetryConfig;
    use aws_config::timeout::TimeoutConfig;
    use aws_config::{BehaviorVersion, Region};
    use aws_sdk_sts::config::Credentials;
    use aws_sdk_sts::{Client, Config};
    use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns};
    use std::time::Duration;
    use tokio::runtime::Builder;

    /// Looks every name up for ever.
    #[derive(Debug)]
    struct Never;

    impl ResolveDns for Never {
        fn resolve_dns<'a>(&'a self, _: &'a str) -> DnsFuture<'a> {
            DnsFuture::new(std::future::pending())
        }
    }

    /// Nothing else would end it: the time for connecting holds for finding out where, too.
    #[test]
    fn a_name_that_is_looked_up_for_ever_is_given_up() {
        let names = SharedDnsResolver::new(Never);
        let client = connecting(TlsContext::builder().build().unwrap(), Some(names));
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .credentials_provider(Credentials::new("a", "b", None, None, "test"))
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::builder().connect_timeout(SHORT).build())
            .http_client(client)
            .build();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let asked = Client::from_conf(config).get_caller_identity().send();
        let failure = Failure::of(&runtime.block_on(asked).unwrap_err());
        let told = failure.reason(Asked { permission: "", on: "" });
        assert_eq!(told.kind, ReasonKind::Io);
        assert!(told.detail.contains("did not answer in time: check the network"), "{told}");
    }

    const SHORT: Duration = Duration::from_millis(50);

    const CA: &[u8] = include_bytes!("../../../tests/fixtures/tls/ca.pem");

    fn refused(path: &Path) -> String {
        client(Some(path)).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn a_file_of_certificates_is_trusted_and_what_is_none_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        let told = refused(&path);
        assert!(told.contains("ca.pem") && told.contains("cannot be read: No such file"), "{told}");
        assert!(refused(folder.path()).contains("it is no file"));
        for text in
            [&b""[..], b"no PEM", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
        {
            std::fs::write(&path, text).unwrap();
            assert!(refused(&path).contains("has no certificate in it"));
        }
        std::fs::write(&path, CA).unwrap();
        assert!(client(Some(&path)).is_ok());
    }

    #[test]
    fn a_certificate_that_is_none_costs_no_other() {
        let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let both = [&broken[..], b"remarks\n", CA].concat();
        assert_eq!(roots(&both), roots(CA));
        assert_eq!(roots(roots(CA).as_bytes()), roots(CA));
    }
}
