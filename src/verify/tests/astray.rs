//! Objects that lie where they do not belong, and buckets and folders that change.

use super::*;

const MOVED: [&str; 4] = ["coverage_hole", "digest_missing", "digest_moved", "log_unverifiable"];

/// Puts a digest elsewhere, with its metadata: `as_copy`, or away from where it was.
fn put_elsewhere(world: &mut World, number: usize, to: impl Fn(&str) -> String, as_copy: bool) {
    let path = world.digest(number);
    for path in [format!("{path}.meta.json"), path] {
        let bytes = world.files[&path].clone();
        if !as_copy {
            world.files.remove(&path);
        }
        world.files.insert(to(&path), bytes);
    }
}

#[test]
fn a_digest_below_another_prefix_of_its_bucket_was_moved() {
    let to = |path: &str| path.replace("trail-bucket/", "trail-bucket/backup/");
    let mut world = World::clean(5);
    put_elsewhere(&mut world, 2, to, false);
    assert_eq!(kinds(&world.judge()), MOVED);
    let mut world = World::clean(5);
    put_elsewhere(&mut world, 2, to, true);
    assert_eq!(kinds(&world.judge()), ["digest_moved"]);
    // Nor does it matter which of the two is the longer prefix.
    let mut world = World::of(&Trail { prefix: Some("audit".to_owned()), ..trail() }, 5, None);
    put_elsewhere(&mut world, 2, |path| path.replace("audit/", ""), false);
    assert_eq!(kinds(&world.judge()), MOVED);
    // A whole copy under another name is no exception.
    let mut world = World::clean(5);
    put_elsewhere(&mut world, 2, to, true);
    let renamed = |path: &String| path.replace("trail-bucket", "copy-of-it");
    world.files = world.files.iter().map(|(path, b)| (renamed(path), b.clone())).collect();
    assert_eq!(kinds(&world.judge()), ["bucket_renamed", "digest_moved"]);
}

#[test]
fn a_source_that_is_a_bucket_itself_is_that_bucket() {
    let in_bucket = |mut world: World| {
        let cut = |path: &String| path.replace("trail-bucket/", "");
        world.files = world.files.iter().map(|(path, b)| (cut(path), b.clone())).collect();
        world
    };
    let to = |path: &str| path.replace("buckets/", "buckets/backup/");
    let mut world = in_bucket(World::clean(5));
    put_elsewhere(&mut world, 2, to, false);
    assert_eq!(kinds(&world.judge()), MOVED);
    let mut world = in_bucket(World::clean(5));
    put_elsewhere(&mut world, 2, to, true);
    assert_eq!(kinds(&world.judge()), ["digest_moved"]);
    let prefixed = Trail { prefix: Some("audit".to_owned()), ..trail() };
    let mut world = in_bucket(World::of(&prefixed, 5, None));
    put_elsewhere(&mut world, 2, |path| path.replace("audit/", ""), false);
    assert_eq!(kinds(&world.judge()), MOVED);
    // Nor if the copy is flat and the trail had two buckets.
    let flat = |mut world: World| {
        let cut = |path: &String| path.replace("trail-bucket/", "").replace("a-new-bucket/", "");
        world.files = world.files.iter().map(|(path, b)| (cut(path), b.clone())).collect();
        world
    };
    let mut world = flat(with_new_bucket());
    assert_eq!(world.judge().findings, []);
    put_elsewhere(&mut world, 4, to, true);
    assert_eq!(kinds(&world.judge()), ["digest_moved"]);
    // Folders of buckets beside it are what they are called, and copies of others are copies.
    let other = Trail { name: "second".to_owned(), bucket: "other-bucket".to_owned(), ..trail() };
    let other = World::of(&other, 3, None).files;
    for (folder, told) in [("other-bucket", &[][..]), ("a-copy", &["bucket_renamed"])] {
        let mut world = in_bucket(World::clean(3));
        for (path, bytes) in &other {
            world.files.insert(path.replace("trail-bucket", folder), bytes.clone());
        }
        assert_eq!(kinds(&world.judge()), told, "{folder}");
    }
    // So is a folder of the same bucket.
    let mut world = World::clean(5);
    for number in 3..5 {
        put_elsewhere(&mut world, number, |path| path.replace("trail-bucket/", ""), false);
    }
    assert_eq!(kinds(&world.judge()), [] as [&str; 0]);
}

