//! What a log source of Sigma is here: the formats that such logs are of, and which of their events.
//!
//! Source: the Sigma specification 2.1, appendix "Taxonomy", log sources. What it leaves out (`nginx`,
//! `service: vpcflow`) is named as rules of others do.

use super::rule::LogSource;
use super::taxonomy::{
    AUDITD, CLOUDTRAIL, CONFIG, CONNECTED, CREATED, Cut, DNS, FLOWS, HOSTS, Name, STARTED, WEB,
};
use crate::event::fields;
use crate::query::ast::{self, Field, Node, Operand, Term};

/// What a log source of Sigma is here.
#[derive(Debug)]
pub(super) struct Logs {
    category: &'static str,
    /// None: whatever it is.
    products: &'static [&'static str],
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
    /// Programs, by their names or whole paths.
    programs: &'static [&'static str],
    /// Columns, each with words of which it says one; `*` is any text.
    any: &'static [(&'static str, &'static [&'static str])],
    /// A column that says something, beside all that.
    has: &'static str,
    /// They came through another log, whose columns do not say what rules ask.
    is_relayed: bool,
}

const NONE: &[Name] = &[];

const fn all(formats: &'static [&'static str]) -> Part {
    Part { formats, programs: &[], any: &[], has: "", is_relayed: false }
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
    Logs { category: "", products: &["aws"], service, parts, form }
}

const fn lines(
    (category, products, service): (&'static str, &'static [&'static str], &'static str),
    parts: &'static [Part],
    names: &'static [Name],
) -> Logs {
    let form = Form::Lines { names, has_pairs: false };
    Logs { category, products, service, parts, form }
}

const fn linux(service: &'static str, parts: &'static [Part]) -> Logs {
    lines(("", &["linux"], service), parts, HOSTS)
}

const SYSLOG: &[&str] = &["syslog", "journald"];
const WEB_SERVERS: &[&str] =
    &["access_log", "w3c", "alb", "clb", "cloudfront", "cloudfront_realtime", "apigw_access"];
const FIREWALLS: &[Part] = &[
    all(&["vpc_flow", "tgw_flow", "network_firewall", "suricata"]),
    // What netfilter logs.
    Part { any: &[("class", &["network"])], ..all(SYSLOG) },
];
/// Records of the audit system, from its own log or through those of hosts.
const AUDIT: &[Part] = &[
    all(&["auditd"]),
    Part { has: "audit.type", is_relayed: true, ..all(SYSLOG) },
    Part {
        is_relayed: true,
        ..of_programs(&["audit", "auditd", "audispd", "audisp-syslog", "kauditd"])
    },
];
/// What clients ask of the web: tables as proxies write them, requests that name the server to ask, and
/// what was seen on the wire.
const PROXIES: &[Part] = &[
    all(&["w3c"]),
    Part { any: &[("url", &["*://*"]), ("event", &["CONNECT"])], ..all(&["access_log"]) },
    Part { has: "url", ..all(&["network_firewall", "suricata"]) },
];
/// Whatever applications write into: which of them are of a product no line says.
const APPLICATIONS: &[&str] =
    &["plain", "json_lines", "logfmt", "csv", "lambda", "error_log", "syslog", "journald"];
/// Products of which rules look for words in what applications write.
const STACKS: &[&str] =
    &["python", "django", "ruby_on_rails", "spring", "jvm", "velocity", "nodejs"];
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
    any: &[("class", &["auth", "account", "permission"]), ("syslog.facility", &["4", "10"])],
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
    Logs {
        category: "application",
        products: &["kubernetes"],
        ..json("audit", &[all(&["eks_audit"])], &[])
    },
    Logs { products: &["kubernetes"], ..json("audit", &[all(&["eks_audit"])], &[]) },
    lines(("", &["aws"], "vpcflow"), &[all(&["vpc_flow", "tgw_flow"])], FLOWS),
    lines(("", &["aws"], "s3"), &[all(&["s3_access"])], WEB),
    lines(("", &["aws"], "elb"), &[all(&["alb", "clb", "nlb"])], WEB),
    lines(("", &["aws"], "cloudfront"), &[all(&["cloudfront", "cloudfront_realtime"])], WEB),
    Logs { form: Form::Lines { names: AUDITD, has_pairs: true }, ..linux("auditd", AUDIT) },
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
        ("process_creation", &["linux"], ""),
        &[Part { any: &[("class", &["process"])], ..all(&["auditd"]) }],
        STARTED,
    ),
    lines(
        ("file_event", &["linux"], ""),
        &[Part { has: "audit.created", ..all(&["auditd"]) }],
        CREATED,
    ),
    lines(
        ("network_connection", &["linux"], ""),
        &[Part { any: &[("audit.syscall", &["connect"])], has: "dst.ip", ..all(&["auditd"]) }],
        CONNECTED,
    ),
    lines(("webserver", &[], ""), &[all(WEB_SERVERS)], WEB),
    lines(("", &["apache"], "access"), &[all(&["access_log"])], WEB),
    lines(("", &["apache"], "error"), &[all(&["error_log"])], WEB),
    lines(("", &["apache"], ""), &[all(&["access_log", "error_log"])], WEB),
    lines(("", &[], "apache"), &[all(&["error_log"])], WEB),
    lines(("", &["nginx"], ""), &[all(&["access_log", "error_log"])], WEB),
    lines(("", &[], "nginx"), &[all(&["error_log"])], WEB),
    lines(("", &["modsecurity"], ""), &[all(&["error_log"])], WEB),
    lines(("firewall", &[], ""), FIREWALLS, FLOWS),
    lines(("network", &[], "connection"), FIREWALLS, FLOWS),
    lines(("dns", &[], ""), &[all(&["resolver", "r53_public"])], DNS),
    lines(("network", &[], "dns"), &[all(&["resolver", "r53_public"])], DNS),
    lines(("database", &[], ""), &[all(DATABASES)], NONE),
    lines(("proxy", &[], ""), PROXIES, WEB),
    lines(("application", &["sql"], ""), &[all(APPLICATIONS), all(DATABASES)], NONE),
    lines(("application", STACKS, ""), &[all(APPLICATIONS)], NONE),
];

