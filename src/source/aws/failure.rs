//! Why AWS did not do what it was asked, in a sentence that says what to do.

use crate::event::{Reason, ReasonKind};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use std::error::Error;

/// What services answer whom they want to ask less often.
const THROTTLED: [&str; 5] = [
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "LimitExceededException",
];

/// What was asked: of whom, and the permission that it takes.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Such as `s3:ListBucket`.
    pub permission: &'a str,
    /// Such as `s3://bucket/key`.
    pub on: &'a str,
}

/// What went wrong, before it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The service answered with this code and message.
    Service {
        code: String,
        message: String,
        status: u16,
    },
    /// No answer came; the words of everything on the way.
    Way(String),
    Timeout,
}

impl Failure {
    pub fn of<E>(error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        match error {
            SdkError::TimeoutError(_) => Self::Timeout,
            SdkError::ServiceError(answer) => Self::Service {
                code: answer.err().code().unwrap_or_default().to_owned(),
                message: answer.err().message().unwrap_or_default().to_owned(),
                status: answer.raw().status().as_u16(),
            },
            SdkError::ResponseError(answer) => Self::Service {
                code: String::new(),
                message: "its answer is none of this service".to_owned(),
                status: answer.raw().status().as_u16(),
            },
            other => Self::Way(words(other)),
        }
    }

    /// Whether the service asks to be asked less often.
    pub(in crate::source) fn is_throttled(&self) -> bool {
        matches!(self, Self::Service { code, .. } if THROTTLED.contains(&code.as_str()))
    }

    /// Whether the service answered with this code.
    pub fn has_code(&self, wanted: &str) -> bool {
        matches!(self, Self::Service { code, .. } if code == wanted)
    }

    pub fn reason(&self, asked: Asked<'_>) -> Reason {
        match self {
            Self::Timeout => silent(),
            Self::Way(words) => Reason::new(kind_of_way(words), way(words)),
            Self::Service { code, message, status } => service(code, message, *status, asked),
        }
    }
}

/// The words of an error and of what caused it. Never the whole exchange, which holds more than
/// anybody should see.
fn words(error: &dyn Error) -> String {
    let mut words = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push(error.to_string());
        cause = error.source();
    }
    words.dedup();
    words.join(": ")
}

fn silent() -> Reason {
    let detail = "it did not answer in time: check the network, the endpoint and the region";
    Reason::new(ReasonKind::Io, detail)
}

fn has(words: &str, any: &[&str]) -> bool {
    let words = words.to_ascii_lowercase();
    any.iter().any(|part| words.contains(part))
}

pub(super) fn kind_of_way(words: &str) -> ReasonKind {
    let of_credentials = ["credential", "sso", "token", "profile", "role"];
    let is_of = has(words, &of_credentials) && !is_off_line(words);
    if is_of { ReasonKind::Credentials } else { ReasonKind::Io }
}

/// Whether it was not even heard; who gives credentials may not have been either.
fn is_off_line(words: &str) -> bool {
    let of_network = ["timeout occurred", "timed out", "connection refused", "dns error"];
    has(words, &of_network) && !has(words, &["in chain"])
}

/// How a person signs in again.
const SIGN_IN: &str = "aws sso login";

/// The same, with the profile that it is about where a person has to name it.
pub(super) fn of_profile(mut reason: Reason, profile: Option<String>) -> Reason {
    if let Some(name) = profile {
        let named = format!("{SIGN_IN} --profile {name}`");
        reason.detail = reason.detail.replace(&format!("{SIGN_IN}`"), &named);
    }
    reason
}

