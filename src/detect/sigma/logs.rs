//! What a log source of Sigma is here: the formats that such logs are of, and which of their events.
//!
//! Source: the Sigma specification 2.1, appendix "Taxonomy", log sources. What it leaves out (`nginx`,
//! `service: vpcflow`) is named as rules of others do.

use super::rule::LogSource;
use super::taxonomy::{AUDITD, CLOUDTRAIL, CONFIG, Cut, DNS, FLOWS, HOSTS, Name, STARTED, WEB};
use crate::event::fields;
use crate::query::ast::{self, Field, Node, Operand, Term};

/// What a log source of Sigma is here.
#[derive(Debug)]
pub(super) struct Logs {
    category: &'static str,
    product: &'static str,
    service: &'static str,
    parts: &'static [Part],
    pub(super) form: Form,
}

/// What records are, and where columns say what their members do.
#[derive(Debug)]
pub(super) enum Form {
    /// JSON: a rule can ask for any member.
    Json {
        /// Members whose values are a column's, as they stand.
        columns: &'static [(&'static str, &'static str)],
        /// Members whose value, where there is one, a column has too; but it may have it from
        /// elsewhere.
        narrows: &'static [(&'static str, &'static str)],
    },
    /// Text: a rule asks by these names, by those of columns, and by those that records have.
    Lines { names: &'static [Name], has_pairs: bool },
}

/// Events of some formats: all of them, or those of which one of these is said.
#[derive(Debug)]
struct Part {
    formats: &'static [&'static str],
    programs: &'static [&'static str],
    classes: &'static [&'static str],
    facilities: &'static [&'static str],
}

const NONE: &[Name] = &[];

const fn all(formats: &'static [&'static str]) -> Part {
    Part { formats, programs: &[], classes: &[], facilities: &[] }
}

const fn of_programs(programs: &'static [&'static str]) -> Part {
    Part { programs, ..all(SYSLOG) }
}

const fn json(
    service: &'static str,
    parts: &'static [Part],
    columns: &'static [(&'static str, &'static str)],
) -> Logs {
    let form = Form::Json { columns, narrows: &[] };
    Logs { category: "", product: "aws", service, parts, form }
}

