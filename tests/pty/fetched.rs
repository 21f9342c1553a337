//! The window of what is fetched into a workspace.

use crate::bench::Bench;

/// The workspace's file, and what `workspace show` says of the window.
fn remembered(bench: &Bench) -> (serde_json::Value, String) {
    let file = bench.read(&Bench::in_case("workspace.json"));
    let info: serde_json::Value = serde_json::from_str(&file).unwrap();
    let mut show = bench.start(&["workspace", "show", "case"], &[]);
    show.wait_for("entries");
    let shown = show.screen_text();
    assert_eq!(show.wait_exit(), 0);
    (info["settings"].clone(), shown)
}

#[test]
fn it_is_remembered_replaced_and_spares_no_local_file() {
    let bench = Bench::new();
    let open = |arguments: &[&str]| {
        let all = [&["open", "evidence", "-w", "case"], arguments].concat();
        let mut session = bench.start(&all, &[]);
        session.wait_for("120 of 120 events");
        session.send("Q");
        assert_eq!(session.wait_exit(), 0);
    };
    open(&["--since", "2026-03-05", "--until", "2026-03-06T12:00"]);
    let (settings, shown) = remembered(&bench);
    assert_eq!(settings["since"], "2026-03-05T00:00:00Z");
    let told = "fetched  what happened from 2026-03-05T00:00:00Z and before 2026-03-06T12:00:00Z";
    assert!(shown.contains(told), "{shown}");
    open(&[]);
    assert_eq!(remembered(&bench).0, settings);
    open(&["--until", "2026-03-07"]);
    let (settings, shown) = remembered(&bench);
    assert_eq!(
        (settings["since"].is_null(), &settings["until"]),
        (true, &"2026-03-07T00:00:00Z".into())
    );
    assert!(shown.contains("fetched  what happened before 2026-03-07T00:00:00Z"), "{shown}");
    let mut refused = bench.start(&["open", "-w", "case", "--since", "last2h"], &[]);
    refused.wait_for("name a day or a time");
    assert_eq!(refused.wait_exit(), 2);
}
