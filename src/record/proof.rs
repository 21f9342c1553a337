//! The proof of one record, on one page: from the record to its log file, to the digest that names
//! it, to the signature and the key, and along the chain to the newest digest.
//!
//! The page holds a script for a POSIX shell, with which anybody who has the evidence can check
//! every step with `sha256sum` and `openssl`, and without this program.

use crate::event::{base64, hex, unlabel};
use crate::shown::{Glyphs, Mode, Place, has_hazard, show};
use crate::verify::{DigestReport, Finding, Judged, LIMITS, Link, Proven, Report};
use std::collections::{HashMap, HashSet};
use std::fmt::Write;

/// Findings about the digests of a chain that are told one by one.
const MOST_DOUBTS: usize = 50;

/// The record, and where it lies.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The object's path as people and output call it, with `!member` for archives.
    pub path: String,
    /// The archive, if it is a member of one.
    pub archive: Option<String>,
    /// Its place in the object, such as `record 3`.
    pub place: String,
    /// First byte in the inflated object, and bytes.
    pub offset: u64,
    pub length: u64,
    /// SHA-256 of these bytes.
    pub sha256: [u8; 32],
    /// What the record says, by name: time, event, principal.
    pub says: Vec<(&'static str, String)>,
}

/// The page, in Markdown. It says too when something is not proven.
pub fn proof(report: &Report, subject: &Subject) -> String {
    let mut page = String::from("# Proof of one record\n\n");
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(page, "- {name}: {}", plain(value));
    };
    line("object", &subject.path);
    line("record", &subject.place);
    for (name, value) in &subject.says {
        line(name, value);
    }
    line("SHA-256 of the record's bytes", &hex::encode(&subject.sha256));
    let judged = report.log(&subject.path);
    let steps = judged.and_then(|judged| Some((judged, digest_of(report, &judged)?)));
    let Some((judged, digest)) = steps else {
        page.push_str(&unproven(report, subject, judged.as_ref()));
        return page;
    };
    if judged.standing != crate::event::Standing::Verified {
        page.push_str(&unproven(report, subject, Some(&judged)));
        return page;
    }
    let chain = chain(report, digest);
    page.push_str(&story(report, &judged, &chain));
    page.push_str("\n## Check it\n\n");
    match script(report, subject, &judged, &chain) {
        Some(script) => {
            page.push_str(
                "In the folder from which the paths are meant, with a POSIX shell, `gunzip`, \
                 `sha256sum` and `openssl`. The public key is to be compared with one that was got \
                 from AWS by another way.\n\n```sh\n",
            );
            page.push_str(&script);
            page.push_str("```\n");
        }
        None => page.push_str(
            "No script is given: the names of these files cannot be written down as they are or \
             mean more than themselves to `tar` and `unzip`, or the log lies deeper than in one \
             archive.\n",
        ),
    }
    page.push_str("\n## What this does not show\n\n");
    for limit in LIMITS {
        let _ = writeln!(page, "- {limit}");
    }
    page
}

fn digest_of<'a>(report: &'a Report, judged: &Judged) -> Option<&'a DigestReport> {
    report.digests.get(judged.digest?)
}

fn unproven(report: &Report, subject: &Subject, judged: Option<&Judged>) -> String {
    let why = match judged {
        None => "no digest of CloudTrail is about this object".to_owned(),
        Some(judged) => {
            let is_it = |key: &str| subject.path.ends_with(key);
            let why = report.findings.iter().find(|finding| {
                Some(finding.kind) == judged.fault && finding.key.as_deref().is_some_and(is_it)
            });
            let why = why.map(|finding| plain(&finding.detail));
            let why = why.or_else(|| judged.fault.map(|fault| fault.to_string()));
            let why = why.map_or(String::new(), |why| format!(": {why}"));
            format!("its log file is {}{why}", judged.standing)
        }
    };
    format!("\n**Not proven**: {why}.\n")
}

/// The digest, and those after it that are linked to it, to the newest.
fn chain<'a>(report: &'a Report, digest: &'a DigestReport) -> Vec<&'a DigestReport> {
    let mut after: HashMap<&str, Vec<&DigestReport>> = HashMap::new();
    let is_link = |next: &&DigestReport| {
        next.linked && next.link == Link::Linked && next.scope == digest.scope
    };
    for next in report.digests.iter().filter(is_link) {
        after.entry(next.previous.as_deref().unwrap_or_default()).or_default().push(next);
    }
    let later = |last: &DigestReport| {
        let named = after.get(last.key.as_str())?;
        named.iter().copied().find(|next| next.to > last.to)
    };
    std::iter::successors(Some(digest), |last| later(last)).collect()
}