/// What this log source is here, with its place; `None`: no such logs are read.
pub(super) fn logs(source: &LogSource) -> Option<(usize, &'static Logs)> {
    LOGS.iter().enumerate().find(|(_, logs)| {
        logs.category == source.category
            && (logs.products.is_empty() || logs.products.contains(&&*source.product))
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

    /// Whether not every event of this format came here by itself.
    pub(super) fn is_relayed(&self, format: &str) -> bool {
        self.parts.iter().any(|part| part.is_relayed && part.formats.contains(&format))
    }

    /// What is asked of a row to know whether it is of this log source; and of such a row, whose columns
    /// say what rules ask or do not.
    pub(super) fn node(&self, said: &Node, unsaid: &Node) -> Node {
        let of = |part: &Part| {
            Node::and(vec![part.node(), if part.is_relayed { unsaid } else { said }.clone()])
        };
        Node::or(self.parts.iter().map(of).collect())
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
}

impl Part {
    fn is_some(&self) -> bool {
        !(self.programs.is_empty() && self.any.is_empty() && self.has.is_empty())
    }

    fn node(&self) -> Node {
        let is = |field: Field, values: Vec<Operand>| Node::term(Term::Is { field, values }, 0..0);
        let column = |name: &str| Field::Column(name.to_owned());
        let mut all = vec![is(Field::Format, one_of(self.formats))];
        if !self.has.is_empty() {
            all.push(Node::term(Term::Has(vec![column(self.has)]), 0..0));
        }
        let mut any = Vec::new();
        if !self.programs.is_empty() {
            let mut values = one_of(self.programs);
            // Some write the whole path.
            values.extend(self.programs.iter().map(|program| glob(&format!("*/{program}"))));
            any.push(is(column("process"), values));
        }
        any.extend(self.any.iter().map(|(name, values)| is(column(name), one_of(values))));
        if !any.is_empty() {
            all.push(Node::or(any));
        }
        Node::and(all)
    }
}

/// Any of these values, in which `*` is any text.
pub(super) fn one_of(values: &[&str]) -> Vec<Operand> {
    values.iter().copied().map(glob).collect()
}

fn glob(value: &str) -> Operand {
    Operand::Pattern(ast::Pattern { parts: value.split('*').map(str::to_owned).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_log_source_is_found_and_none_hides_another() {
        let mut seen = BTreeSet::new();
        for (place, one) in LOGS.iter().enumerate() {
            assert!(!one.formats().is_empty());
            for product in if one.products.is_empty() { &[""] } else { one.products } {
                let source = LogSource {
                    category: one.category.to_owned(),
                    product: (*product).to_owned(),
                    service: one.service.to_owned(),
                };
                assert!(seen.insert((one.category, *product, one.service)), "{source:?}");
                assert_eq!(logs(&source).map(|(found, _)| found), Some(place));
            }
        }
        let none = LogSource { product: "windows".to_owned(), ..LogSource::default() };
        assert!(logs(&none).is_none());
    }
}