const fn lines(
    (category, product, service): (&'static str, &'static str, &'static str),
    parts: &'static [Part],
    names: &'static [Name],
) -> Logs {
    let form = Form::Lines { names, has_pairs: false };
    Logs { category, product, service, parts, form }
}

const fn linux(service: &'static str, parts: &'static [Part]) -> Logs {
    lines(("", "linux", service), parts, HOSTS)
}

const SYSLOG: &[&str] = &["syslog", "journald"];
const WEB_SERVERS: &[&str] =
    &["access_log", "w3c", "alb", "clb", "cloudfront", "cloudfront_realtime", "apigw_access"];
const FIREWALLS: &[Part] = &[
    all(&["vpc_flow", "tgw_flow", "network_firewall", "suricata"]),
    // What netfilter logs.
    Part { classes: &["network"], ..all(SYSLOG) },
];
const DATABASES: &[&str] = &[
    "mysql_general",
    "mysql_slow",
    "mysql_error",
    "mysql_audit",
    "postgresql",
    "postgresql_csv",
    "rds_activity",
    "redshift_activity",
];

/// Whoever lets in, and changes accounts. Facilities are those of `auth` and `authpriv`.
const AUTH: Part = Part {
    programs: &[
        "sshd",
        "sshd-session",
        "sshd-auth",
        "dropbear",
        "login",
        "su",
        "sudo",
        "runuser",
        "pkexec",
        "polkitd",
        "systemd-logind",
        "passwd",
        "chpasswd",
        "sssd",
        "vsftpd",
    ],
    classes: &["auth", "account", "permission"],
    facilities: &["4", "10"],
    ..all(SYSLOG)
};

/// Every log source that is asked here; of those that fit, the first.
const LOGS: &[Logs] = &[
    json("cloudtrail", &[all(&["cloudtrail"])], CLOUDTRAIL),
    json("guardduty", &[all(&["guardduty"])], &[]),
    json("securityhub", &[all(&["securityhub"])], &[]),
    json("route53", &[all(&["resolver"])], &[]),
    json("waf", &[all(&["waf"])], &[]),
    Logs {
        form: Form::Json { columns: &[], narrows: CONFIG },
        ..json("config", &[all(&["aws_config"])], &[])
    },
    json("eks", &[all(&["eks_audit"])], &[]),
    lines(("", "aws", "vpcflow"), &[all(&["vpc_flow", "tgw_flow"])], FLOWS),
    lines(("", "aws", "s3"), &[all(&["s3_access"])], WEB),
    lines(("", "aws", "elb"), &[all(&["alb", "clb", "nlb"])], WEB),
    lines(("", "aws", "cloudfront"), &[all(&["cloudfront", "cloudfront_realtime"])], WEB),
    Logs {
        form: Form::Lines { names: AUDITD, has_pairs: true },
        ..linux("auditd", &[all(&["auditd"])])
    },
    linux("auth", &[AUTH]),
    linux("sshd", &[of_programs(&["sshd", "sshd-session", "sshd-auth"])]),
    linux("sudo", &[of_programs(&["sudo"])]),
    linux("su", &[of_programs(&["su", "runuser"])]),
    linux("cron", &[of_programs(&["cron", "crond", "crontab", "anacron"])]),
    linux("clamav", &[of_programs(&["clamd", "clamscan", "freshclam"])]),
    linux("guacamole", &[of_programs(&["guacd", "guacamole"])]),
    linux("vsftpd", &[of_programs(&["vsftpd"])]),
    linux("syslog", &[all(SYSLOG)]),
    linux("", &[all(&["syslog", "journald", "auditd", "plain"])]),
    lines(
        ("process_creation", "linux", ""),
        &[Part { classes: &["process"], ..all(&["auditd"]) }],
        STARTED,
    ),
    lines(("webserver", "", ""), &[all(WEB_SERVERS)], WEB),
    lines(("", "apache", "access"), &[all(&["access_log"])], WEB),
    lines(("", "apache", "error"), &[all(&["error_log"])], WEB),
    lines(("", "apache", ""), &[all(&["access_log", "error_log"])], WEB),
    lines(("", "", "apache"), &[all(&["error_log"])], WEB),
    lines(("", "nginx", ""), &[all(&["access_log", "error_log"])], WEB),
    lines(("", "", "nginx"), &[all(&["error_log"])], WEB),
    lines(("", "modsecurity", ""), &[all(&["error_log"])], WEB),
    lines(("firewall", "", ""), FIREWALLS, FLOWS),
    lines(("network", "", "connection"), FIREWALLS, FLOWS),
    lines(("dns", "", ""), &[all(&["resolver", "r53_public"])], DNS),
    lines(("network", "", "dns"), &[all(&["resolver", "r53_public"])], DNS),
    lines(("database", "", ""), &[all(DATABASES)], NONE),
];

/// What this log source is here, with its place; `None`: no such logs are read.
pub(super) fn logs(source: &LogSource) -> Option<(usize, &'static Logs)> {
    LOGS.iter().enumerate().find(|(_, logs)| {
        logs.category == source.category
            && (logs.product.is_empty() || logs.product == source.product)
            && logs.service == source.service
    })
}

impl Logs {
    pub(super) fn formats(&self) -> Vec<&'static str> {
        self.parts.iter().flat_map(|part| part.formats).copied().collect()
    }

    /// Whether not every event of those formats is of this log source.
    pub(super) fn is_some(&self) -> bool {
        self.parts.iter().any(Part::is_some)
    }

    /// What is asked of a row to know whether it is of this log source.
    pub(super) fn node(&self) -> Node {
        Node::or(self.parts.iter().map(Part::node).collect())
    }

    /// The columns that say what a rule calls so, of logs that are text. None: only the record does,
    /// if anything.
    pub(super) fn columns<'f>(&self, field: &'f str) -> Vec<(&'f str, Cut)> {
        let Form::Lines { names, has_pairs } = &self.form else { return Vec::new() };
        let named = names.iter().filter(|name| name.rule == field);
        let mut found: Vec<(&str, Cut)> = named.map(|name| (name.column, name.cut)).collect();
        // Names of records may be those of shared columns, and mean something else.
        if found.is_empty() && !has_pairs && fields::SHARED.iter().any(|def| def.name == field) {
            found.push((field, Cut::Whole));
        }
        found
    }

    /// Whether records may say more than columns do.
    pub(super) fn is_open(&self) -> bool {
        self.category != "process_creation"
    }
}

impl Part {
    fn is_some(&self) -> bool {
        !(self.programs.is_empty() && self.classes.is_empty() && self.facilities.is_empty())
    }

    fn node(&self) -> Node {
        let is = |field: Field, values: Vec<Operand>| Node::term(Term::Is { field, values }, 0..0);
        let column = |name: &str| Field::Column(name.to_owned());
        let formats = is(Field::Format, one_of(self.formats));
        if !self.is_some() {
            return formats;
        }
        let mut any = Vec::new();
        if !self.programs.is_empty() {
            let mut values = one_of(self.programs);
            // Some write the whole path.
            values.extend(self.programs.iter().map(|program| {
                let parts = vec![String::new(), format!("/{program}")];
                Operand::Pattern(ast::Pattern { parts })
            }));
            any.push(is(column("process"), values));
        }
        for (name, values) in [("class", self.classes), ("syslog.facility", self.facilities)] {
            if !values.is_empty() {
                any.push(is(column(name), one_of(values)));
            }
        }
        Node::and(vec![formats, Node::or(any)])
    }
}

/// Any of these values.
pub(super) fn one_of(values: &[&str]) -> Vec<Operand> {
    values.iter().map(|value| Operand::Pattern(ast::Pattern::literal(*value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_log_source_is_found_and_none_hides_another() {
        let mut seen = BTreeSet::new();
        for (place, one) in LOGS.iter().enumerate() {
            assert!(seen.insert((one.category, one.product, one.service)), "{place}");
            let source = LogSource {
                category: one.category.to_owned(),
                product: one.product.to_owned(),
                service: one.service.to_owned(),
            };
            assert_eq!(logs(&source).map(|(found, _)| found), Some(place));
            assert!(!one.formats().is_empty());
        }
        let none = LogSource { product: "windows".to_owned(), ..LogSource::default() };
        assert!(logs(&none).is_none());
    }
}