/// A trail that delivers to another bucket after its third hour.
fn with_new_bucket() -> World {
    let signer = signer();
    let mut world = World::clean(0);
    let mut chain = Chain::begin(trail(), world.since);
    for hour in 0..6 {
        if hour == 3 {
            chain.move_to("a-new-bucket");
        }
        let bucket = if hour < 3 { "trail-bucket" } else { "a-new-bucket" };
        let minute = world.until.saturating_add(20 * Timestamp::MINUTE);
        let key = trail().log_key(minute, &format!("Made{hour:012}"));
        world.put_in(bucket, &key, gzip(b"{}"));
        world.until = world.until.saturating_add(HOUR);
        let digest = chain.digest(&signer, world.until, &[LogFile::of(key, b"{}")]).unwrap();
        world.put_in(bucket, &format!("{}.meta.json", digest.key), digest.head_object().into());
        world.put_in(bucket, &digest.key, digest.gzip);
    }
    world
}

#[test]
fn a_copy_in_another_bucket_of_the_trail_was_moved_and_the_original_stays() {
    let mut world = with_new_bucket();
    assert_eq!(world.judge().findings, []);
    // Three of the new bucket come first by their paths.
    put_elsewhere(&mut world, 4, |path| path.replace("trail-bucket", "a-new-bucket"), true);
    assert_eq!(kinds(&world.judge()), ["digest_moved"]);
}

#[test]
fn a_digest_that_is_not_proven_cannot_take_itself_out_of_the_window() {
    let mut world = World::clean(5);
    world.change(&world.digest(2), |text| {
        text.replace("2026-03-04T07:29:07Z", "2027-03-04T07:29:07Z")
            .replace("2026-03-04T08:29:07Z", "2027-03-04T08:29:07Z")
    });
    let report = world.judge();
    let told = kinds(&report);
    assert!(told.contains(&"digest_signature_invalid"), "{told:?}");
    assert!(told.contains(&"digest_prev_hash_mismatch"), "{told:?}");
    // One of long ago that was put in the place of another is judged where it lies.
    let mut world = World::clean(5);
    let (signer, long_ago) = (signer(), at("2026-02-01T05:00:00Z"));
    let old = Chain::begin(trail(), long_ago)
        .digest(&signer, long_ago.saturating_add(HOUR), &[])
        .unwrap();
    let path = world.digest(2);
    world.files.insert(format!("{path}.meta.json"), old.head_object().into_bytes());
    world.files.insert(path, old.gzip);
    let told = ["coverage_hole", "digest_moved", "digest_prev_hash_mismatch", "log_unverifiable"];
    assert_eq!(kinds(&world.judge()), told);
}

#[test]
fn a_gap_is_explained_by_the_hour_before_it_wherever_the_window_begins() {
    let mut world = World::of(&trail(), 4, Some(2));
    world.since = world.since.saturating_add(5 * HOUR);
    let report = world.judge();
    assert_eq!((report.verdict, kinds(&report)), (Verdict::Valid, vec!["logging_gap"]));
    assert_eq!(report.findings[0].span.unwrap().0, world.since);
}

#[test]
fn a_folder_with_digests_of_its_own_is_no_renamed_copy() {
    // Two trails, each with a bucket of its own, of which the second has a prefix.
    let mut world = World::clean(3);
    let second = Trail {
        name: "second".to_owned(),
        bucket: "other-bucket".to_owned(),
        prefix: Some("p".to_owned()),
        ..trail()
    };
    for (path, bytes) in World::of(&second, 3, None).files {
        world.files.insert(path.replace("trail-bucket", "other-bucket"), bytes);
    }
    assert_eq!(world.judge().findings, []);
    let path = world.digest(4);
    assert!(path.starts_with("buckets/trail-bucket/"), "{path}");
    put_elsewhere(&mut world, 4, |path| path.replace("trail-bucket", "other-bucket"), true);
    assert_eq!(kinds(&world.judge()), ["digest_moved"]);
}

