//! What samples are to be read as, and what is not settled yet.

use trailcase::event::{ReasonKind, State};

/// How much is asked of the values of samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// They have a format of their own: all that others say is to be said.
    Whole,
    /// A format for anything reads them: what it says of times, places and ends is to be right.
    Said,
}

/// Types of samples, or single files of them, and the formats that at least 95 of 100 of their
/// records are to be read as.
const OWN: &[(&str, &[&str])] = &[
    ("alb_access", &["alb"]),
    ("alb_connection", &["alb_connection"]),
    // The errors of web servers are lines of another kind in the same samples.
    ("apache_httpd", &["access_log", "error_log"]),
    ("apigateway_access_json", &["apigw_access"]),
    ("apigateway_execution", &["apigw_execution"]),
    ("auditd", &["auditd"]),
    ("auth_log", &["syslog"]),
    ("billing_cur_csv", &["cur"]),
    ("clb_access", &["clb"]),
    ("cloudfront_standard_v2_json", &["cloudfront"]),
    ("cloudfront_standard_w3c", &["cloudfront"]),
    ("cloudtrail_array", &["cloudtrail"]),
    ("cloudtrail_eventbridge", &["cloudtrail"]),
    ("cloudtrail_insight", &["cloudtrail"]),
    ("cloudtrail_json", &["cloudtrail"]),
    ("cloudtrail_jsonl", &["cloudtrail"]),
    ("cloudtrail_lookup_events", &["cloudtrail"]),
    ("cloudtrail_network_activity", &["cloudtrail"]),
    ("cloudtrail_records_file", &["cloudtrail"]),
    ("cloudwatch_alarm_eventbridge", &["cloudwatch_alarm"]),
    ("cloudwatch_alarm_sns_message", &["cloudwatch_alarm"]),
    ("cloudwatch_logs_s3_export", &["syslog"]),
    ("cloudwatch_logs_subscription/001.json", &["cloudtrail"]),
    ("cloudwatch_logs_subscription/002.json", &["mysql_audit"]),
    ("config_compliance_api", &["aws_config"]),
    ("config_resource_history_api", &["aws_config"]),
    ("config_snapshot_file", &["aws_config"]),
    ("config_sns_notification", &["aws_config"]),
    ("eventbridge_other", &["aws_event"]),
    ("guardduty_finding", &["guardduty"]),
    ("inspector2_finding", &["inspector"]),
    ("k8s_audit", &["eks_audit"]),
    ("lambda_log", &["lambda"]),
    ("macie_get_findings", &["macie"]),
    ("mysql_error_log", &["mysql_error"]),
    ("mysql_general_log", &["mysql_general"]),
    ("mysql_slow_log", &["mysql_slow"]),
    ("network_firewall_json", &["network_firewall"]),
    ("nginx_access", &["access_log", "error_log"]),
    ("nlb_access", &["nlb"]),
    ("ocsf_json", &["ocsf"]),
    ("ocsf_parquet", &["ocsf"]),
    ("postgresql_log", &["postgresql"]),
    ("rds_activity_stream", &["rds_activity"]),
    ("rds_mysql_audit", &["mysql_audit"]),
    ("rds_postgresql_log", &["postgresql"]),
    ("redshift_connection", &["redshift_connection"]),
    ("redshift_useractivity", &["redshift_activity"]),
    ("route53_public_query", &["r53_public"]),
    ("route53_resolver_json", &["resolver"]),
    ("s3_access", &["s3_access"]),
    ("securityhub_asff", &["securityhub"]),
    // A record of another sensor stands among them.
    ("suricata_eve_json", &["suricata", "json_lines"]),
    ("sshd_authlog_message", &["syslog"]),
    ("syslog", &["syslog"]),
    ("vpcflow_csv", &["vpc_flow"]),
    ("vpcflow_custom_text", &["vpc_flow"]),
    ("vpcflow_json", &["vpc_flow"]),
    ("vpcflow_text", &["vpc_flow"]),
    ("waf_json", &["waf"]),
];

/// The same of what has no format of its own.
const ANYTHING: &[(&str, &[&str])] = &[
    ("azure_activity", &["json_lines"]),
    ("azure_flow_json", &["json_lines"]),
    ("bind_dns", &["plain"]),
    ("cisco_asa", &["syslog"]),
    ("cloudwatch_logs_filter_log_events", &["plain"]),
    ("duo", &["json_lines"]),
    ("ecs_json_app", &["json_lines"]),
    ("elastic_beanstalk_bundle", &["plain"]),
    ("entra_azuread_json", &["json_lines"]),
    ("entra_graphapi_json", &["json_lines"]),
    // Pairs of names and values in one file of them, with a head of another make in the others.
    ("fortinet_fortigate", &["logfmt", "plain"]),
    ("haproxy", &["plain"]),
    ("iptables_netfilter", &["syslog"]),
    ("java_app_log", &["plain"]),
    ("linux_auditbeat_json", &["json_lines"]),
    ("okta_system_log", &["json_lines"]),
    ("osquery", &["json_lines"]),
    ("packetbeat", &["json_lines"]),
    // Commas, pairs and a head of syslog in one file.
    ("paloalto_ngfw", &["csv", "logfmt", "plain", "syslog"]),
    ("paloalto_ngfw_json", &["json_lines"]),
    ("w3c_iis", &["w3c"]),
    ("windows_event_nxlog_json", &["json_lines"]),
    ("windows_event_text", &["plain"]),
    ("windows_event_winlogbeat_json", &["json_lines"]),
    ("zeek/008.log", &["csv", "plain"]),
    ("zeek/009.log", &["csv", "plain"]),
    ("zeek", &["json_lines"]),
];

/// What is no log by design, and what is said of it.
const NO_LOGS: &[(&str, State, ReasonKind)] = &[
    ("cloudtrail_digest", State::NotALog, ReasonKind::Digest),
    ("pcap_dns", State::NotALog, ReasonKind::Binary),
    ("pcap_vxlan", State::NotALog, ReasonKind::Binary),
    ("s3_event_notification", State::NotALog, ReasonKind::Notification),
    ("windows_evtx", State::NotALog, ReasonKind::Binary),
];

/// Types of samples that are not read as they should be yet, which is none: a type that is read as
/// it should be must not be here.
pub(crate) const NOT_YET: &[&str] = &[];

/// The formats that a file is to be read as, and how much is asked of its values.
pub(crate) fn formats(kind: &str, file: &str) -> Option<(&'static [&'static str], Depth)> {
    let name = format!("{kind}/{file}");
    let of = |table: &'static [(&str, &[&str])], depth| {
        let found = table.iter().find(|(of, _)| *of == name || *of == kind);
        found.map(|(_, formats)| (*formats, depth))
    };
    of(OWN, Depth::Whole).or_else(|| of(ANYTHING, Depth::Said))
}

/// All that the tables name.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    let tables = OWN.iter().chain(ANYTHING).map(|(name, _)| *name);
    tables.chain(NO_LOGS.iter().map(|(name, ..)| *name))
}

/// What is said of a type that is no log by design.
pub(crate) fn no_log(kind: &str) -> Option<(State, ReasonKind)> {
    NO_LOGS.iter().find(|(of, ..)| *of == kind).map(|(_, state, reason)| (*state, *reason))
}
