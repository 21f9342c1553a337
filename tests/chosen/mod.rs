//! Logs of which somebody has chosen few columns are still known for what they are, as long as a
//! name is left that nothing else has.

use super::context;
use super::rows::read;

/// A log, its format, the time of its last record, and what one of that record's fields says.
type Log = (&'static str, &'static str, Option<&'static str>, (&'static str, &'static str));

const AT: Option<&str> = Some("2026-03-04T10:42:02Z");

#[rustfmt::skip]
const LOGS: [Log; 47] = [
    ("#Version: 1.0\n#Fields: date time x-edge-location\n2026-03-04\t10:42:02\tFRA56-P4\n",
        "cloudfront", AT, ("cloudfront.edge_location", "FRA56-P4")),
    ("#Fields: x-edge-location c-ip\nFRA56-P4\t203.0.113.9\nFRA56-P4\t203.0.113.9\n",
        "cloudfront", None, ("src.ip", "203.0.113.9")),
    ("#Fields: timestamp(ms) x-edge-location\n1772620922000\tFRA56-P4\n",
        "cloudfront", Some("2026-03-04T10:42:02.000Z"), ("cloudfront.edge_location", "FRA56-P4")),
    ("#Fields: timestamp x-edge-location x-new\n1772620922\tFRA56-P4\tzebra\n",
        "cloudfront", AT, ("cloudfront.x_new", "zebra")),
    ("#Fields: x-edge-location\nFRA56-P4\nFRA56-P4\n",
        "cloudfront", None, ("cloudfront.edge_location", "FRA56-P4")),
    ("{\"x-edge-location\":\"FRA56-P4\",\"date\":\"2026-03-04\",\"time\":\"10:42:02\"}\n",
        "cloudfront", AT, ("cloudfront.edge_location", "FRA56-P4")),
    ("{\"c-ip\":\"203.0.113.9\",\"x-edge-location\":\"FRA56-P4\"}\n",
        "cloudfront", None, ("src.ip", "203.0.113.9")),
    ("{\"x_edge_location\":\"FRA56-P4\",\"timestamp_ms\":\"1772620922000\"}\n",
        "cloudfront", Some("2026-03-04T10:42:02.000Z"), ("cloudfront.edge_location", "FRA56-P4")),
    // Of columns without names those are read that can be nothing else; the others are at hand.
    ("2026-03-04\t10:42:02\tFRA56-P4\t203.0.113.9\t200\n2026-03-04\t10:42:02\tFRA56-P4\t203.0.113.9\t200\n",
        "cloudfront", AT, ("src.ip", "203.0.113.9")),
    ("2026-03-04\t10:42:02\tFRA56-P4\t203.0.113.9\t200\n",
        "cloudfront", AT, ("cloudfront.column_5", "200")),
    ("2026-03-04\t10:42:02\tFRA56-P4\n",
        "cloudfront", AT, ("cloudfront.edge_location", "FRA56-P4")),
    // Nothing says whose these are.
    ("#Fields: timestamp(ms) c-ip sc-status\n1772620922000\t203.0.113.9\t200\n",
        "w3c", Some("2026-03-04T10:42:02.000Z"), ("src.ip", "203.0.113.9")),
    ("#Fields: timestamp c-ip sc-status\n1772620922\t203.0.113.9\t200\n",
        "w3c", AT, ("src.ip", "203.0.113.9")),
    ("{\"x-edge-location\":\"FRA\",\"a\":1,\"b\":2,\"c\":3}\n",
        "json_lines", None, (".x-edge-location", "")),
    ("{\"time\":\"2026-03-04T10:42:02Z\",\"elb\":\"net/front/0a1b2c3d4e5f6071\",\"client_port\":\"203.0.113.9:4711\"}\n",
        "nlb", AT, ("src.ip", "203.0.113.9")),
    ("{\"time\":\"2026-03-04T10:42:02\",\"incoming_tls_alert\":\"48\"}\n",
        "nlb", AT, ("code", "48")),
    ("#Fields: time tls_connection_creation_time listener\n2026-03-04T10:42:03\t2026-03-04T10:42:02\t0a1b\n",
        "nlb", AT, ("nlb.listener", "0a1b")),
    ("{\"time\":\"2026-03-04T10:42:02Z\",\"elb\":\"app/front/0a1b2c3d4e5f6071\",\"elb_status_code\":\"200\"}\n",
        "alb", AT, ("code", "200")),
    ("{\"time\":\"2026-03-04T10:42:02Z\",\"matched_rule_priority\":\"3\"}\n",
        "alb", AT, ("alb.matched_rule_priority", "3")),
    ("#Fields: time request actions_executed\n2026-03-04T10:42:02Z\t\"GET https://a.example:443/ HTTP/2.0\"\twaf,forward\n",
        "alb", AT, ("alb.actions_executed", "waf,forward")),
    ("#Version: 1.0\r\n#Fields: time elb client:port elb_status_code\r\n2026-03-04T10:42:02Z\tapp/a/1\t203.0.113.9:1\t403\r\n",
        "alb", AT, ("outcome", "denied")),
    ("{\"timestamp\":\"2026-03-04T10:42:02Z\",\"elb\":\"old\",\"backend_processing_time\":\"0.1\",\"elb_status_code\":\"504\"}\n",
        "clb", AT, ("code", "504")),
    ("#Fields: time client status\n2026-03-04T10:42:02Z\ta\t403\n",
        "w3c", AT, ("code", "403")),
    ("InvoiceID,PayerAccountId,LinkedAccountId,RecordType,RecordID,BillingPeriodStartDate\nEstimated,444455556666,,AccountTotal,1,2026/03/04 10:42:02\n",
        "billing_dbr", AT, ("account", "444455556666")),
    ("line_item_usage_start_date,line_item_resource_id\n2026-03-04T10:42:02Z,i-0a1b2c3d4e5f60718\n",
        "cur", AT, ("instance", "i-0a1b2c3d4e5f60718")),
    ("{\"timestamp\":\"2026-03-04T10:42:02Z\",\"tls_verify_status\":\"Success\",\"client_ip\":\"203.0.113.9\"}\n",
        "alb_connection", AT, ("src.ip", "203.0.113.9")),
    ("{\"srcaddr\":\"203.0.113.9\",\"dstaddr\":\"10.0.0.5\",\"start\":1772620922}\n",
        "vpc_flow", AT, ("src.ip", "203.0.113.9")),
    ("{\"srcaddr\":\"203.0.113.9\",\"dstaddr\":\"10.0.0.5\",\"dstport\":443,\"action\":\"REJECT\"}\n",
        "vpc_flow", None, ("outcome", "denied")),
    ("{\"pkt-srcaddr\":\"203.0.113.9\",\"pkt-dstaddr\":\"10.0.0.5\",\"start\":1772620922,\"end\":1772620982,\"bytes\":7}\n",
        "vpc_flow", AT, ("bytes.in", "7")),
    ("{\"interface_id\":\"eni-0a1b2c3d4e5f60718\",\"srcaddr\":\"203.0.113.9\",\"action\":\"ACCEPT\",\"start\":1772620922}\n",
        "vpc_flow", AT, ("interface", "eni-0a1b2c3d4e5f60718")),
    ("srcaddr dstaddr start\n203.0.113.9 10.0.0.5 1772620922\n",
        "vpc_flow", AT, ("dst.ip", "10.0.0.5")),
    ("interface-id,start,end,log-status\neni-0a1b2c3d4e5f60718,1772620922,1772620982,NODATA\n",
        "vpc_flow", AT, ("vpc.log_status", "NODATA")),
    ("pkt-srcaddr pkt-dstaddr dstport\n203.0.113.9 10.0.0.5 443\n203.0.113.9 10.0.0.5 443\n",
        "vpc_flow", None, ("dst.port", "443")),
    ("interface-id bytes start end\neni-0a1b2c3d4e5f60718 7 1772620922 1772620982\n",
        "vpc_flow", AT, ("interface", "eni-0a1b2c3d4e5f60718")),
    ("tgw-id srcaddr dstaddr start\ntgw-0a1b2c3d4e5f60718 203.0.113.9 10.0.0.5 1772620922\n",
        "tgw_flow", AT, ("src.ip", "203.0.113.9")),
    ("{\"tgw_id\":\"tgw-0a1b2c3d4e5f60718\",\"srcaddr\":\"203.0.113.9\",\"start\":1772620922}\n",
        "tgw_flow", AT, ("src.ip", "203.0.113.9")),
    ("\"type\",\"time\",\"elb\",\"client_ip\",\"client_port\",\"elb_status_code\",\"request_verb\",\"request_url\",\"a\",\"b\",\"c\",\"d\"\n\"https\",\"2026-03-04T10:42:02Z\",\"app/front/1\",\"203.0.113.9\",\"80\",\"403\",\"GET\",\"https://a:443/x,y\",\"1\",\"2\",\"3\",\"4\"\n",
        "csv", AT, ("src.ip", "203.0.113.9")),
    ("type,time,elb,client:port,elb_status_code\nhttps,2026-03-04T10:42:02Z,app/front/1,203.0.113.9:80,403\n",
        "csv", AT, ("type", "https")),
    ("time,srcaddr,dstaddr,srcport,dstport,action,rule\n2026-03-04T10:42:02Z,203.0.113.9,10.0.0.5,1,2,deny,r0\n",
        "csv", AT, ("src.ip", "203.0.113.9")),
    // What a program says itself is its own, whatever names it has beside.
    ("{\"time\":\"2026-03-04T10:42:02Z\",\"msg\":\"mine\",\"x_edge_request_id\":\"abc==\"}\n",
        "json_lines", AT, ("message", "mine")),
    ("{\"@timestamp\":\"2026-03-04T10:42:02Z\",\"message\":\"m\",\"x-edge-location\":\"FRA\",\"user\":\"bob\"}\n",
        "json_lines", AT, ("principal", "bob")),
    ("{\"ts\":\"2026-03-04T10:42:02Z\",\"msg\":\"m\",\"interface_id\":\"eth0\",\"srcaddr\":\"203.0.113.1\",\"dstaddr\":\"203.0.113.2\"}\n",
        "json_lines", AT, ("message", "m")),
    ("{\"time\":\"2026-03-04T10:42:02Z\",\"message\":\"bob logged in\",\"eventName\":\"login\",\"eventTime\":\"2026-03-04T10:42:02Z\",\"sourceIPAddress\":\"203.0.113.9\",\"user\":\"bob\"}\n",
        "json_lines", AT, ("message", "bob logged in")),
    ("{\"time\":\"2026-03-04T10:42:02Z\",\"level\":\"info\",\"msg\":\"got rows\",\"records\":[{\"id\":1}]}\n",
        "json_lines", AT, ("message", "got rows")),
    ("{\"time\":\"2026-03-04T10:42:02Z\",\"user\":\"bob\",\"action\":\"bulk\",\"data\":[{\"id\":1},{\"id\":2}]}\n",
        "json_lines", AT, ("principal", "bob")),
    ("2026-03-04T10:42:02.123456+00:00 web-1 {\"action\":\"login\"}\n",
        "plain", Some("2026-03-04T10:42:02.123456Z"), ("message", "web-1 {\"action\":\"login\"}")),
    ("2026-03-04T10:42:02.123000+00:00 ERROR {\"action\":\"login\"}\n",
        "plain", Some("2026-03-04T10:42:02.123000Z"), ("severity", "6")),
];

#[test]
fn few_columns_are_enough_if_one_of_them_is_of_one_log_alone() {
    let mut wrong = Vec::new();
    for (log, format, time, (field, value)) in LOGS {
        let rows = read(context(), log.as_bytes(), &[]);
        let Some(row) = rows.kept.last() else {
            wrong.push(format!("nothing read of\n{log}"));
            continue;
        };
        let told = (&*row.format, row.time.as_deref(), row.get(field).unwrap_or(""));
        if told != (format, time, value) {
            wrong.push(format!("{told:?}, not {:?}\n{log}", (format, time, value)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
