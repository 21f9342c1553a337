//! What others call things, and what they are called here. A word that is not in a table is to
//! be the same.

/// What others call an event or its end, by what the sample's type begins with, and what it may
/// be called here.
const WORDS: &[(&str, &str, &[&str])] = &[
    ("ocsf", "allowed", &["success"]),
    ("ocsf", "blocked", &["denied"]),
    // Where a record names both what was called and what kind of activity that is, the name of
    // the call is the event here, and they have the kind.
    ("ocsf", "access", &["Access"]),
    ("ocsf", "connect", &["Connect"]),
    ("ocsf", "create", &["Create"]),
    ("ocsf", "evict", &["Evict"]),
    ("ocsf", "generate", &["Generate"]),
    ("ocsf", "logon", &["Logon", "ConsoleLogin"]),
    ("ocsf", "read", &["Read", "DescribeDirectConnectGateways"]),
    ("ocsf", "restore", &["Restore"]),
    ("ocsf", "terminate", &["Terminate"]),
    ("ocsf", "traffic", &["Traffic"]),
    ("ocsf", "unknown", &["Unknown", "unknown"]),
    ("ocsf", "unload", &["Unload"]),
    ("okta", "blocked", &["denied"]),
    (
        "sshd",
        "connection",
        &[
            "Connection closed by",
            "Connection from",
            "Connection reset by",
            "Disconnected from",
            "Failed",
            "Received disconnect from",
            "User",
            "fatal: Timeout before authentication",
            "fatal: userauth_finish",
        ],
    ),
    ("sshd", "negotiate", &["Unable to negotiate with", "ssh_dispatch_run_fatal"]),
    ("sshd", "session", &["Starting session", "Postponed"]),
    ("sshd", "sshd:session", &["session opened", "granted access"]),
    ("sshd", "failure", &["failure", "denied"]),
    // They call it a success that a connection ended.
    ("sshd", "success", &["success", "unknown"]),
    ("vpcflow", "allowed", &["success"]),
    ("vpcflow", "blocked", &["denied"]),
    ("waf", "allowed", &["success"]),
    ("waf", "blocked", &["denied"]),
];

/// Where others mean another thing than what has that name here: of a request the time of its
/// answer, of a finding that of its revision, of a query the name that was asked for, of an alert
/// what became of the packet.
const PLACES: &[(&str, &str, &[&str])] = &[
    ("alb_access", "time", &["time_end"]),
    ("apache_httpd", "resource", &["resource", "url"]),
    ("cloudfront", "resource", &["resource", "url"]),
    ("guardduty_finding", "time", &["guardduty.updated_at"]),
    ("nginx_access", "resource", &["resource", "url"]),
    ("route53", "event", &["domain"]),
    ("securityhub_asff", "time", &["time", "securityhub.updated_at"]),
    ("suricata", "event", &["suricata.action", "suricata.anomaly"]),
    ("vpcflow", "resource", &["interface"]),
    ("waf_json", "event", &["event", "waf.action"]),
];

/// What is said of everything.
const FIELDS: &[(&str, &[&str])] = &[
    ("time", &["time"]),
    ("src_ip", &["src.ip"]),
    ("dst_ip", &["dst.ip"]),
    ("src_port", &["src.port"]),
    ("dst_port", &["dst.port"]),
    ("principal", &["principal"]),
    ("event", &["event"]),
    ("disposition", &["outcome"]),
    ("outcome", &["outcome"]),
    ("status", &["code"]),
    ("account", &["account"]),
    ("region", &["region"]),
    ("resource", &["resource"]),
];

/// Of what has no format of its own, only this is compared: what it calls its events and who
/// acted is not known to a format for anything.
pub(crate) const FACTS: &[&str] = &[
    "time",
    "src_ip",
    "dst_ip",
    "src_port",
    "dst_port",
    "account",
    "region",
    "outcome",
    "disposition",
];

/// The fields that what others say is looked for in; none if nothing here is meant to have it.
pub(crate) fn fields(kind: &str, theirs: &str) -> &'static [&'static str] {
    let here = PLACES.iter().find(|(of, field, _)| kind.starts_with(of) && *field == theirs);
    let all = || FIELDS.iter().find(|(field, _)| *field == theirs);
    here.map(|(_, _, ours)| *ours).or_else(|| all().map(|(_, ours)| *ours)).unwrap_or_default()
}

/// Whether this is what others call that.
pub(crate) fn is_called(kind: &str, theirs: &str, ours: &str) -> bool {
    match WORDS.iter().find(|(of, word, _)| kind.starts_with(of) && *word == theirs) {
        Some((_, _, may)) => may.contains(&ours),
        None => ours == theirs,
    }
}

/// Each word of the table, with whose it is.
pub(crate) fn words() -> impl Iterator<Item = (&'static str, &'static str)> {
    WORDS.iter().map(|(kind, word, _)| (*kind, *word))
}

/// Each field that others mean otherwise, with whose it is.
pub(crate) fn places() -> impl Iterator<Item = (&'static str, &'static str)> {
    PLACES.iter().map(|(kind, field, _)| (*kind, *field))
}
