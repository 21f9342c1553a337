//! Signatures over a bundle's hashes, made and checked by OpenSSH, which is on every bastion host and
//! knows agents and hardware keys (`ssh-keygen`, PROTOCOL.sshsig). No private key is ever read here.

use std::ffi::OsStr;
use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use thiserror::Error;

/// What signatures are for, so that one of another purpose is worth nothing here.
pub const NAMESPACE: &str = "custody@trailcase";

#[derive(Debug, Error)]
pub enum SigningError {
    #[error("ssh-keygen cannot be started: {0}")]
    Start(io::Error),
    #[error("ssh-keygen did not sign: {0}")]
    Refused(String),
    #[error("{0} is there already, and a signature is not replaced")]
    Exists(PathBuf),
    #[error("the public key {0} cannot be read: {1}")]
    PublicKey(PathBuf, io::Error),
    #[error("{0} is no public key of OpenSSH")]
    NoKey(PathBuf),
}

/// Who signs: a name, and the public key as one line of OpenSSH without its comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    pub name: String,
    pub public_key: String,
}

impl Signer {
    /// Of a private key's path, or its public key's.
    pub fn read(name: &str, key: &Path) -> Result<Self, SigningError> {
        let path = if key.extension() == Some(OsStr::new("pub")) {
            key.to_owned()
        } else {
            let mut name = key.as_os_str().to_owned();
            name.push(".pub");
            PathBuf::from(name)
        };
        let text = std::fs::read_to_string(&path)
            .map_err(|error| SigningError::PublicKey(path.clone(), error))?;
        let mut words = text.split_ascii_whitespace();
        match (words.next(), words.next()) {
            (Some(kind), Some(key)) if is_word(kind) && is_word(key) => {
                Ok(Self { name: principal(name), public_key: format!("{kind} {key}") })
            }
            _ => Err(SigningError::NoKey(path)),
        }
    }

    /// The line of `allowed_signers`.
    pub fn allowed(&self) -> String {
        format!("{} namespaces=\"{NAMESPACE}\" {}\n", self.name, self.public_key)
    }
}

fn is_word(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=@.-".contains(&byte))
}

/// A name as a principal: other characters would mean something in the file or in a shell.
fn principal(name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || "@._-".contains(c) { c } else { '_' };
    let name: String = name.chars().map(safe).collect();
    let name = name.trim_start_matches('-');
    if name.is_empty() { "analyst".to_owned() } else { name.to_owned() }
}

/// Signs the file with the key and gives the signature's path, `FILE.sig`. `ssh-keygen` asks for a
/// passphrase by itself, on the terminal, unless it may not.
pub fn sign(key: &Path, file: &Path, may_ask: bool) -> Result<PathBuf, SigningError> {
    let mut name = file.as_os_str().to_owned();
    name.push(".sig");
    let signature = PathBuf::from(name);
    if signature.exists() {
        return Err(SigningError::Exists(signature));
    }
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-Y", "sign", "-n", NAMESPACE, "-f"]).arg(key).arg("--").arg(file);
    if !may_ask {
        // Whatever it asks is answered with nothing.
        command.env("SSH_ASKPASS_REQUIRE", "force").env("SSH_ASKPASS", "false");
    }
    let output = command.stdin(Stdio::null()).output().map_err(SigningError::Start)?;
    if output.status.success() && signature.exists() {
        return Ok(signature);
    }
    let mut why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if why.is_empty() {
        let _ = write!(why, "{}", output.status);
    }
    Err(SigningError::Refused(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_nothing_in_the_file_of_signers() {
        assert_eq!(principal("Dana Roe\nroot ssh-rsa"), "Dana_Roe_root_ssh-rsa");
        assert_eq!(principal("-x"), "x");
        assert_eq!(principal(""), "analyst");
        let signer = Signer { name: "a".to_owned(), public_key: "ssh-ed25519 AAAA".to_owned() };
        assert_eq!(signer.allowed(), "a namespaces=\"custody@trailcase\" ssh-ed25519 AAAA\n");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("id.pub");
        let read = || Signer::read("a", &path);
        assert!(matches!(read(), Err(SigningError::PublicKey(..))));
        std::fs::write(&path, "ssh-ed25519\n").unwrap();
        assert!(matches!(read(), Err(SigningError::NoKey(_))));
        std::fs::write(&path, "ssh-ed25519 AAAA dana@host\n").unwrap();
        assert_eq!(read().unwrap().public_key, "ssh-ed25519 AAAA");
    }
}
