//! What rules call the parts of a record, where a column says them.
//!
//! Source: the Sigma specification 2.1, appendix "Taxonomy": the names of fields of `webserver`, `proxy`,
//! `firewall`, `dns`, `network` and `process_creation`. Of `auditd` rules ask by the names that its
//! records have, of CloudTrail by the paths of members.

/// What rules call a column, or a part of what it says. Two of one name are two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) rule: &'static str,
    pub(super) column: &'static str,
    pub(super) cut: Cut,
}

/// A part of what a column says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    Whole,
    /// Of a URL what stands behind the host.
    Path,
    /// The same without the query.
    Stem,
    Query,
    /// Where it says something, this word.
    Said(&'static str),
}

impl Cut {
    /// Whether there is such a part of all that a column says.
    pub(super) fn is_whole(self) -> bool {
        matches!(self, Self::Whole | Self::Said(_))
    }

    /// That part; `None` if there is none.
    pub(super) fn of(self, text: &str) -> Option<&str> {
        let path = || match text.split_once("://") {
            Some((_, rest)) => rest.find('/').map_or("", |at| &rest[at..]),
            None => text,
        };
        let part = match self {
            Self::Whole => text,
            Self::Said(word) => word,
            Self::Path => path(),
            Self::Stem => path().split('?').next().unwrap_or(""),
            Self::Query => path().split_once('?').map_or("", |(_, query)| query),
        };
        (!part.is_empty()).then_some(part)
    }
}

pub(super) const CLOUDTRAIL: &[(&str, &str)] = &[
    ("eventName", "event"),
    ("eventSource", "event.source"),
    ("errorCode", "code"),
    ("awsRegion", "region"),
    ("userAgent", "agent"),
    ("eventType", "eventType"),
    ("eventCategory", "eventCategory"),
    ("readOnly", "readOnly"),
    ("errorMessage", "errorMessage"),
    ("sourceIPAddress", "sourceIPAddress"),
    ("userIdentity.type", "userIdentity.type"),
    ("userIdentity.arn", "userIdentity.arn"),
    ("userIdentity.userName", "userIdentity.userName"),
    ("userIdentity.principalId", "userIdentity.principalId"),
    ("userIdentity.invokedBy", "userIdentity.invokedBy"),
    (
        "userIdentity.sessionContext.sessionIssuer.type",
        "userIdentity.sessionContext.sessionIssuer.type",
    ),
    (
        "userIdentity.sessionContext.sessionIssuer.userName",
        "userIdentity.sessionContext.sessionIssuer.userName",
    ),
];

/// What an evaluation says, in each form in which it comes.
pub(super) const CONFIG: &[(&str, &str)] = &[
    ("newEvaluationResult.complianceType", "code"),
    ("complianceType", "code"),
    ("ComplianceType", "code"),
    ("compliance.complianceType", "code"),
    ("Compliance.ComplianceType", "code"),
    ("configuration.complianceType", "code"),
    ("resourceType", "config.resource_type"),
    ("configurationItem.resourceType", "config.resource_type"),
];

const fn name(rule: &'static str, column: &'static str) -> Name {
    Name { rule, column, cut: Cut::Whole }
}

const fn cut(rule: &'static str, column: &'static str, cut: Cut) -> Name {
    Name { rule, column, cut }
}

/// Requests, by the names of the W3C's extended format: of servers, and of what clients ask of the web.
/// Rules look for paths in `cs-uri-query` too.
pub(super) const WEB: &[Name] = &[
    name("c-ip", "src.ip"),
    name("c-ip", "client.ip"),
    name("src_ip", "src.ip"),
    name("src_ip", "client.ip"),
    name("s-ip", "dst.ip"),
    name("dst_ip", "dst.ip"),
    name("s-port", "dst.port"),
    name("cs-username", "principal"),
    name("s-sitename", "w3c.site"),
    name("s-computername", "host"),
    name("cs-method", "event"),
    name("cs-method", "suricata.http_method"),
    name("c-uri", "url"),
    name("cs-uri", "url"),
    cut("c-uri-stem", "url", Cut::Stem),
    cut("cs-uri-stem", "url", Cut::Stem),
    cut("c-uri-query", "url", Cut::Query),
    cut("c-uri-query", "url", Cut::Path),
    cut("cs-uri-query", "url", Cut::Query),
    cut("cs-uri-query", "url", Cut::Path),
    name("sc-status", "code"),
    name("sc-bytes", "bytes.out"),
    name("cs-bytes", "bytes.in"),
    name("cs-version", "access.protocol"),
    name("cs-version", "alb.protocol"),
    name("cs-version", "clb.protocol"),
    name("cs-version", "cloudfront.protocol_version"),
    name("cs-version", "apigw.protocol"),
    name("cs-version", "w3c.protocol_version"),
    name("cs-host", "domain"),
    name("r-dns", "domain"),
    name("cs-user-agent", "agent"),
    name("c-useragent", "agent"),
    name("cs-cookie", "cloudfront.cookie"),
    name("cs-referer", "access.referer"),
    name("cs-referer", "cloudfront.referer"),
    name("cs-referer", "w3c.referer"),
    name("cs-referer", "suricata.http_refer"),
    name("cs-referrer", "access.referer"),
    name("cs-referrer", "cloudfront.referer"),
    name("cs-referrer", "w3c.referer"),
    name("cs-referrer", "suricata.http_refer"),
];

