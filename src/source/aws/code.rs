//! A role that is only given against a code of an MFA device: the code, and taking the role with it.
//!
//! The SDK does not look at `mfa_serial`. A code is good for one time only, and what it is good for
//! is in memory only.

use super::profile::Role;
use super::{Asked, Failure, lock, policy};
use crate::event::{Code, CodeWanted, Reason, ReasonKind, Timestamp};
use aws_config::SdkConfig;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_sdk_sts::config::{Credentials, SharedCredentialsProvider};
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime};

/// Credentials that end so soon are as good as over.
const RESERVE: Duration = Duration::from_mins(1);

/// Requests that were on their way with what was there before are over by then.
const FRESH: Duration = Duration::from_mins(1);

/// What is known of the code that a role is given against.
#[derive(Default)]
pub(super) struct Codes {
    /// Until it was used.
    code: Option<Code>,
    /// What was given against one, and when.
    given: Option<Credentials>,
    since: Option<Instant>,
    /// Why the last one was not taken, or what it would be good for.
    wanted: Option<(CodeWanted, Reason)>,
}

impl Codes {
    pub(super) fn put(&mut self, code: Code) {
        *self = Self { code: Some(code), ..Self::default() };
    }

    /// Whether the role takes another code than what is there.
    pub(super) fn wants(&mut self, role: &Role) -> bool {
        let is_there = self.code.is_some() || self.given.as_ref().is_some_and(is_good);
        if !is_there {
            self.want(role, None);
        }
        !is_there
    }

    /// Drops what was given and ends about now. Whether there was such.
    pub(super) fn is_over(&mut self) -> bool {
        self.given.take_if(|given| !is_good(given)).is_some()
    }

    /// What was given is not taken any more, whatever the clock of this host says: what has been
    /// given only just is another, and stays.
    pub(super) fn refused(&mut self) {
        self.given.take_if(|_| self.since.is_none_or(|since| since.elapsed() > FRESH));
    }

    /// The code that something has asked for in vain.
    pub(super) fn wanted(&self) -> Option<CodeWanted> {
        self.wanted.as_ref().map(|(wanted, _)| wanted.clone())
    }

    /// What is to be said without a code: what was wrong with the last one, or that there is none.
    fn want(&mut self, role: &Role, why: Option<Reason>) -> Reason {
        if let Some((_, reason)) = self.wanted.as_ref().filter(|_| why.is_none()) {
            return reason.clone();
        }
        let reason = why.unwrap_or_else(|| missing(role));
        let wanted = CodeWanted { device: role.serial.clone(), why: reason.detail.clone() };
        self.wanted = Some((wanted, reason.clone()));
        reason
    }
}

/// What a role gives: what was given already, or is given now against the code that is there.
pub(super) async fn given(
    codes: &Mutex<Codes>,
    role: &Role,
    config: &SdkConfig,
) -> Result<Credentials, Reason> {
    let code = {
        let mut codes = lock(codes);
        if let Some(given) = codes.given.clone().filter(is_good) {
            return Ok(given);
        }
        codes.code.clone().ok_or_else(|| codes.want(role, None))?
    };
    let taken = take(role, &code, config).await;
    let mut codes = lock(codes);
    // Another may have been given meanwhile.
    let is_same = codes.code.as_ref() == Some(&code);
    match taken {
        Ok(given) => {
            let since = Some(Instant::now());
            *codes = Codes { given: Some(given.clone()), since, ..Codes::default() };
            Ok(given)
        }
        // Where nobody was asked, it is as good as it was.
        Err(reason) if reason.kind == ReasonKind::Io || !is_same => Err(reason),
        Err(reason) => {
            codes.code = None;
            Err(codes.want(role, Some(reason)))
        }
    }
}

/// What is said where a code is needed and there is none.
fn missing(role: &Role) -> Reason {
    let detail = format!(
        "the role {} is only given against a code of the MFA device {}: type it where the screen \
         asks for it, or start trailcase with --mfa-code CODE",
        role.arn, role.serial
    );
    Reason::new(ReasonKind::Credentials, detail)
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
async fn take(role: &Role, code: &Code, config: &SdkConfig) -> Result<Credentials, Reason> {
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
        .token_code(code.digits());
    let answer = asked.send().await.map_err(|error| {
        Failure::of(&error).reason(Asked { permission: policy::ASSUME, on: &role.arn })
    })?;
    let nothing = || Reason::new(ReasonKind::Credentials, "the role came without credentials");
    let given = answer.credentials.ok_or_else(nothing)?;
    let until = SystemTime::try_from(given.expiration).ok();
    let token = Some(given.session_token);
    Ok(Credentials::new(given.access_key_id, given.secret_access_key, token, until, "MfaRole"))
}

/// Whether credentials are good for a while.
fn is_good(credentials: &Credentials) -> bool {
    credentials.expiry().is_none_or(|until| until > SystemTime::now() + RESERVE)
}