fn story(report: &Report, judged: &Judged, chain: &[&DigestReport]) -> String {
    let digest = chain[0];
    let mut story = String::from("\n## From the record to the key\n\n");
    let mut number = 0;
    let mut step = |text: String| {
        number += 1;
        let _ = writeln!(story, "{number}. {text}");
    };
    let acquired = judged.sha256.map_or_else(|| "not known".to_owned(), |sum| hex::encode(&sum));
    step(format!("The object as acquired has the SHA-256 `{acquired}`."));
    step(format!("Without compression it has the SHA-256 `{}`.", hex::encode(&judged.content)));
    step(format!(
        "The digest {} names the log file with this hash. Its time ends at {}.",
        plain(&digest.key),
        digest.to.to_rfc3339(0)
    ));
    step(match digest.proven {
        Proven::Signature => "Its signature, which lies in its metadata, is right.".to_owned(),
        Proven::Quoted => "Its signature, which its successor quotes, is right.".to_owned(),
        _ => "Its successor, which is proven, names its hash.".to_owned(),
    });
    if let Some(fingerprint) = anchor(chain).and_then(|anchor| anchor.fingerprint.as_deref()) {
        let known = report.pems.contains_key(fingerprint);
        let how = if known { "is below" } else { "is not known" };
        step(format!("The public key of fingerprint {} {how}.", plain(fingerprint)));
    }
    let last = chain[chain.len() - 1];
    let later = match chain.len() - 1 {
        1 => "1 later digest follows".to_owned(),
        count => format!("{count} later digests follow"),
    };
    let end = last.to.to_rfc3339(0);
    step(format!("{later} on the chain without a break; the last ends at {end}."));
    story.push_str(&doubts(report, chain));
    story
}

/// What was found about the digests of the chain, which whoever relies on them has to know.
fn doubts(report: &Report, chain: &[&DigestReport]) -> String {
    let keys: HashSet<&str> = chain.iter().map(|digest| digest.key.as_str()).collect();
    let about = |finding: &&Finding| finding.key.as_deref().is_some_and(|key| keys.contains(key));
    let found: Vec<&Finding> = report.findings.iter().filter(about).collect();
    let mut text = String::new();
    if !found.is_empty() {
        text.push_str("\nFound about these digests:\n\n");
    }
    for Finding { kind, severity, key, detail, .. } in found.iter().take(MOST_DOUBTS) {
        let key = plain(key.as_deref().unwrap_or_default());
        let _ = writeln!(text, "- {severity} {kind}: {key}: {}", plain(detail));
    }
    if found.len() > MOST_DOUBTS {
        let _ = writeln!(text, "- and {} more, which the report has", found.len() - MOST_DOUBTS);
    }
    text
}

/// The first digest of the chain that has a signature of its own.
fn anchor<'a>(chain: &[&'a DigestReport]) -> Option<&'a DigestReport> {
    chain.iter().copied().find(|digest| digest.signed.is_some())
}

/// The script; `None` if a name cannot be written into one.
fn script(
    report: &Report,
    subject: &Subject,
    judged: &Judged,
    chain: &[&DigestReport],
) -> Option<String> {
    let digest = chain[0];
    let mut logs = report.logs_of(digest);
    let log = logs.find(|log| log.path.is_some_and(|path| **path == *subject.path))?;
    let mut script = String::from(FUNCTIONS);
    let archive = subject.archive.as_deref();
    let _ = writeln!(script, "object() {{ {}; }}", stored(archive)?);
    let _ = writeln!(script, "log() {{ object {}; }}", quoted(within(&subject.path, archive)?)?);
    let mut check = |what: &str, command: &str, hash: &[u8; 32]| {
        let _ = writeln!(script, "same '{what}' \"$({command} | sum)\" {}", hex::encode(hash));
    };
    let acquired = archive.map_or(Some("log".to_owned()), |archive| {
        quoted(&local(archive)).map(|archive| format!("cat {archive}"))
    });
    if let Some(sha256) = judged.sha256 {
        check("object as acquired", &acquired?, &sha256);
    }
    let cut =
        format!("log | inflate | tail -c +{} | head -c {}", subject.offset + 1, subject.length);
    check("record", &cut, &subject.sha256);
    check("log file without compression", "log | inflate", &judged.content);
    let _ = writeln!(
        script,
        "named \"$(object {} | inflate | entries | grep -F {} | grep -cF {})\" 'log file in its digest'",
        quoted(within(&digest.path, archive)?)?,
        quoted(&format!("\"s3Object\":{}", without_blanks(&log.key)))?,
        quoted(&format!("\"hashValue\":\"{}\"", hex::encode(&judged.content)))?
    );
    links(&mut script, chain, archive)?;
    signature(&mut script, report, anchor(chain)?, archive)?;
    script.push_str("exit $bad\n");
    Some(script)
}

/// A text as it stands in JSON from which `entries` took the blanks.
fn without_blanks(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace([' ', '\n', '\r', '\t'], "")
}

