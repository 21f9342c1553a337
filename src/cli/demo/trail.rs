//! Writes CloudTrail records with the members, the order and the size of real ones.

use super::cast::stamp;
use super::random::Random;
use std::borrow::Cow;
use std::fmt::Write as _;

/// One API call. Texts go into the JSON as they are: whoever makes them has escaped them.
#[derive(Clone)]
pub(super) struct Call<'a> {
    /// Seconds since 1970.
    pub(super) at: i64,
    /// The `userIdentity` object.
    pub(super) identity: Cow<'a, str>,
    pub(super) account: &'a str,
    pub(super) region: &'a str,
    /// Without `.amazonaws.com`.
    pub(super) service: &'a str,
    pub(super) name: &'a str,
    pub(super) address: &'a str,
    pub(super) agent: &'a str,
    /// Code and message.
    pub(super) error: Option<(&'a str, Cow<'a, str>)>,
    /// `requestParameters` and `responseElements`: an object, or `null`.
    pub(super) request: Cow<'a, str>,
    pub(super) response: Cow<'a, str>,
    /// More members, each with a comma behind it, such as `additionalEventData`.
    pub(super) extra: Cow<'a, str>,
}

const READS: &[&str] = &["Get", "List", "Describe", "Head", "Lookup", "Decrypt", "AssumeRole"];

impl Call<'_> {
    fn is_read(&self) -> bool {
        READS.iter().any(|verb| self.name.starts_with(verb))
    }

    fn is_data(&self) -> bool {
        self.service == "s3" && self.name.contains("Object")
    }

    fn kind(&self) -> &'static str {
        if self.service == "signin" { "AwsConsoleSignIn" } else { "AwsApiCall" }
    }

    /// The record, as CloudTrail delivers it.
    pub(super) fn write(&self, random: &mut Random, out: &mut String) {
        let Self { identity, account, region, service, name, address, agent, .. } = self;
        let _ = write!(
            out,
            r#"{{"eventVersion":"1.11","userIdentity":{identity},"eventTime":"{}","eventSource":"{service}.amazonaws.com","eventName":"{name}","awsRegion":"{region}","sourceIPAddress":"{address}","userAgent":"{agent}","#,
            stamp(self.at)
        );
        if let Some((code, message)) = &self.error {
            let _ = write!(out, r#""errorCode":"{code}","errorMessage":"{message}","#);
        }
        let _ = write!(
            out,
            r#""requestParameters":{},"responseElements":{},{}"requestID":""#,
            self.request, self.response, self.extra
        );
        if *service == "s3" {
            random.push_upper(out, 16);
        } else {
            random.push_uuid(out);
        }
        out.push_str(r#"","eventID":""#);
        random.push_uuid(out);
        let _ = write!(
            out,
            r#"","readOnly":{},"eventType":"{}","managementEvent":{},"recipientAccountId":"{account}","eventCategory":"{}""#,
            self.is_read(),
            self.kind(),
            !self.is_data(),
            if self.is_data() { "Data" } else { "Management" },
        );
        if !address.ends_with(".amazonaws.com") {
            let _ = write!(
                out,
                r#","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"{service}.{region}.amazonaws.com"}}"#
            );
        }
        out.push('}');
    }
}

/// Writes a whole file: `{"Records":[…]}`, records in no order, as CloudTrail delivers them.
pub(super) fn write_file(mut records: Vec<String>, random: &mut Random, out: &mut String) {
    for last in (1..records.len()).rev() {
        records.swap(last, random.below(last as u64 + 1) as usize);
    }
    out.push_str(r#"{"Records":["#);
    for (position, record) in records.iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        out.push_str(record);
    }
    out.push_str("]}");
}
