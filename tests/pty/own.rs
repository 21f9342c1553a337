//! Formats that users define, on the screen.

use crate::bench::Bench;

const DEFINITION: &str = r#"schema = 1
id = "orders"
title = "Orders"

[record]
patterns = ['^(?<at>[^|]+)\|(?<user>[^|]+)\|(?<tenant>[^|]+)$']

[time]
from = "at"

[fields]
principal = "user"
"orders.tenant" = { from = "tenant", kind = "text", role = "resource" }
"#;

const LOG: &str = "2026-03-04 10:30:00Z|alice|blue\n2026-03-04 10:31:00Z|bob|blue\n";

/// What one definition made of the evidence is nothing that another may take over.
#[test]
fn a_definition_is_used_and_what_it_made_ends_with_it() {
    let bench = Bench::new();
    bench.write("evidence/orders.log", LOG);
    bench.write("config/trailcase/formats/orders.toml", DEFINITION);
    let bad = DEFINITION.replace("\"orders\"", "\"bad\"").replace("\"text\"", "\"txt\"");
    bench.write("config/trailcase/formats/bad.toml", &bad);
    let mut session = bench.start(&["open", "evidence", "-w", "case"], &[]);
    session.wait_for("122 of 122 events");
    session.send("!");
    session.wait_for("formats/bad.toml:13:1");
    session.send("q");
    session.send("/orders.tenant:blue\r");
    session.wait_for("2 of 122 events");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);

    let other = DEFINITION.replace("from = \"tenant\"", "from = \"user\"");
    bench.write("config/trailcase/formats/orders.toml", &other);
    let mut session = bench.again();
    session.wait_for("0 of 122 events");
    // Over the filter that the session before left.
    session.send("/\x15orders.tenant:alice\r");
    session.wait_for("1 of 122 events");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
}
