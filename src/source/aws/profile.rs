//! What the files of AWS profiles say that the SDK does not tell, or does not do: that there is no
//! such profile, that a role takes a code of a device, and which certificates are trusted.
//!
//! Format: "Configuration and credential file settings" of the AWS CLI user guide.

use crate::event::{Reason, ReasonKind};
use std::path::PathBuf;

/// Roles that lead to roles; more lead in a circle, which the SDK tells.
const DEEPEST: usize = 16;

/// The profile that is used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Profile {
    /// File of certificates that are trusted.
    pub(super) bundle: Option<PathBuf>,
    /// Its role, if that is only given against a code.
    pub(super) role: Option<Role>,
}

/// A role that is only given against a code of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Role {
    pub(super) arn: String,
    /// The device.
    pub(super) serial: String,
    /// The profile whose credentials take the role.
    pub(super) source: String,
    pub(super) external_id: Option<String>,
    pub(super) session: Option<String>,
    pub(super) seconds: Option<i32>,
}

/// Looks at the profile that is used. Fails if one was named that is in no file, or if its
/// credentials cannot be had here.
pub(super) fn look(named: Option<&str>) -> Result<Profile, Reason> {
    let name = self::named(named);
    let read = |variable: &str, file: &str| {
        let path = std::env::var_os(variable).map(PathBuf::from).or_else(|| {
            let home = std::env::var_os("HOME").map(PathBuf::from);
            home.map(|home| home.join(".aws").join(file))
        });
        path.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default()
    };
    let files = Files {
        config: read("AWS_CONFIG_FILE", "config"),
        credentials: read("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
    };
    let refuse = |why: String| Reason::new(ReasonKind::Credentials, why);
    let mut profile = match &name {
        Some(name) => files.profile(name),
        None => files.profile_if_there("default"),
    }
    .map_err(refuse)?;
    if named.is_none() && has_keys() {
        // Keys of the environment come before a profile that was not named.
        profile.role = None;
    }
    Ok(profile)
}

/// The name of the profile that is used, if it has one.
pub(super) fn named(named: Option<&str>) -> Option<String> {
    let of_environment = || std::env::var("AWS_PROFILE").ok().filter(|name| !name.is_empty());
    named.map(str::to_owned).or_else(of_environment)
}

/// Whether the environment has credentials.
pub(super) fn has_keys() -> bool {
    std::env::var_os("AWS_ACCESS_KEY_ID").is_some_and(|key| !key.is_empty())
}

struct Files {
    config: String,
    credentials: String,
}

/// The lines of a profile.
struct Lines<'a>(Vec<(&'a str, &'a str)>);

impl Lines<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| *value).filter(|value| !value.is_empty())
    }
}

impl Files {
    fn lines(&self, name: &str) -> Option<Lines<'_>> {
        let full = if name == "default" { name.to_owned() } else { format!("profile {name}") };
        let (config, credentials) = (self.config.as_str(), self.credentials.as_str());
        let found = [section(config, &full), section(config, name), section(credentials, name)];
        let is_there = found.iter().any(Option::is_some);
        is_there.then(|| Lines(found.into_iter().flatten().flatten().collect()))
    }

    fn profile(&self, name: &str) -> Result<Profile, String> {
        if self.lines(name).is_some() {
            return self.profile_if_there(name);
        }
        let mut known: Vec<&str> = names(&self.config).chain(names(&self.credentials)).collect();
        known.sort_unstable();
        known.dedup();
        let known = match known.as_slice() {
            [] => "no profile is configured; `aws configure` makes one".to_owned(),
            known => format!("there are {}", known.join(", ")),
        };
        Err(format!("there is no AWS profile {name:?}: {known}"))
    }

    fn profile_if_there(&self, name: &str) -> Result<Profile, String> {
        let Some(lines) = self.lines(name) else { return Ok(Profile::default()) };
        let role = self.role(name, &lines)?;
        Ok(Profile { bundle: lines.get("ca_bundle").map(PathBuf::from), role })
    }

    /// The role of a profile, if it takes a code. One further back that does cannot be had, since
    /// nobody would know for which of them a code is.
    fn role(&self, name: &str, lines: &Lines<'_>) -> Result<Option<Role>, String> {
        let Some(arn) = lines.get("role_arn") else { return Ok(None) };
        let mut source = lines.get("source_profile").map(str::to_owned);
        let of_source = source.clone();
        for _ in 0..DEEPEST {
            let Some(other) = source.take().filter(|other| other != name) else { break };
            let Some(lines) = self.lines(&other) else { break };
            if lines.get("role_arn").is_none() {
                break;
            }
            if lines.get("mfa_serial").is_some() {
                return Err(unusual(name, &format!("takes its role by {other:?}, which")));
            }
            source = lines.get("source_profile").map(str::to_owned);
        }
        let Some(serial) = lines.get("mfa_serial") else { return Ok(None) };
        let Some(source) = of_source else {
            return Err(unusual(name, "names no source_profile, and"));
        };
        let own = |key: &str| lines.get(key).map(str::to_owned);
        Ok(Some(Role {
            arn: arn.to_owned(),
            serial: serial.to_owned(),
            source,
            external_id: own("external_id"),
            session: own("role_session_name"),
            seconds: lines.get("duration_seconds").and_then(|text| text.parse().ok()),
        }))
    }
}

