//! What crosses the boundary of what is ours.

use super::*;

#[test]
fn the_boundary_is_crossed_in_both_directions() {
    let role = |account: &str| format!("arn:aws:iam::{account}:role/deploy");
    let of = |account: &'static str| ("principal.account", account);
    let events = [
        event(1, &[of("444455556666"), ("event", "AssumeRole"), ("outcome", "success")]),
        event(2, &[of("111122223333"), ("event", "GetObject")]),
        event(
            3,
            &[
                of("111122223333"),
                ("event", "AssumeRole"),
                ("requestParameters.roleArn", &role("777788889999")),
            ],
        ),
        event(
            4,
            &[
                of("111122223333"),
                ("event", "AssumeRole"),
                ("requestParameters.roleArn", &role("111122223333")),
            ],
        ),
        event(5, &[of("ANONYMOUS"), ("event", "GetObject")]),
    ];
    let found = answer("foreign-account", &events, ACCOUNTS);
    let who: Vec<_> = found.found.iter().map(|one| [&*one.who[0], &*one.who[1]]).collect();
    assert_eq!(who, [["444455556666", "came"], ["777788889999", "went"]]);
    assert_eq!(found.found[0].events.len(), 1);
}

#[test]
fn what_is_shared_with_strangers_is_told() {
    let share = |at, outcome| event(at, &[("event", "PutBucketPolicy"), ("outcome", outcome)]);
    let events = [share(1, "success"), share(2, "denied")];
    let snapshot = snapshot(&events, 1);
    let estate = estate(ACCOUNTS);
    let given = Given { estate: Some(&estate), ..Given::default() };
    let wanted = |given| detector("foreign-share").unwrap().wanted(&snapshot, given).unwrap().0;
    assert_eq!(wanted(&given)[0].iter().collect::<Vec<_>>(), [0]);
    assert!(!wanted(&Given::default())[0].any(), "nobody says which accounts are ours");
    let accounts = ["111122223333", "444455556666"].map(str::to_owned).to_vec();
    let said = Said::from([(("foreign-share", RowRef { segment: 0, row: 0 }), accounts)]);
    let found = ask("foreign-share", &snapshot, &given, &said);
    assert_eq!(found.found.len(), 1);
    assert!(
        found.found[0].why.starts_with("1 call gives something to 444455556666"),
        "{:?}",
        whys(&found)
    );
}

#[test]
fn writes_into_buckets_of_others_are_told() {
    let write = |bucket, outcome| {
        let what = [("event", "PutObject"), ("class", "data-write"), ("outcome", outcome)];
        event(1, &[&what[..], &[("requestParameters.bucketName", bucket)]].concat())
    };
    let events =
        [write("acme-data", "success"), write("other", "success"), write("third", "denied")];
    let found = answer("foreign-bucket", &events, "buckets = [\"acme-*\"]");
    assert_eq!(
        whys(&found),
        ["1 write into other, which is not among the buckets of estate.toml; calls: PutObject 1"]
    );
}

#[test]
fn egress_is_what_leaves_our_networks() {
    let settings = "networks = [\"10.0.0.0/8\"]\n[detectors.egress]\nmegabytes = 5";
    let events = [
        flow(1, "10.0.0.5", "198.51.100.9", 4_000_000),
        flow(2, "10.0.0.5", "198.51.100.10", 3_000_000),
        flow(3, "10.0.0.5", "10.0.0.6", 90_000_000),
        flow(4, "10.0.0.7", "198.51.100.9", 4_999_999),
        flow(5, "198.51.100.9", "10.0.0.5", 90_000_000),
    ];
    let found = answer("egress", &events, settings);
    assert_eq!(
        whys(&found),
        ["10.0.0.5 sent 7.00 MB (at least 5.00 MB) to 2 addresses outside of our networks: \
          198.51.100.9 4.00 MB, 198.51.100.10 3.00 MB"]
    );
}
