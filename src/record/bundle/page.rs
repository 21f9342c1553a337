//! `VERIFY.md`: how somebody who has nothing of ours checks a bundle.

use super::{Bundle, CHAINS, Parts, SUMS};
use crate::case::damage;
use crate::event::{counted, noun};
use crate::record::incident::Exhibit;
use crate::record::signing::NAMESPACE;
use std::fmt::Write;

/// The page. The commands in it are to be typed as they stand.
pub(super) fn verify(parts: &Parts<'_>, bundle: &Bundle) -> String {
    let mut page = String::from(
        "# How to verify this bundle\n\nNothing but `sha256sum` (GNU coreutils) and `ssh-keygen` \
         (OpenSSH 8.2 or newer) is needed. All commands are for a shell in this folder.\n\n\
         ## 1. Every file is what it was when the bundle was made\n\n```sh\n",
    );
    let _ = write!(page, "sha256sum --check --strict {SUMS}\n```\n\n");
    page.push_str(
        "Every line has to end in `OK`. A file that is not listed is not part of the bundle; this \
         shows all files, of which only those two and the listed ones should be there:\n\n\
         ```sh\nfind . -type f\n```\n\n",
    );
    signature(parts, &mut page);
    exhibits(parts, &mut page);
    journal(parts, bundle, &mut page);
    proofs(parts, bundle, &mut page);
    page.push_str("## What is not in it\n\n");
    if bundle.left_out.is_empty() {
        page.push_str("Nothing was left out that was given.\n");
    }
    for left in &bundle.left_out {
        let _ = writeln!(page, "- {left}");
    }
    page
}

fn signature(parts: &Parts<'_>, page: &mut String) {
    page.push_str("## 2. The list of hashes is signed\n\n");
    let Some(signer) = &parts.signer else {
        page.push_str(
            "This bundle was made without a signer. Whoever hands it over has to tell the hash of \
             the list by another way:\n\n```sh\nsha256sum SHA256SUMS\n```\n\n",
        );
        return;
    };
    let _ = write!(
        page,
        "```sh\nssh-keygen -Y verify -f allowed_signers -I {} -n {NAMESPACE} -s {SUMS}.sig \
         < {SUMS}\n```\n\nIt has to say `Good \"{NAMESPACE}\" signature for {}`. The file \
         `allowed_signers` \
         comes with the bundle and so proves nothing by itself: get the key's fingerprint from the \
         signer by another way, and compare it with\n\n```sh\ncut -d' ' -f3- allowed_signers | \
         ssh-keygen -l -f -\n```\n\n",
        signer.name, signer.name
    );
}

fn exhibits(parts: &Parts<'_>, page: &mut String) {
    let exhibits = parts.incident.map_or(&[][..], |it| it.exhibits.as_slice());
    let is_whole = |it: &&Exhibit| it.raw.is_some() && !it.redacted;
    let whole = exhibits.iter().filter(is_whole).count() as u64;
    let tokens = exhibits.iter().filter(|it| it.raw.is_some() && it.redacted).count() as u64;
    page.push_str("## 3. Exhibits are records of the evidence\n\n");
    if whole > 0 || tokens == 0 {
        let _ = write!(
            page,
            "There {} {} here, byte for byte as they stood in the evidence. ",
            noun(whole, "is", "are"),
            counted(whole, "exhibit", "exhibits")
        );
    }
    if tokens > 0 {
        let _ = write!(
            page,
            "There {} {}{} here with tokens in the place of some values: the hash of such a file is \
             not `record_sha256`, and `manifest.json` calls it `redacted`. ",
            noun(tokens, "is", "are"),
            counted(tokens, "exhibit", "exhibits"),
            if whole > 0 { " more" } else { "" },
        );
    }
    let file = match (whole, tokens) {
        (_, 0) => ", which is the SHA-256 of the exhibit's file",
        (0, _) => "",
        _ => ", which of an exhibit that is not redacted is also the SHA-256 of its file",
    };
    let _ = writeln!(
        page,
        "`manifest.json` says of each in which object it stood, from which byte on and how many \
         (counted in the object after decompression), the SHA-256 of the object as it was when the \
         record was marked, and `record_sha256`, the SHA-256 of the record as it stood there{file}. \
         Who has the object, say a gzip file, finds the same with\n\n```sh\nsha256sum OBJECT\n\
         gunzip -c OBJECT | tail -c +$((OFFSET + 1)) | head -c LENGTH | sha256sum\n```\n",
    );
}

