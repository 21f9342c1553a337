//! A role that is only given against a code of an MFA device: the code, and taking the role with it.
//!
//! The SDK does not look at `mfa_serial`. A code is good for one time only, and what it is good for
//! is in memory only.

use super::profile::Role;
use super::{Asked, Failure, policy};
use crate::event::{Reason, ReasonKind, Timestamp};
use aws_config::SdkConfig;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_sdk_sts::config::{Credentials, SharedCredentialsProvider};
use std::time::{Duration, SystemTime};

/// Credentials that end so soon are as good as over.
const RESERVE: Duration = Duration::from_mins(1);

/// What a device shows; nobody sees it again.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// Six digits; spaces between them are how people read them.
    pub fn parse(text: &str) -> Result<Self, String> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let is_code = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if is_code {
            Ok(Self(digits))
        } else {
            Err("a code of an MFA device is six digits".to_owned())
        }
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(…)")
    }
}

/// What is said where a code is needed and there is none.
pub(super) fn wanted(role: &Role) -> Reason {
    let detail = format!(
        "the role {} is only given against a code of the MFA device {}: start trailcase with \
         --mfa-code CODE",
        role.arn, role.serial
    );
    Reason::new(ReasonKind::Permission, detail)
}

/// The credentials of a profile alone, whatever the environment has.
pub(super) fn of_profile(name: &str, config: &SdkConfig) -> SharedCredentialsProvider {
    let mut way = ProviderConfig::without_region()
        .with_region(config.region().cloned())
        .with_use_fips(config.use_fips())
        .with_use_dual_stack(config.use_dual_stack());
    if let Some(client) = config.http_client() {
        way = way.with_http_client(client);
    }
    if let Some(timeouts) = config.timeout_config() {
        way = way.with_timeout_config(timeouts.clone());
    }
    let provider = ProfileFileCredentialsProvider::builder().configure(&way).profile_name(name);
    SharedCredentialsProvider::new(provider.build())
}

/// Takes the role.
pub(super) async fn take(
    role: &Role,
    Code(code): &Code,
    config: &SdkConfig,
) -> Result<Credentials, Reason> {
    let source = of_profile(&role.source, config);
    let config = config.clone().into_builder().credentials_provider(source).build();
    let session = || format!("trailcase-{}", Timestamp::now().0 / 1_000_000_000);
    let asked = aws_sdk_sts::Client::new(&config)
        .assume_role()
        .role_arn(&role.arn)
        .role_session_name(role.session.clone().unwrap_or_else(session))
        .set_external_id(role.external_id.clone())
        .set_duration_seconds(role.seconds)
        .serial_number(&role.serial)
        .token_code(code);
    let answer = asked.send().await.map_err(|error| {
        Failure::of(&error).reason(Asked { permission: policy::ASSUME, on: &role.arn })
    })?;
    let nothing = || Reason::new(ReasonKind::Permission, "the role came without credentials");
    let given = answer.credentials.ok_or_else(nothing)?;
    let until = SystemTime::try_from(given.expiration).ok();
    let token = Some(given.session_token);
    Ok(Credentials::new(given.access_key_id, given.secret_access_key, token, until, "MfaRole"))
}

/// Whether credentials are good for a while.
pub(super) fn is_good(credentials: &Credentials) -> bool {
    credentials.expiry().is_none_or(|until| until > SystemTime::now() + RESERVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_six_digits_and_is_never_shown() {
        let code = Code::parse(" 123 456\n").unwrap();
        assert_eq!(code.0, "123456");
        assert_eq!(format!("{code:?}"), "Code(…)");
        for text in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"] {
            assert!(Code::parse(text).is_err(), "{text}");
        }
    }
}
