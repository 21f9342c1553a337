//! What a text of a record means beside itself: the name in an ARN, in what S3 copies from, in a
//! parameter with its version.
//!
//! Source: the service authorization reference, "Resource types"; the API references of `CopyObject`, `GetParameter`
//! and `GetSecretValue` (an ARN of a secret ends in a hyphen and six random characters); "Authenticating
//! Requests: Using Query Parameters".

use crate::detect::policy::decoded;

/// Hands over the text of a member, and each other name of what it means.
pub(super) fn meant(member: &str, text: &str, take: &mut dyn FnMut(&str)) {
    take(text);
    let plain = if text.contains('%') { decoded(text) } else { None };
    let text = plain.as_deref().inspect(|plain| take(plain)).unwrap_or(text);
    let mut parts = text.splitn(6, ':');
    let (arn, service, resource) = (parts.next(), parts.nth(1), parts.nth(2));
    if let (Some("arn"), Some(service), Some(resource)) = (arn, service, resource) {
        return of_arn(text, (service, resource), take);
    }
    if is_source(member) {
        let path = text.trim_start_matches('/');
        let path = path.split("?versionId=").next().unwrap_or(path);
        let bucket = path.split('/').next().unwrap_or(path);
        for name in [path, bucket] {
            take(name);
            take(&format!("arn:aws:s3:::{name}"));
        }
    }
    if let Some((name, _)) = text.rsplit_once(':') {
        take(name);
    }
    if let Some(name) = text.strip_prefix("alias/") {
        take(name);
    }
    // The key is the first part of what a signature is for.
    let signed = text.split_once("X-Amz-Credential=").map_or(text, |(_, rest)| rest);
    if let Some((key, _)) = signed.split_once('/') {
        let is_key =
            key.len() >= 16 && key.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if is_key {
            take(key);
        }
    }
}

/// Whether a member says from where something is copied.
fn is_source(member: &str) -> bool {
    let end = member.len().saturating_sub("copy-source".len());
    let is = |end: Option<&str>, word: &str| end.is_some_and(|it| it.eq_ignore_ascii_case(word));
    is(member.get(end..), "copy-source") || member.eq_ignore_ascii_case("copysource")
}

fn of_arn(whole: &str, (service, resource): (&str, &str), take: &mut dyn FnMut(&str)) {
    take(resource);
    if service == "s3" {
        take(resource.split('/').next().unwrap_or(resource));
        return;
    }
    let Some((kind, name)) = resource.split_once(['/', ':']) else { return };
    match service {
        "secretsmanager" => {
            take(name);
            if let Some(plain) = without_suffix(name) {
                take(plain);
                take(&whole[..whole.len() - (name.len() - plain.len())]);
            }
        }
        "ssm" => {
            let plain = name.split(':').next().unwrap_or(name);
            take(plain);
            take(&format!("/{plain}"));
            take(&whole[..whole.len() - (name.len() - plain.len())]);
        }
        _ => {
            take(name);
            take(name.split(['/', ':']).next().unwrap_or(name));
            // Users and roles may have a path, and a session has a name of its own.
            if service == "iam" || kind == "assumed-role" {
                take(name.rsplit('/').next().unwrap_or(name));
            }
        }
    }
}

/// The name of a secret without what its ARN adds.
fn without_suffix(name: &str) -> Option<&str> {
    let (plain, random) = name.rsplit_once('-')?;
    (random.len() == 6 && random.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_means_what_its_service_takes_it_for() {
        let secret = "arn:aws:secretsmanager:eu-west-1:1:secret:db/canary-AbC1eF";
        for (member, text, name, is_meant) in [
            ("a", "x", "x", true),
            ("secretId", secret, "db/canary", true),
            ("secretId", secret, "arn:aws:secretsmanager:eu-west-1:1:secret:db/canary", true),
            ("secretId", secret, "canary", false),
            ("x-amz-copy-source", "canary/a/b", "canary", true),
            ("x-amz-copy-source", "/canary/a/b", "canary/a/b", true),
            ("X-Amz-Copy-Source", "canary%2Fa%2Fb?versionId=1", "arn:aws:s3:::canary/a/b", true),
            ("key", "canary/a/b", "canary", false),
            ("name", "param:3", "param", true),
            ("name", "/canary/param:label", "/canary/param", true),
            ("arn", "arn:aws:ssm:eu-west-1:1:parameter/canary/param:3", "/canary/param", true),
            ("arn", "arn:aws:ssm:eu-west-1:1:parameter/param", "param", true),
            ("arn", "arn:aws:s3:::canary/a", "canary", true),
            ("arn", "arn:aws:dynamodb:eu-west-1:1:table/canary/index/x", "canary", true),
            ("arn", "arn:aws:kms:eu-west-1:1:alias/canary", "alias/canary", true),
            ("arn", "arn:aws:kms:eu-west-1:1:alias/canary", "canary", true),
            ("keyId", "alias/canary", "canary", true),
            ("arn", "arn:aws:iam::1:user/path/canary", "canary", true),
            ("arn", "arn:aws:sts::1:assumed-role/canary/x", "canary", true),
            ("arn", "arn:aws:lambda:eu-west-1:1:function:canary:live", "canary", true),
            (
                "url",
                "/b/k?X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F2026/s3",
                "AKIAIOSFODNN7EXAMPLE",
                true,
            ),
            ("c", "AKIAIOSFODNN7EXAMPLE/20260304/s3/aws4_request", "AKIAIOSFODNN7EXAMPLE", true),
        ] {
            let mut found = false;
            meant(member, text, &mut |one| found |= one == name);
            assert_eq!(found, is_meant, "{member} {text} {name}");
        }
    }
}
