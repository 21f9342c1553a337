//! A rule as it was written: what it is about, and when it holds.

use super::condition::{self, Condition};
use super::head::Head;
use super::logs::{self, Logs};
use super::record::Record;
use super::search::Search;
use super::yaml::{self, Fault, Node, fault};

/// What logs a rule is for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogSource {
    pub category: String,
    pub product: String,
    pub service: String,
}

/// A rule for single events.
#[derive(Debug, Clone)]
pub struct Rule {
    pub head: Head,
    pub status: String,
    pub references: Vec<String>,
    pub false_positives: Vec<String>,
    /// What to ask next, of trailcase's own rules.
    pub questions: Vec<String>,
    /// Fields of which the first that says anything names what an event did something to, of
    /// trailcase's own rules: each such thing is an alarm of its own.
    pub apart: Vec<String>,
    pub source: LogSource,
    /// What that is here, with its place among all; `None`: no such logs are read.
    pub(super) logs: Option<(usize, &'static Logs)>,
    /// `None`: the rule cannot be run, and this is why.
    pub(super) detection: Result<Detection, String>,
}

/// When a rule holds.
#[derive(Debug, Clone)]
pub(super) struct Detection {
    pub(super) searches: Vec<Search>,
    pub(super) condition: Condition,
}

impl Rule {
    /// Reads a document. A rule that is one, and asks for what nobody here can do, is read with
    /// the reason.
    ///
    /// # Errors
    /// The document is no rule.
    pub(super) fn read(node: &Node<'_>) -> Result<Self, Fault> {
        let head = Head::read(node)?;
        let Some(detection) = yaml::member(node, "detection") else {
            let is_filter = yaml::member(node, "filter").is_some();
            let why = if is_filter {
                "a Sigma filter, which is not applied: put what it leaves out into the rules, or suppress alarms"
            } else {
                "a rule needs a `detection`"
            };
            return Err(fault(node, why));
        };
        let of =
            |name| yaml::member(node, "logsource").map_or(String::new(), |it| yaml::said(it, name));
        let source = LogSource {
            category: of("category").to_lowercase(),
            product: of("product").to_lowercase(),
            service: of("service").to_lowercase(),
        };
        Ok(Self {
            head,
            status: yaml::said(node, "status"),
            references: yaml::all_said(node, "references"),
            false_positives: yaml::all_said(node, "falsepositives"),
            questions: yaml::all_said(node, "questions"),
            apart: yaml::all_said(node, "apart"),
            logs: logs::logs(&source),
            source,
            detection: Detection::read(detection),
        })
    }

    /// Why the rule cannot be run.
    pub fn defect(&self) -> Option<&str> {
        self.detection.as_ref().err().map(String::as_str)
    }

    /// What it asks for, in a few words: its searches, without those it leaves out.
    pub fn asks(&self) -> String {
        let detection = self.detection.as_ref();
        detection.map(|it| it.asked(&it.condition)).unwrap_or_default()
    }

    /// Whether it holds for this record.
    pub fn matches(&self, record: &Record<'_>) -> bool {
        let detection = self.detection.as_ref();
        detection.is_ok_and(|detection| detection.holds(&detection.condition, record))
    }
}

impl Detection {
    fn read(node: &Node<'_>) -> Result<Self, String> {
        let members = yaml::members(node).ok_or("its `detection` has no searches")?;
        let (mut names, mut searches, mut conditions) = (Vec::new(), Vec::new(), Vec::new());
        for (key, value) in members {
            match yaml::text(key).ok_or("a search without a name")?.as_str() {
                "condition" => {
                    conditions = yaml::elements(value).iter().filter_map(yaml::text).collect();
                }
                "timeframe" => {}
                name => {
                    let search = Search::read(value).map_err(|why| format!("{name}: {why}"))?;
                    names.push(name.to_owned());
                    searches.push(search);
                }
            }
        }
        // Several conditions are as many rules, of which each raises the same alarm.
        let conditions: Vec<Condition> = conditions
            .iter()
            .map(|text| condition::read(text, &names))
            .collect::<Result<_, _>>()?;
        if conditions.is_empty() {
            return Err("its `detection` has no `condition`".to_owned());
        }
        Ok(Self { searches, condition: Condition::Any(conditions) })
    }

    fn asked(&self, condition: &Condition) -> String {
        let all = |parts: &[Condition], between: &str| {
            let told = parts.iter().map(|part| self.asked(part)).filter(|part| !part.is_empty());
            told.collect::<Vec<_>>().join(between)
        };
        match condition {
            Condition::Search(at) => self.searches[*at].to_string(),
            Condition::Not(_) => String::new(),
            Condition::All(parts) => all(parts, "; "),
            Condition::Any(parts) => all(parts, " or "),
        }
    }

    fn holds(&self, condition: &Condition, record: &Record<'_>) -> bool {
        match condition {
            Condition::Search(at) => self.searches[*at].matches(record),
            Condition::Not(inner) => !self.holds(inner, record),
            Condition::All(parts) => parts.iter().all(|part| self.holds(part, record)),
            Condition::Any(parts) => parts.iter().any(|part| self.holds(part, record)),
        }
    }
}