/// How to follow the chain, and whether it holds.
fn chain(parts: &Parts<'_>, page: &mut String) {
    let id = parts.incident.and_then(|it| it.workspace.id.as_deref()).unwrap_or_default();
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return;
    }
    let damage = parts.journal.map(|journal| damage(journal, id)).unwrap_or_default();
    if !damage.is_empty() {
        let faults = counted(damage.len() as u64, "fault", "faults");
        let _ = write!(
            page,
            "\n\n**The journal is damaged: {faults}.** Somebody changed it after it was written, so \
             that nothing in it counts as said by the one it names. The record says so too."
        );
    }
    let _ = write!(
        page,
        "\n\nThis follows it from the workspace's id on, and ends with `broken` or with the head:\n\n\
         ```sh\nprev=$(printf %s {id} | sha256sum | cut -c1-64)\n\
         while IFS= read -r line; do\n  \
         hash=$(printf %s \"${{line%,\\\"hash\\\":*}}\" | sha256sum | cut -c1-64)\n  \
         case $line in\n    *\"\\\"prev\\\":\\\"$prev\\\",\\\"hash\\\":\\\"$hash\\\"}}\") prev=$hash ;;\n    \
         *) prev=broken; break ;;\n  esac\ndone < journal.jsonl; echo $prev\n```"
    );
}

/// The name of a journal with tokens in it.
pub(super) const REDACTED_JOURNAL: &str = "journal.redacted.jsonl";

fn journal(parts: &Parts<'_>, bundle: &Bundle, page: &mut String) {
    let has = |name: &str| bundle.files.iter().any(|file| file.path == name);
    if has("journal.jsonl") {
        page.push_str(
            "## 4. The journal is a chain\n\nEach line of `journal.jsonl` holds the hash of the \
             line before it, so that nothing can be taken out of the middle or put there. The last \
             hash is the chain's head.",
        );
        chain(parts, page);
    } else if has(REDACTED_JOURNAL) {
        let _ = write!(
            page,
            "## 4. The journal is redacted\n\n`{REDACTED_JOURNAL}` has the journal's entries with \
             tokens in the place of some values. Its hashes are those of the true journal, so that \
             **its chain cannot be verified from here**: who has the true journal can, and finds \
             this head at its end.",
        );
    } else {
        return;
    }
    let chains = bundle.files.iter().filter(|file| file.path.starts_with(CHAINS)).count() as u64;
    let head = parts.incident.and_then(|it| it.workspace.head.as_deref());
    let is_hash = |head: &&str| head.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if let Some(head) = head.filter(is_hash) {
        let _ = write!(page, " The record tells the case up to the entry with the hash `{head}`.");
    }
    if chains > 0 {
        let _ = write!(
            page,
            "\n\nThe record rests on {} of colleagues too, as imported into the workspace: \
             `{CHAINS}` has {}, of the same form, each named by the first digits of its own head.",
            counted(chains, "journal", "journals"),
            noun(chains, "it", "them"),
        );
    }
    page.push_str("\n\n");
}

fn proofs(parts: &Parts<'_>, bundle: &Bundle, page: &mut String) {
    let proofs = bundle.files.iter().filter(|file| file.path.starts_with("proofs/")).count() as u64;
    if proofs == 0 {
        return;
    }
    let all = parts.incident.map_or(0, |it| it.exhibits.len()) as u64;
    let _ = write!(
        page,
        "## 5. What is proven of the exhibits\n\n`proofs/` has {}, of {}: each is named by the \
         number of an exhibit whose log file CloudTrail's digests prove, and has a script that \
         checks that from the record to the key. It needs the evidence, `openssl` and \
         `gunzip`.\n\n",
        counted(proofs, "page", "pages"),
        counted(all, "exhibit", "exhibits"),
    );
}