/// What to do where the request did not get through.
fn way(words: &str) -> String {
    let advice = if has(words, &["sso token has expired", "cached sso token"]) {
        "the single sign-on of this profile is over: run `aws sso login`"
    } else if has(words, &["infinite loop"]) {
        "the roles of this profile lead in a circle: mend source_profile in ~/.aws/config"
    } else if has(words, &["missing region", "region must be set"]) {
        "no region is known: name one with --region, or set AWS_REGION"
    } else if has(words, &["credential"]) && !is_off_line(words) {
        "no credentials were found: name a profile with --profile, or set AWS_ACCESS_KEY_ID and \
         AWS_SECRET_ACCESS_KEY"
    } else if has(words, &["unknownissuer", "certificate"]) {
        "its certificate is not trusted: if a proxy stands between, name its CA file in \
         AWS_CA_BUNDLE"
    } else if has(words, &["invalidcontenttype", "corrupt message"]) {
        "it does not speak https: check the endpoint"
    } else if has(words, &["timeout", "timed out"]) {
        return silent().detail;
    } else if has(words, &["connection refused"]) {
        "nothing listens there: check the endpoint"
    } else if has(words, &["dns error", "lookup"]) {
        "its name is not known: check the network, the region and the endpoint"
    } else {
        "it could not be reached"
    };
    format!("{advice} ({})", short(words))
}

/// The end of a chain of causes says most.
fn short(words: &str) -> String {
    const MOST: usize = 160;
    let from = words.char_indices().rev().nth(MOST).map_or(0, |(at, _)| at);
    if from == 0 { words.to_owned() } else { format!("…{}", &words[from..]) }
}

/// How a refusal begins that names a permission.
pub const NOT_ALLOWED: &str = "not allowed";

/// What is wrong with the key that an object is encrypted with.
fn of_key(code: &str, message: &str) -> Option<(ReasonKind, &'static str)> {
    if code.starts_with("KMS.") {
        let said = "its key is disabled, being deleted or gone: without the key nobody can read it";
        return Some((ReasonKind::Encrypted, said));
    }
    // Without a key of one's own, what is encrypted with one is a wrong request.
    if code == "InvalidRequest" && has(message, &["server side encryption", "sse-c"]) {
        let said = "it is encrypted with a key that S3 does not have (SSE-C): copy it with `aws s3 \
                    cp --sse-c AES256 --sse-c-key fileb://KEY`, and name the copy";
        return Some((ReasonKind::Encrypted, said));
    }
    let is_denied = matches!(code, "AccessDenied" | "AccessDeniedException" | "AllAccessDisabled");
    (is_denied && has(message, &["kms", "ciphertext"])).then_some((
        ReasonKind::Permission,
        "its key may not be used: this needs kms:Decrypt on the key it is encrypted with",
    ))
}

/// What to do where the code alone would mislead.
fn by_message(code: &str, message: &str) -> Option<&'static str> {
    match code {
        "AccessDenied" if has(message, &["multifactorauthentication"]) => {
            Some("the code of the MFA device was not taken: give the next one that it shows")
        }
        // What asks in JSON, and who gives roles, tell of a wrong clock so.
        "InvalidSignatureException" | "SignatureDoesNotMatch"
            if has(message, &["signature expired", "signature not yet current"]) =>
        {
            Some("the clock of this host is wrong: set it")
        }
        _ => None,
    }
}

