//! What the files of AWS profiles say that the SDK does not tell: that there is no such profile,
//! and that one needs a code of a device.
//!
//! Format: "Configuration and credential file settings" of the AWS CLI user guide.

use crate::event::{Reason, ReasonKind};
use std::path::PathBuf;

/// Fails if the profile that is used is in no file, or asks for a code.
pub(super) fn check(named: Option<&str>) -> Result<(), Reason> {
    let of_environment = std::env::var("AWS_PROFILE").ok().filter(|name| !name.is_empty());
    let Some(name) = named.map(str::to_owned).or(of_environment) else { return Ok(()) };
    let read = |variable: &str, file: &str| {
        let path = std::env::var_os(variable).map(PathBuf::from).or_else(|| {
            let home = std::env::var_os("HOME").map(PathBuf::from);
            home.map(|home| home.join(".aws").join(file))
        });
        path.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default()
    };
    let config = read("AWS_CONFIG_FILE", "config");
    let credentials = read("AWS_SHARED_CREDENTIALS_FILE", "credentials");
    judge(&name, &config, &credentials).map_err(|why| Reason::new(ReasonKind::Permission, why))
}

fn judge(name: &str, config: &str, credentials: &str) -> Result<(), String> {
    let full = if name == "default" { name.to_owned() } else { format!("profile {name}") };
    let found = [section(config, &full), section(config, name), section(credentials, name)];
    let mut lines = found.iter().flatten().flatten();
    if found.iter().all(Option::is_none) {
        let mut known: Vec<&str> = names(config).chain(names(credentials)).collect();
        known.sort_unstable();
        known.dedup();
        let known = match known.as_slice() {
            [] => "no profile is configured; `aws configure` makes one".to_owned(),
            known => format!("there are {}", known.join(", ")),
        };
        return Err(format!("there is no AWS profile {name:?}: {known}"));
    }
    if lines.any(|(key, _)| *key == "mfa_serial") {
        return Err(format!(
            "the AWS profile {name:?} asks for a code of an MFA device, which cannot be given here: \
             run `aws sts assume-role --serial-number … --token-code …` and put what it gives into \
             AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"
        ));
    }
    Ok(())
}

/// The lines of a section, as names and values; `None` if there is none.
fn section<'a>(text: &'a str, wanted: &str) -> Option<Vec<(&'a str, &'a str)>> {
    let (mut lines, mut inside, mut found) = (Vec::new(), false, false);
    for line in text.lines().map(str::trim) {
        if let Some(name) = header(line) {
            inside = name.split_whitespace().eq(wanted.split_whitespace());
            found |= inside;
        } else if let (true, Some((key, value))) = (inside, line.split_once('=')) {
            lines.push((key.trim(), value.trim()));
        }
    }
    found.then_some(lines)
}

fn header(line: &str) -> Option<&str> {
    Some(line.strip_prefix('[')?.split_once(']')?.0.trim())
}

fn names(text: &str) -> impl Iterator<Item = &str> {
    let headers = text.lines().filter_map(|line| header(line.trim()));
    let names = headers.map(|name| name.strip_prefix("profile ").map_or(name, str::trim));
    names.filter(|name| !name.starts_with("sso-session ") && !name.starts_with("services "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_known_by_either_file() {
        let config = "[default]\nregion = eu-west-1\n[profile  audit] # read only\nrole_arn = a\n\
                      [sso-session corp]\nsso_region = x\n[profile locked]\nmfa_serial=arn:aws:x\n";
        let credentials = "[legacy]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n";
        for name in ["default", "audit", "legacy"] {
            assert_eq!(judge(name, config, credentials), Ok(()), "{name}");
        }
        let error = judge("audti", config, credentials).unwrap_err();
        assert_eq!(
            error,
            "there is no AWS profile \"audti\": there are audit, default, legacy, locked"
        );
        assert!(judge("x", "", "").unwrap_err().contains("`aws configure` makes one"));
        assert!(judge("locked", config, "").unwrap_err().contains("MFA device"));
    }
}