/// What to do where a code is asked for in a way that is not done here.
fn unusual(name: &str, what: &str) -> String {
    format!(
        "the AWS profile {name:?} {what} asks for a code of an MFA device: `aws configure \
         export-credentials --profile {name} --format env` gives what to put into the environment"
    )
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

    fn files(config: &str, credentials: &str) -> Files {
        Files { config: config.to_owned(), credentials: credentials.to_owned() }
    }

    #[test]
    fn profiles_are_known_by_either_file() {
        let config = "[default]\nregion = eu-west-1\n[profile  audit] # read only\nrole_arn = a\n\
                      [sso-session corp]\nsso_region = x\n[profile ca]\nca_bundle = /etc/ca.pem\n";
        let files = files(config, "[legacy]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n");
        for name in ["default", "audit", "legacy"] {
            assert_eq!(files.profile(name), Ok(Profile::default()), "{name}");
        }
        let bundle = files.profile("ca").unwrap().bundle;
        assert_eq!(bundle, Some(PathBuf::from("/etc/ca.pem")));
        let error = files.profile("audti").unwrap_err();
        let known = "there is no AWS profile \"audti\": there are audit, ca, default, legacy";
        assert_eq!(error, known);
        assert_eq!(files.profile_if_there("audti"), Ok(Profile::default()));
    }

    #[test]
    fn without_profiles_it_is_said_how_to_make_one() {
        assert!(files("", "").profile("x").unwrap_err().contains("`aws configure` makes one"));
    }

    #[test]
    fn a_role_that_takes_a_code_is_known_with_what_it_takes() {
        let config = "[profile a]\nrole_arn=arn:r\nsource_profile = base\nmfa_serial=arn:m\n\
                      external_id=e\nduration_seconds=900\n[profile base]\nmfa_serial=arn:m\n\
                      [profile b]\nrole_arn=arn:q\nsource_profile=a\n\
                      [profile c]\nrole_arn=arn:q\ncredential_source=Environment\nmfa_serial=arn:m\n\
                      [profile d]\nrole_arn=arn:q\nsource_profile=e\n\
                      [profile e]\nrole_arn=arn:q\nsource_profile=d\n";
        let files = files(config, "");
        let role = files.profile("a").unwrap().role.unwrap();
        assert_eq!((role.arn.as_str(), role.serial.as_str()), ("arn:r", "arn:m"));
        assert_eq!((role.source.as_str(), role.external_id.as_deref()), ("base", Some("e")));
        assert_eq!((role.seconds, role.session), (Some(900), None));
        // A device alone asks for nothing, as for the command line of AWS.
        assert_eq!(files.profile("base").unwrap().role, None);
        for (name, wanted) in [("b", "by \"a\", which asks"), ("c", "names no source_profile")] {
            let error = files.profile(name).unwrap_err();
            assert!(error.contains(wanted) && error.contains("export-credentials"), "{error}");
        }
        assert_eq!(files.profile("d").unwrap().role, None);
    }
}
