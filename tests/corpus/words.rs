//! What others call things, and what they are called here. A word that is not in a table is to
//! be the same.

/// What others call an event or its end, by what the sample's type begins with, and what it may
/// be called here.
///
/// Of sshd they call any message of a connection by what it is of, or a success, whatever it
/// says, so that their outcome is not compared.
const WORDS: [(&str, &str, &[&str]); 8] = [
    ("vpcflow", "allowed", &["success"]),
    ("vpcflow", "blocked", &["denied"]),
    ("sshd", "connection", &[]),
    ("sshd", "negotiate", &["Unable to negotiate with", "ssh_dispatch_run_fatal"]),
    ("sshd", "session", &["Starting session", "Postponed"]),
    ("sshd", "sshd:session", &["session opened", "granted access"]),
    ("sshd", "failure", &[]),
    ("sshd", "success", &[]),
];

/// Where others mean another thing than what has that name here: of a request the time of its
/// answer, of a finding that of its revision.
const PLACES: [(&str, &str, &[&str]); 2] = [
    ("alb_access", "time", &["time_end"]),
    ("guardduty_finding", "time", &["guardduty.updated_at"]),
];

/// What is said of everything.
const FIELDS: [(&str, &[&str]); 13] = [
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

/// The fields that what others say is looked for in; none if nothing here is meant to have it.
pub(crate) fn fields(kind: &str, theirs: &str) -> &'static [&'static str] {
    let here = PLACES.iter().find(|(of, field, _)| kind.starts_with(of) && *field == theirs);
    let all = || FIELDS.iter().find(|(field, _)| *field == theirs);
    here.map(|(_, _, ours)| *ours).or_else(|| all().map(|(_, ours)| *ours)).unwrap_or_default()
}

/// Whether this is what others call that.
pub(crate) fn is_called(kind: &str, theirs: &str, ours: Option<&str>) -> bool {
    match WORDS.iter().find(|(of, word, _)| kind.starts_with(of) && *word == theirs) {
        Some((_, _, may)) => may.is_empty() || ours.is_some_and(|ours| may.contains(&ours)),
        None => ours == Some(theirs),
    }
}
