//! Columns that no format knows: services add some at the end of their lines, and headers name
//! new ones.

use super::context;
use super::rows::{read, read_apart};
use std::path::Path;

/// Format, fixture, what parts its columns, how many more a line may have that is not the widest,
/// what a header calls the new column, and its field.
type Log = (&'static str, &'static str, &'static str, usize, Option<&'static str>, &'static str);

#[rustfmt::skip]
const LOGS: [Log; 32] = [
    ("alb", "plain.log", " ", 5, None, "alb.column_35"),
    ("alb", "tabs.log", "\t", 4, None, "alb.column_35"),
    ("alb", "chosen.log", "\t", 0, Some("shiny(New-Thing)"), "alb.shiny_new_thing"),
    ("alb_connection", "classic.log", " ", 4, None, "alb.column_16"),
    ("alb_health", "classic.log", " ", 2, None, "alb.column_11"),
    ("apigw_access", "clf.log", " ", 1, None, "apigw.column_12"),
    ("apigw_access", "csv.log", ",", 1, None, "apigw.column_12"),
    ("billing_dbr", "tags.csv", ",", 0, Some("\"ShinyThing\""), "bill.shiny_thing"),
    ("clb", "requests.log", " ", 0, None, "clb.column_16"),
    ("cloudfront", "no-header.log", "\t", 10, None, "cloudfront.column_34"),
    ("cloudfront", "v1.log", "\t", 0, Some("x-shiny"), "cloudfront.x_shiny"),
    ("cloudfront", "v2-w3c.log", "\t", 0, Some("x-shiny"), "cloudfront.x_shiny"),
    ("cloudfront_realtime", "all.log", "\t", 0, None, "cloudfront.column_47"),
    ("cur", "cur1.csv", ",", 0, Some("shiny/NewThing"), "bill.shiny_new_thing"),
    ("cur", "cur2.csv", ",", 0, Some("shiny_new_thing"), "bill.shiny_new_thing"),
    ("cur", "focus.csv", ",", 0, Some("x_ShinyThing"), "bill.x_shiny_thing"),
    ("mysql_audit", "mariadb.log", ",", 2, None, "mysql.column_13"),
    ("mysql_audit", "rds.log", ",", 0, None, "mysql.column_13"),
    ("nlb", "tls.log", " ", 1, None, "nlb.column_24"),
    ("postgresql_csv", "14.csv", ",", 0, None, "pg.column_27"),
    ("r53_public", "queries.log", " ", 0, None, "r53.column_11"),
    ("redshift_connection", "s3.log", "|", 0, None, "redshift.column_23"),
    ("redshift_user", "s3.log", "|", 0, None, "redshift.column_12"),
    ("s3_access", "rows.log", " ", 0, None, "s3.column_28"),
    ("tgw_flow", "header.log", " ", 0, Some("shiny-col"), "tgw.shiny_col"),
    ("tgw_flow", "full.log", " ", 0, None, "tgw.column_37"),
    ("vpc_flow", "custom.log", " ", 0, None, "vpc.column_15"),
    ("vpc_flow", "custom.log", " ", 1, None, "vpc.column_16"),
    ("vpc_flow", "v11.log", " ", 0, None, "vpc.column_55"),
    ("vpc_flow", "table.csv", ",", 0, Some("shiny_col"), "vpc.shiny_col"),
    ("vpc_flow", "quoted.csv", ",", 0, Some("\"shiny-col\""), "vpc.shiny_col"),
    ("vpc_flow", "tabs.log", "\t", 0, Some("shiny-col"), "vpc.shiny_col"),
];

/// The fixture's header, if it has one, and its first record.
fn begin(format: &str, file: &str) -> (String, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(format).join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let names = [["srcaddr", "dstaddr"], ["ayer", "sage"], ["ChargePeriodStart", "BilledCost"]];
    let is_head = |line: &&str| {
        let names = names.iter().any(|names| names.iter().all(|name| line.contains(name)));
        line.starts_with('#') || names && !line.contains("111122223333")
    };
    let head: Vec<&str> = text.lines().take_while(is_head).collect();
    let record = text.lines().find(|line| !is_head(line)).unwrap();
    (head.join("\n"), record.to_owned())
}

#[test]
fn a_column_that_a_format_does_not_know_is_a_field() {
    for (format, file, mark, more, name, field) in LOGS {
        let (mut head, record) = begin(format, file);
        let mark_of_head = if head.starts_with('#') { " " } else { mark };
        if let Some(name) = name {
            head = format!("{head}{mark_of_head}{name}");
        }
        let rest = format!("{}{mark}", format!("{mark}-").repeat(more));
        let wide = format!("{record}{rest}zebra7");
        // Of bills an empty cell is one that says nothing.
        let nothing = if field.starts_with("bill.") { "" } else { "-" };
        let narrow = if name.is_some() { format!("{record}{mark}{nothing}") } else { record };
        let log = format!("{head}\n{narrow}\n{wide}\n{narrow}\n{wide}\n");
        let log = log.trim_start();
        let rows = read(context(), log.as_bytes(), &[]);
        let told: Vec<(&str, Option<&str>)> =
            rows.kept.iter().map(|row| (&*row.format, row.get(field))).collect();
        let (none, told_is) = ((format, None), (format, Some("zebra7")));
        assert_eq!(told, [none, told_is, none, told_is], "{file}\n{log}");
        let apart = read_apart(context(), log.as_bytes(), &[(700, true, 1), (300, false, 0)]);
        assert_eq!(apart.kept, rows.kept, "{file}");
    }
}

#[test]
fn columns_beyond_all_measure_are_left_to_the_record() {
    let (_, record) = begin("alb", "plain.log");
    let record = format!("{record} - - - - -");
    let log = format!("{record} {}\n{record} a b\n", "x ".repeat(5000));
    let rows = read(context(), log.as_bytes(), &[]);
    assert_eq!(rows.kept.len(), 2);
    assert_eq!(rows.kept[0].get("alb.column_98"), Some("x"));
    assert_eq!(rows.kept[0].get("alb.column_99"), None);
    assert_eq!(rows.kept[1].get("alb.column_36"), Some("b"));
}