/// Each digest has the hash that the next one names.
fn links(script: &mut String, chain: &[&DigestReport], archive: Option<&str>) -> Option<()> {
    script.push_str(LINKS);
    for digest in chain {
        let name = within(&digest.path, archive)?;
        quoted(name)?;
        let _ = writeln!(script, "{name}");
    }
    script.push_str("EOF\n");
    Some(())
}

fn signature(
    script: &mut String,
    report: &Report,
    anchor: &DigestReport,
    archive: Option<&str>,
) -> Option<()> {
    let (signed, signature) = anchor.signed.as_ref()?;
    let pem = report.pems.get(anchor.fingerprint.as_deref()?)?;
    let mut lines = signed.split('\n');
    let (end, address) = (lines.next()?, lines.next()?);
    let before = lines.nth(1)?;
    let signature = base64::encode(&hex::decode(signature)?);
    let _ = write!(
        script,
        "cat > \"$tmp/key.pem\" <<'EOF'\n{pem}EOF\n\
         echo {} | openssl base64 -d -A > \"$tmp/signature\"\n\
         printf '%s\\n%s\\n%s\\n%s' {} {} \"$(object {} | inflate | sum)\" {} > \"$tmp/signed\"\n\
         openssl dgst -sha256 -verify \"$tmp/key.pem\" -signature \"$tmp/signature\" \\\n    \
         \"$tmp/signed\" > /dev/null && right=1 || right=0\n\
         named $right 'signature of the digest of {}'\n",
        quoted(&signature)?,
        quoted(end)?,
        quoted(address)?,
        quoted(within(&anchor.path, archive)?)?,
        quoted(before)?,
        anchor.to.to_rfc3339(0)
    );
    Some(())
}

const LINKS: &str = "\
before=
while IFS= read -r path; do
  object \"$path\" | inflate > \"$tmp/digest\"
  [ -z \"$before\" ] || named \"$(tr -d ' \\n\\r\\t' < \"$tmp/digest\" |
    grep -cF \"\\\"previousDigestHashValue\\\":\\\"$before\\\"\")\" \"link: $path\"
  before=$(sum < \"$tmp/digest\")
done <<'EOF'
";

const FUNCTIONS: &str = "\
bad=0
tmp=$(mktemp -d) || exit 2
trap 'rm -r \"$tmp\"' EXIT
sum() { sha256sum | cut -d' ' -f1; }
inflate() {
  cat > \"$tmp/in\"
  case $(head -c 2 \"$tmp/in\" | od -An -tx1) in
    ' 1f 8b') gunzip -c < \"$tmp/in\" 2> /dev/null ;;
    *) cat \"$tmp/in\" ;;
  esac
}
entries() { tr -d ' \\n\\r\\t' | grep -o '{[^{}]*}'; }
told() { printf '%-7s %s\\n' \"$1\" \"$2\"; }
same() { if [ \"$2\" = \"$3\" ]; then told OK \"$1\"; else told FAILED \"$1\"; bad=1; fi; }
named() { if [ \"$1\" -gt 0 ]; then told OK \"$2\"; else told FAILED \"$2\"; bad=1; fi; }
";

/// The command that gives the bytes of the object `$1` as they are stored.
fn stored(archive: Option<&str>) -> Option<String> {
    let Some(archive) = archive else { return Some("cat -- \"$1\"".to_owned()) };
    let archive = quoted(&local(archive))?;
    Some(format!(
        "case $(head -c 2 {archive}) in PK) unzip -p {archive} \"$1\" ;; \
         *) tar -xOf {archive} -- \"$1\" ;; esac"
    ))
}

/// The path of an archive so that no tool takes it for an option, or for one on another host.
fn local(path: &str) -> String {
    if path.starts_with('/') { path.to_owned() } else { format!("./{path}") }
}

/// What an object is called in its archive, or as it is.
fn within<'a>(path: &'a str, archive: Option<&str>) -> Option<&'a str> {
    let Some(archive) = archive else { return Some(path) };
    let member = path.strip_prefix(archive)?.strip_prefix('!')?;
    // Those who unpack take some names for patterns and for options.
    let is_plain = !member.contains(['!', '*', '?', '[', '\\']) && !member.starts_with('-');
    is_plain.then_some(member)
}

/// One word for a shell; `None` if it has something in it that a page cannot show as it is.
fn quoted(text: &str) -> Option<String> {
    let raw = unlabel(text);
    let plain = !has_hazard(&raw) && *raw == *text.as_bytes() && !text.contains(['\n', '`']);
    plain.then(|| format!("'{}'", text.replace('\'', "'\\''")))
}

/// Text of the evidence, harmless and without markup.
fn plain(text: &str) -> String {
    let mode = Mode { place: Place::Table, glyphs: Glyphs::Unicode };
    let shown = show(&*unlabel(text), mode).into_owned();
    let longest = shown.as_str().split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    format!("{fence}{space}{}{space}{fence}", shown.as_str())
}