fn service(code: &str, message: &str, status: u16, asked: Asked<'_>) -> Reason {
    let Asked { permission, on } = asked;
    let said = match (code, message) {
        ("", "") => format!("HTTP {status}"),
        ("", message) => format!("{message}, HTTP {status}"),
        (code, "") => code.to_owned(),
        (code, message) => format!("{code}: {message}"),
    };
    if let Some((kind, advice)) = of_key(code, message) {
        return Reason::new(kind, format!("{advice} ({said})"));
    }
    let (kind, advice) = match code {
        code if let Some(advice) = by_message(code, message) => {
            (ReasonKind::Credentials, advice.to_owned())
        }
        "AccessDenied" | "AccessDeniedException" | "AllAccessDisabled" | "Forbidden" => {
            (ReasonKind::Permission, format!("{NOT_ALLOWED}: this needs {permission} on {on}"))
        }
        "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" => {
            (ReasonKind::Credentials, "the credentials have expired: renew them".to_owned())
        }
        "InvalidAccessKeyId"
        | "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidToken"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch" => {
            (ReasonKind::Credentials, "the credentials are not valid here".to_owned())
        }
        "RequestTimeTooSkewed" | "RequestExpired" => {
            (ReasonKind::Credentials, "the clock of this host is wrong: set it".to_owned())
        }
        "ResourceNotFoundException" => {
            (ReasonKind::NotFound, "there is no such log group or stream here".to_owned())
        }
        "NoSuchBucket" => (ReasonKind::NotFound, "there is no such bucket".to_owned()),
        "NoSuchKey" | "NotFound" | "NoSuchVersion" => {
            (ReasonKind::Vanished, "it was there when it was listed, and is gone".to_owned())
        }
        "PreconditionFailed" => {
            let detail = "it was written anew after it was listed: read the source again";
            (ReasonKind::Changed, detail.to_owned())
        }
        "PermanentRedirect"
        | "AuthorizationHeaderMalformed"
        | "IllegalLocationConstraintException" => {
            (ReasonKind::Io, "it lies in another region: name that with --region".to_owned())
        }
        code if THROTTLED.contains(&code) => {
            (ReasonKind::Io, "it asks to be asked less often: try again later".to_owned())
        }
        _ if status < 300 => (ReasonKind::Io, "its answer is not understood".to_owned()),
        _ if status >= 500 => (ReasonKind::Io, "it failed: try again later".to_owned()),
        _ => (ReasonKind::Io, "it refused".to_owned()),
    };
    Reason::new(kind, format!("{advice} ({said})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: Asked<'_> = Asked { permission: "s3:GetObject", on: "s3://logs/a.gz" };

    fn told(code: &str, message: &str, status: u16) -> String {
        let (code, message) = (code.to_owned(), message.to_owned());
        Failure::Service { code, message, status }.reason(ASKED).to_string()
    }

    #[test]
    fn a_refusal_names_the_permission() {
        let told = told("AccessDenied", "Access Denied", 403);
        assert!(told.contains("this needs s3:GetObject on s3://logs/a.gz"), "{told}");
    }

    #[test]
    fn a_refused_key_is_told_apart() {
        let message = "User is not authorized to perform: kms:Decrypt on the resource";
        assert!(told("AccessDenied", message, 403).contains("needs kms:Decrypt"));
        let message = "arn:aws:kms:eu-west-1:111122223333:key/x is pending deletion.";
        assert!(told("KMS.KMSInvalidStateException", message, 400).contains("its key is disabled"));
        let message = "The object was stored using a form of Server Side Encryption. The correct \
                       parameters must be provided to retrieve the object.";
        assert!(told("InvalidRequest", message, 400).contains("--sse-c-key fileb://KEY"));
    }

    #[test]
    fn a_wrong_clock_is_told_apart_from_wrong_credentials() {
        let late = "Signature expired: 20261127T100000Z is now earlier than 20261127T113000Z";
        for code in ["InvalidSignatureException", "SignatureDoesNotMatch"] {
            assert!(told(code, late, 400).contains("the clock of this host is wrong"));
            assert!(told(code, "does not match", 400).contains("are not valid here"));
        }
    }

    #[test]
    fn what_does_not_get_through_says_what_to_do() {
        for (words, wanted) in [
            ("dispatch failure: other: no credentials found in chain. Attempted: x", "--profile"),
            (
                "dispatch failure: the SSO token has expired and cannot be refreshed",
                "aws sso login",
            ),
            ("failed to load the cached SSO token", "aws sso login"),
            ("profile formed an infinite loop: a -> b", "source_profile"),
            ("Invalid Configuration: Missing Region", "--region"),
            ("A region must be set when sending requests to S3.", "--region"),
            ("HTTP connect timeout occurred after 3.1s", "did not answer in time"),
            ("tcp connect error: Connection refused (os error 111)", "check the endpoint"),
            ("dns error: failed to lookup address information", "name is not known"),
            ("invalid peer certificate: UnknownIssuer", "AWS_CA_BUNDLE"),
            ("TLS handshake failed: received corrupt message of type InvalidContentType", "https"),
        ] {
            let told = Failure::Way(words.to_owned()).reason(ASKED).to_string();
            assert!(told.contains(wanted), "{words}: {told}");
        }
    }

    #[test]
    fn a_long_chain_of_causes_is_cut_at_its_beginning() {
        let long = "é".repeat(500);
        assert!(short(&long).chars().count() < 170);
        assert_eq!(short("a: b"), "a: b");
    }
}
