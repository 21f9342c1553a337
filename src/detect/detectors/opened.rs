//! What everybody may use by now: buckets, roles and whatever else has a policy; and policies that allow
//! everything.

use super::asked::{Given as Asking, Part, first, text};
use super::grants::{self, Thing};
use super::taking::Taking;
use super::{Answer, Asked, Detector, Found, Reads, told};
use crate::detect::alarm::who;
use crate::detect::policy::{Policy, Whom};
use crate::detect::sigma::{Level, Record};
use crate::event::{Outcome, noun};
use crate::store::{Bits, RowRef};
use std::collections::BTreeMap;

pub(super) const BUCKET: Detector = Detector {
    id: "223189a5-8e80-57b7-a2c3-bf7923c441f3",
    rule: None,
    title: "A bucket was made public",
    description: "Anybody may read, or write, what is in it or one of its objects, by its policy or by \
                  a list of S3, also one that an object is written with.",
    level: Level::High,
    tags: &["attack.exfiltration", "attack.t1537"],
    questions: &[
        "Who read from it since: format:s3_access resource:\"{resource}\"",
        "Is it a public web site",
    ],
    version: "2026-11-28",
    parameters: &[],
    reads: Some(Reads {
        rows: |part, _| grants::rows(part, Some(Thing::Bucket)),
        taking: |_| Taking::of_each(opened),
    }),
    run: |asked| run(asked, ["lets everybody in", "let everybody in"], true),
};

pub(super) const ROLE: Detector = Detector {
    id: "ccf574e2-a5b0-5158-bc0f-ac3518181667",
    title: "A role may be taken by anybody",
    description: "Its trust names everybody.",
    tags: &["attack.persistence", "attack.t1098"],
    questions: &["Who took it since: event:AssumeRole resource:\"{resource}\""],
    reads: Some(Reads {
        rows: |part, _| grants::rows(part, Some(Thing::Role)),
        taking: |_| Taking::of_each(opened),
    }),
    ..BUCKET
};

pub(super) const ANYTHING: Detector = Detector {
    id: "public-share",
    title: "Something was opened to everybody",
    description: "The policy of a key, a queue, a topic, a secret, a repository or the like names \
                  everybody.",
    questions: &[
        "What is in it, and who used it since: resource:\"{resource}\"",
        "What else did they open: principal:\"{principal}\" class:permission",
    ],
    reads: Some(Reads {
        rows: |part, _| grants::rows(part, Some(Thing::Other)),
        taking: |_| Taking::of_each(opened),
    }),
    ..BUCKET
};

pub(super) const POLICY: Detector = Detector {
    id: "06683474-a960-5130-9211-2ec23ba62f59",
    title: "A policy was written that allows everything",
    description: "Whoever has it may do anything with anything, or all with identities and so give themselves \
                  the rest.",
    tags: &["attack.privilege-escalation", "attack.t1098.003"],
    questions: &[
        "Who has the policy now: resource:\"{resource}\"",
        "Is it for emergencies, and who knows of it",
    ],
    reads: Some(Reads { rows: policies, taking: |_| Taking::of_each(everything) }),
    run: |asked| run(asked, ["allows everything, or nearly", "allow everything, or nearly"], false),
    ..BUCKET
};

/// Calls that write what an identity may do: the service, the name, and where the policy stands.
const POLICIES: [(&str, &str, &str); 6] = [
    ("iam", "CreatePolicy", "requestParameters.policyDocument"),
    ("iam", "CreatePolicyVersion", "requestParameters.policyDocument"),
    ("iam", "PutGroupPolicy", "requestParameters.policyDocument"),
    ("iam", "PutRolePolicy", "requestParameters.policyDocument"),
    ("iam", "PutUserPolicy", "requestParameters.policyDocument"),
    ("sso", "PutInlinePolicyToPermissionSet", "requestParameters.inlinePolicy"),
];

/// Who, of which account, and into what, where that is told apart.
type Whose = ([String; 2], Option<String>);

