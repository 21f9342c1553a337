//! A server of TLS whose certificate a CA signed that no host trusts.

use super::fake::request;
use super::program::{command, text};
use super::server::Server;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tls").join(name)
}

/// Hands requests on to a server of this host that speaks plain HTTP.
fn start(server: u16) -> String {
    let certificate = CertificateDer::from_pem_file(fixture("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(fixture("server-key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let (listener, config) = (TcpListener::bind("127.0.0.1:0").unwrap(), Arc::new(config));
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let stream = StreamOwned::new(connection, client.unwrap());
            std::thread::spawn(move || hand_on(stream, server));
        }
    });
    format!("https://localhost:{port}")
}

fn hand_on(mut client: StreamOwned<ServerConnection, TcpStream>, server: u16) -> Option<()> {
    let (head, body) = request(&mut client)?;
    let mut upstream = TcpStream::connect(("127.0.0.1", server)).ok()?;
    let (line, rest) = head.split_once("\r\n")?;
    write!(upstream, "{line}\r\nconnection: close\r\n{rest}").ok()?;
    upstream.write_all(&body).ok()?;
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer).ok()?;
    client.write_all(&answer).ok()?;
    client.conn.send_close_notify();
    client.flush().ok()
}

/// What a query of the bucket comes to: count, and what is told.
fn query(mut command: Command) -> (String, String) {
    let output = command.output().unwrap();
    (text(&output.stdout).trim().to_owned(), text(&output.stderr).to_owned())
}

const QUERY: &[&str] = &["query", "s3://logs", "--count"];

#[test]
fn a_ca_that_was_named_is_trusted_and_no_other() {
    let Some(server) = Server::start() else { return };
    server.bucket("logs");
    server.put("logs", "a.json", b"{\"time\":\"2026-03-04T10:00:00Z\"}\n");
    let endpoint = start(server.port);
    let (_, told) = query(command(&endpoint, QUERY));
    assert!(told.contains("not trusted") && told.contains("AWS_CA_BUNDLE"), "{told}");

    let mut named = command(&endpoint, QUERY);
    named.env("AWS_CA_BUNDLE", fixture("ca.pem"));
    let (count, told) = query(named);
    assert_eq!(count, "1", "{told}");

    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config");
    let lines = format!("[default]\nca_bundle = {}\n", fixture("ca.pem").display());
    std::fs::write(&config, lines).unwrap();
    let mut of_profile = command(&endpoint, QUERY);
    of_profile.env("AWS_CONFIG_FILE", &config);
    let (count, told) = query(of_profile);
    assert_eq!(count, "1", "{told}");

    // The environment comes before the profile.
    for (file, wanted) in [("gone.pem", "cannot be read"), ("config", "has no certificate in it")] {
        let mut wrong = command(&endpoint, QUERY);
        wrong.env("AWS_CONFIG_FILE", &config).env("AWS_CA_BUNDLE", folder.path().join(file));
        let (_, told) = query(wrong);
        assert!(told.contains(file) && told.contains(wanted), "{told}");
    }
}

#[test]
fn https_where_only_http_is_spoken_is_told() {
    let Some(server) = Server::start() else { return };
    let (_, told) = query(command(&format!("https://127.0.0.1:{}", server.port), QUERY));
    assert!(told.contains("it does not speak https: check the endpoint"), "{told}");
}
