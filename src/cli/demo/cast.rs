//! Who and what appears in the demo: a made-up company, its people, roles and machines, the
//! intruder's address, and the day. Keys are computed, so that no literal looks like a leaked one.

use super::random::Random;
use crate::event::Timestamp;

/// 2026-03-04T00:00:00Z, the start of the day, in seconds.
pub(super) const DAY: i64 = 1_772_582_400;
/// The day in names of folders and of files.
pub(super) const DAY_PATH: &str = "2026/03/04";
pub(super) const DAY_NAME: &str = "20260304";
pub(super) const HOURS: i64 = 16;

/// Production, where the incident happens.
pub(super) const PRODUCTION: &str = "111122223333";
pub(super) const SANDBOX: &str = "444455556666";
pub(super) const HOME: &str = "eu-central-1";
/// IAM, sign-in and the global STS endpoint log here.
pub(super) const GLOBAL: &str = "us-east-1";
pub(super) const SECOND: &str = "eu-west-1";
/// Nobody but the intruder works here.
pub(super) const UNUSED: &str = "ap-southeast-1";

/// One address of the intruder appears in every source, so that following it tells the story.
pub(super) const INTRUDER: &str = "203.0.113.66";
/// Where the build service normally calls from.
pub(super) const BUILDS: &str = "192.0.2.80";

pub(super) const BASTION: &str = "10.20.1.10";
pub(super) const BASTION_ID: &str = "i-0ba57100c3d4e5f60";
pub(super) const BASTION_INTERFACE: &str = "eni-0ba57100aa11bb22c";

pub(super) const STOLEN_BUCKET: &str = "larkspur-fin-exports";

/// How busy each hour of the day is.
pub(super) const RHYTHM: [u64; HOURS as usize] =
    [5, 4, 4, 4, 5, 6, 9, 12, 15, 16, 15, 14, 12, 14, 15, 13];

/// Seconds since 1970 of a time of that day.
pub(super) const fn at(hour: i64, minute: i64, second: i64) -> i64 {
    DAY + hour * 3600 + minute * 60 + second
}

/// `2026-03-04T10:31:07Z`.
pub(super) fn stamp(seconds: i64) -> String {
    Timestamp(seconds.saturating_mul(Timestamp::SECOND)).to_rfc3339(0)
}

/// A key id: the same each time for the same owner.
pub(super) fn key(prefix: &str, owner: &str) -> String {
    format!("{prefix}{}", Random::named(owner).upper(16))
}

/// The long-term key of a user.
pub(super) fn user_key(user: &str) -> String {
    key("AKIA", user)
}

/// The temporary key of a role's session.
pub(super) fn session_key(role: &str, session: &str, issued: i64) -> String {
    key("ASIA", &format!("{role}/{session}/{issued}"))
}

fn unique(prefix: &str, name: &str) -> String {
    format!("{prefix}{}", Random::named(&format!("id of {name}")).upper(17))
}

/// The `userIdentity` of a user with a long-term key.
pub(super) fn user(account: &str, name: &str) -> String {
    format!(
        r#"{{"type":"IAMUser","principalId":"{}","arn":"arn:aws:iam::{account}:user/{name}","accountId":"{account}","accessKeyId":"{}","userName":"{name}"}}"#,
        unique("AIDA", name),
        user_key(name),
    )
}

/// The `userIdentity` of a user who signs in to the console: there is no key yet.
pub(super) fn console_user(account: &str, name: &str) -> String {
    format!(
        r#"{{"type":"IAMUser","principalId":"{}","arn":"arn:aws:iam::{account}:user/{name}","accountId":"{account}","userName":"{name}"}}"#,
        unique("AIDA", name),
    )
}

/// A session of a role.
#[derive(Clone, Copy)]
pub(super) struct Session<'a> {
    pub(super) account: &'a str,
    pub(super) role: &'a str,
    pub(super) name: &'a str,
    pub(super) issued: i64,
}

impl Session<'_> {
    pub(super) fn key(&self) -> String {
        session_key(self.role, self.name, self.issued)
    }

    pub(super) fn role_arn(&self) -> String {
        format!("arn:aws:iam::{}:role/{}", self.account, self.role)
    }

    pub(super) fn arn(&self) -> String {
        format!("arn:aws:sts::{}:assumed-role/{}/{}", self.account, self.role, self.name)
    }

    /// Its `userIdentity`.
    pub(super) fn identity(&self) -> String {
        let id = unique("AROA", self.role);
        let (arn, key, role_arn) = (self.arn(), self.key(), self.role_arn());
        let (account, role, name) = (self.account, self.role, self.name);
        let issued = stamp(self.issued);
        format!(
            r#"{{"type":"AssumedRole","principalId":"{id}:{name}","arn":"{arn}","accountId":"{account}","accessKeyId":"{key}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"{id}","arn":"{role_arn}","accountId":"{account}","userName":"{role}"}},"webIdFederationData":{{}},"attributes":{{"creationDate":"{issued}","mfaAuthenticated":"false"}}}}}}"#
        )
    }

    /// The request and the answer of the call that opens it.
    pub(super) fn opening(&self) -> (String, String) {
        let request = format!(
            r#"{{"roleArn":"{}","roleSessionName":"{}","durationSeconds":3600}}"#,
            self.role_arn(),
            self.name
        );
        let response = format!(
            r#"{{"credentials":{{"accessKeyId":"{}","sessionToken":"{}","expiration":"{}"}},"assumedRoleUser":{{"assumedRoleId":"{}:{}","arn":"{}"}}}}"#,
            self.key(),
            Random::named(&self.key()).hex(64),
            expiration(self.issued + 3600),
            unique("AROA", self.role),
            self.name,
            self.arn()
        );
        (request, response)
    }
}

/// `Mar 4, 2026, 11:35:12 AM`, as STS writes it.
fn expiration(seconds: i64) -> String {
    let civil = Timestamp(seconds.saturating_mul(Timestamp::SECOND)).civil();
    let half = if civil.hour < 12 { "AM" } else { "PM" };
    let hour = match civil.hour % 12 {
        0 => 12,
        hour => hour,
    };
    format!(
        "Mar {}, {}, {hour}:{:02}:{:02} {half}",
        civil.day, civil.year, civil.minute, civil.second
    )
}

/// The `userIdentity` of an AWS service.
pub(super) fn service(name: &str) -> String {
    format!(r#"{{"type":"AWSService","invokedBy":"{name}.amazonaws.com"}}"#)
}