/// Packets and connections, by the names of `firewall` and of `network` with `connection`.
pub(super) const FLOWS: &[Name] = &[
    name("src_ip", "src.ip"),
    name("src_port", "src.port"),
    name("dst_ip", "dst.ip"),
    name("dst_port", "dst.port"),
    name("username", "principal"),
    name("action", "event"),
    name("source.ip", "src.ip"),
    name("source.port", "src.port"),
    name("destination.ip", "dst.ip"),
    name("destination.port", "dst.port"),
    name("source.bytes", "bytes.in"),
    name("source.packets", "packets"),
    name("srcaddr", "src.ip"),
    name("srcport", "src.port"),
    name("dstaddr", "dst.ip"),
    name("dstport", "dst.port"),
];

pub(super) const DNS: &[Name] = &[
    name("query", "domain"),
    name("record_type", "event"),
    name("answer", "resolver.answer"),
    name("src_ip", "src.ip"),
    name("dns.question.name", "domain"),
    name("dns.question.type", "event"),
    name("dns.answers.data", "resolver.answer"),
    name("dns.response.code", "code"),
    name("source.ip", "src.ip"),
    name("source.port", "src.port"),
];

/// Those that are not a record's alone, but the event's.
pub(super) const AUDITD: &[Name] = &[
    name("type", "audit.type"),
    name("exe", "process"),
    name("comm", "audit.comm"),
    name("key", "rule"),
    name("cwd", "audit.cwd"),
    name("audit.command", "audit.command"),
    name("audit.acct", "audit.acct"),
    name("audit.op", "audit.op"),
    name("resource", "resource"),
    name("principal", "principal"),
    name("outcome", "outcome"),
    name("src.ip", "src.ip"),
    name("host", "host"),
];

/// Programs that were started, as far as audit records say it: who started them they do not.
pub(super) const STARTED: &[Name] = &[
    name("Image", "process"),
    name("CommandLine", "audit.command"),
    name("CurrentDirectory", "audit.cwd"),
    name("User", "principal"),
    name("ProcessId", "audit.pid"),
    name("LogonId", "audit.ses"),
];

/// The same of audit records that came through another log.
pub(super) const RELAYED: &[Name] = &[
    name("audit.command", "syslog.command"),
    name("audit.acct", "syslog.target_user"),
    name("resource", "resource"),
    name("principal", "principal"),
    name("outcome", "outcome"),
    name("src.ip", "src.ip"),
    name("host", "host"),
];

/// Files that came to be, as far as audit records say it.
pub(super) const CREATED: &[Name] = &[
    name("TargetFilename", "audit.created"),
    name("Image", "process"),
    name("User", "principal"),
    name("ProcessId", "audit.pid"),
];

/// Connections that programs of the host made, as far as audit records say it.
pub(super) const CONNECTED: &[Name] = &[
    name("Image", "process"),
    name("User", "principal"),
    name("ProcessId", "audit.pid"),
    name("DestinationIp", "dst.ip"),
    name("DestinationPort", "dst.port"),
    cut("Initiated", "dst.ip", Cut::Said("true")),
];

/// What sudo writes in large letters, and the columns of messages of hosts' programs.
pub(super) const HOSTS: &[Name] = &[
    name("USER", "syslog.target_user"),
    name("COMMAND", "syslog.command"),
    name("PWD", "syslog.pwd"),
    name("TTY", "syslog.tty"),
    name("syslog.target_user", "syslog.target_user"),
    name("syslog.command", "syslog.command"),
    name("syslog.pwd", "syslog.pwd"),
    name("syslog.tty", "syslog.tty"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_url_are_what_rules_call_them() {
        for (url, path, stem, query) in [
            ("/a/b?c=d?e", Some("/a/b?c=d?e"), Some("/a/b"), Some("c=d?e")),
            ("https://x.example:443/a?b", Some("/a?b"), Some("/a"), Some("b")),
            ("https://x.example", None, None, None),
            ("/a?", Some("/a?"), Some("/a"), None),
            ("*", Some("*"), Some("*"), None),
        ] {
            let of = |cut: Cut| cut.of(url);
            assert_eq!(
                [of(Cut::Path), of(Cut::Stem), of(Cut::Query)],
                [path, stem, query],
                "{url}"
            );
            assert_eq!(of(Cut::Whole), Some(url));
        }
    }
}
