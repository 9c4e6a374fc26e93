//! Whom a channel believes to be who they say they are.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use crate::SettingsError;

/// Returns how many authorities this machine itself knows; without any, and without a file of the
/// clinic's, nobody is believed.
#[must_use]
pub fn machine_authorities() -> usize {
    rustls_native_certs::load_native_certs().certs.len()
}

/// Returns the client's half of TLS 1.2 and 1.3: with the machine's own authorities, which its
/// updates keep, and those of a file of the clinic's.
///
/// Without any of either nobody is believed.
pub(crate) fn config(ca_file: Option<&Path>) -> Result<ClientConfig, SettingsError> {
    let mut roots = RootCertStore::empty();
    // What of the machine's cannot be read, nobody is believed for.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = ca_file {
        let refused = |why| SettingsError::new("ca_file", format!("{}: {why}", path.display()));
        let authorities = CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| refused(error.to_string()))?;
        if authorities.is_empty() {
            return Err(refused("there is no certificate in it".into()));
        }
        for authority in authorities {
            let added = roots.add(authority);
            added.map_err(|error| refused(error.to_string()))?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring knows TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}