#[test]
fn a_renamed_copy_is_told_once_for_all_its_prefixes() {
    let second = Trail { name: "second".to_owned(), prefix: Some("p".to_owned()), ..trail() };
    let mut world = World::clean(3);
    world.files.extend(World::of(&second, 3, None).files);
    let renamed = |path: &String| path.replace("trail-bucket", "copy-of-it");
    world.files = world.files.iter().map(|(path, b)| (renamed(path), b.clone())).collect();
    let found: Vec<Kind> = world.judge().findings.iter().map(|one| one.kind).collect();
    assert_eq!(found, [Kind::BucketRenamed]);
}

#[test]
fn a_bucket_of_which_all_digests_are_gone_is_still_of_its_trail() {
    let mut world = with_new_bucket();
    world.files.retain(|path, _| !path.contains("/trail-bucket/") || path.contains("CloudTrail_"));
    let report = world.judge();
    assert_eq!(kinds(&report), ["coverage_hole", "digest_missing", "log_unverifiable"]);
    assert_eq!(report.scopes.len(), 1);
}

#[test]
fn a_log_beside_the_folders_of_its_trail_is_unlisted_in_the_trail_s_time() {
    for (from, to) in [("trail-bucket/", "trail-bucket/other/"), ("trail-bucket", "elsewhere")] {
        let mut world = World::clean(4);
        let path = world.log(2);
        let bytes = world.files[&path].clone();
        world.files.insert(path.replace(from, to), bytes);
        assert_eq!(kinds(&world.judge()), ["log_unlisted"], "{to}");
    }
}

#[test]
fn a_trail_that_becomes_one_of_an_organization_keeps_its_chain() {
    let signer = signer();
    let mut world = World::clean(0);
    let mut chain = Chain::begin(trail(), world.since);
    for hour in 0..4 {
        if hour == 2 {
            chain.belong_to("o-abcdef1234");
        }
        world.until = world.until.saturating_add(HOUR);
        let digest = chain.digest(&signer, world.until, &[]).unwrap();
        world.put(&format!("{}.meta.json", digest.key), digest.head_object().into_bytes());
        world.put(&digest.key, digest.gzip);
    }
    let report = world.judge();
    assert_eq!((report.findings, report.scopes.len()), (vec![], 1));
    assert_eq!(report.scopes[0].organization.as_deref(), Some("o-abcdef1234"));
}

#[test]
fn what_else_cloudtrail_delivers_counts_if_a_digest_names_it() {
    let signer = signer();
    let mut world = World::clean(0);
    let mut chain = Chain::begin(trail(), world.since);
    let minute = world.since.saturating_add(20 * Timestamp::MINUTE);
    let log = trail().log_key(minute, "Made000000000000");
    let insight = log.replace("CloudTrail/", "CloudTrail-Insight/");
    let insight = insight.replace("_CloudTrail_", "_CloudTrail-Insight_");
    world.until = world.until.saturating_add(HOUR);
    let named = [LogFile::of(insight.clone(), b"{}")];
    let digest = chain.digest(&signer, world.until, &named).unwrap();
    world.put(&format!("{}.meta.json", digest.key), digest.head_object().into_bytes());
    world.put(&digest.key, digest.gzip);
    world.put(&insight, gzip(b"{}"));
    // Of those that no digest names nothing is asked.
    world.put(&insight.replace("Made", "Else"), gzip(b"{}"));
    let report = world.judge();
    assert_eq!((&report.findings, report.counts.logs.valid), (&vec![], 1));
    world.put(&insight, gzip(b"[]"));
    assert_eq!(kinds(&world.judge()), ["log_modified"]);
    world.files.remove(&format!("buckets/trail-bucket/{insight}"));
    assert_eq!(kinds(&world.judge()), ["log_missing"]);
}