/// What is taken from a record instead of what it says, where a policy of it cannot be read.
const UNREAD: &str = "?";

fn policies(part: &Part, _: &Asking<'_>) -> Bits {
    if !grants::is_asked(&part.segment) {
        return Bits::none(part.segment.len());
    }
    let calls = part.rows("event", |event| POLICIES.iter().any(|(_, name, _)| *name == event));
    calls.and(&part.rows("outcome", |outcome| outcome == Outcome::Success.as_str()))
}

/// How grave it is that everybody is let in, and to what: both with a space between.
fn opened(record: &Record<'_>) -> Vec<String> {
    let given = grants::given(record);
    let unread = (given.unread > 0).then(|| UNREAD.to_owned());
    let everybody = given.grants.into_iter().filter(|grant| grant.to == Whom::Everybody);
    everybody.map(|grant| format!("{} {}", grant.level, grant.what)).chain(unread).collect()
}

/// The same of a policy that allows everything.
fn everything(record: &Record<'_>) -> Vec<String> {
    let (source, event) = (record.first("eventSource"), record.first("eventName"));
    let service = source.as_deref().and_then(|source| source.split('.').next());
    let call =
        POLICIES.iter().find(|(of, name, _)| service == Some(of) && event.as_deref() == Some(name));
    let Some(text) = call.and_then(|(.., path)| record.first(path)) else { return Vec::new() };
    match Policy::read(&text.into()) {
        None => vec![UNREAD.to_owned()],
        Some(policy) => {
            let all = policy.everything().into_iter();
            all.map(|(level, what)| format!("{level} {what}")).collect()
        }
    }
}

/// Who let everybody into what: into each thing by itself, for a bucket that is meant to be open says nothing of
/// the next one.
fn run(asked: &Asked<'_>, [one, many]: [&str; 2], apart: bool) -> Answer {
    let mut answer = asked.answer(grants::is_asked);
    if answer.evaluated == 0 {
        return Answer::unable("there are no events of cloudtrail in this evidence");
    }
    let mut unread = 0;
    let mut found: BTreeMap<Whose, (Level, Vec<RowRef>, Vec<String>)> = BTreeMap::new();
    for ((_, at), said) in asked.said.iter().filter(|((id, _), _)| *id == asked.detector.id) {
        unread += u64::from(said.iter().any(|it| it == UNREAD));
        let said = said.iter().filter_map(|it| it.split_once(' '));
        let said: Vec<(Level, &str)> =
            said.filter_map(|(level, what)| Some((Level::parse(level)?, what))).collect();
        let Some((level, how)) = said.iter().copied().max_by_key(|(level, _)| *level) else {
            continue;
        };
        let (segment, row) = (asked.snapshot.segment(*at), usize::from(at.row));
        let of = |name| text(segment, row, name);
        let call = format!("{} {}", of("event"), of("resource"));
        let call = call.trim_end();
        let (_, who) = who(asked.snapshot, *at);
        let what = Some(first(segment, row, "resource")).filter(|what| apart && !what.is_empty());
        let (gravest, events, told) =
            found.entry((who, what)).or_insert((level, Vec::new(), Vec::new()));
        *gravest = level.max(*gravest);
        events.push(*at);
        told.push(if how.is_empty() { call.to_owned() } else { format!("{call} ({how})") });
    }
    answer.leave_out(unread, ("policy", "policies"), "they cannot be read as JSON");
    for ((mut who, what), (level, events, told)) in found {
        if let Some(what) = &what {
            who[1] = format!("{}\0{what}", who[1]);
        }
        let about = what.map(|what| ("resource", what));
        let number = events.len() as u64;
        let calls = noun(number, "call", "calls");
        let verb = if number == 1 { one } else { many };
        let told = told::some(told.iter().map(String::as_str));
        let why = format!("{number} {calls} {verb}: {told}");
        let level = Some(level);
        answer.found.push(Found { who, level, about, events, why, ..Found::default() });
    }
    answer
}
