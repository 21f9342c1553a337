//! The rules by which a bucket deletes and moves objects by itself.
//!
//! "Managing the lifecycle of objects": Amazon S3 User Guide.

use super::Place;
use crate::event::{Reason, Timestamp};
use crate::source::Cause;
use crate::source::aws::Failure;
use crate::source::aws::policy::GET_LIFECYCLE;
use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::{
    ExpirationStatus, LifecycleExpiration, LifecycleRule, NoncurrentVersionExpiration,
};
use std::fmt::Write;

/// Those that are in force, of the whole bucket.
#[derive(Debug, Default)]
pub(super) struct Rules(Vec<Rule>);

#[derive(Debug)]
struct Rule {
    name: String,
    prefix: String,
    /// Only objects of some tags or sizes.
    is_narrowed: bool,
    after_days: Option<i32>,
    at: Option<Timestamp>,
    /// What it does, for people.
    does: Vec<String>,
}

impl Rules {
    pub(super) async fn ask(place: &Place) -> Result<Self, Reason> {
        let about = place.ask_about(GET_LIFECYCLE)?;
        let client = place.client().await?;
        let bucket = &place.address.bucket;
        match client.get_bucket_lifecycle_configuration().bucket(bucket).send().await {
            Ok(answer) => Ok(Self::of(answer.rules())),
            Err(error) => match Failure::of(&error) {
                failure if failure.has_code("NoSuchLifecycleConfiguration") => Ok(Self::default()),
                failure => Err(about.refused(&failure)),
            },
        }
    }

    fn of(rules: &[LifecycleRule]) -> Self {
        let in_force = rules.iter().filter(|rule| rule.status == ExpirationStatus::Enabled);
        Self(in_force.map(Rule::of).collect())
    }

    /// What they do to objects below this prefix.
    pub(super) fn below(&self, prefix: &str) -> String {
        let meets =
            |rule: &&Rule| rule.prefix.starts_with(prefix) || prefix.starts_with(&rule.prefix);
        let told: Vec<String> = self.0.iter().filter(meets).filter_map(Rule::tell).collect();
        if told.is_empty() {
            "no rule expires or moves objects here".to_owned()
        } else {
            told.join("; ")
        }
    }

    /// Whether one of them deletes an object of this key that was written then and deleted then.
    pub(super) fn cause(
        &self,
        key: &str,
        written: Option<Timestamp>,
        deleted: Option<Timestamp>,
    ) -> Cause {
        let mut of_key =
            self.0.iter().filter(|rule| rule.expires() && key.starts_with(&rule.prefix)).peekable();
        let Some(deleted) = deleted.filter(|_| of_key.peek().is_some()) else {
            return Cause::NoRule;
        };
        let Some(written) = written else { return Cause::Unknown };
        of_key.find(|rule| rule.is_due(written, deleted)).map_or(Cause::NoRule, |rule| {
            let narrowed = if rule.is_narrowed { " (of some tags or sizes)" } else { "" };
            Cause::Rule(format!("{:?}{narrowed}", rule.name))
        })
    }
}

impl Rule {
    fn of(rule: &LifecycleRule) -> Self {
        let filter = rule.filter();
        let and = filter.and_then(|filter| filter.and());
        #[expect(deprecated, reason = "old configurations still have it here")]
        let old = rule.prefix();
        let prefix = filter.and_then(|filter| filter.prefix());
        let prefix = prefix.or(and.and_then(|and| and.prefix())).or(old).unwrap_or_default();
        let sized = |filter: &aws_sdk_s3::types::LifecycleRuleFilter| {
            filter.tag().is_some()
                || filter.object_size_greater_than().is_some()
                || filter.object_size_less_than().is_some()
        };
        let expiration = rule.expiration();
        let time = expiration.and_then(|expiration| expiration.date());
        Self {
            name: rule.id().unwrap_or_default().to_owned(),
            prefix: prefix.to_owned(),
            is_narrowed: filter.is_some_and(sized)
                || and.is_some_and(|and| {
                    !and.tags().is_empty()
                        || and.object_size_greater_than().is_some()
                        || and.object_size_less_than().is_some()
                }),
            after_days: expiration.and_then(LifecycleExpiration::days),
            at: time.and_then(|at| i64::try_from(at.as_nanos()).ok()).map(Timestamp),
            does: does(rule),
        }
    }

    fn expires(&self) -> bool {
        self.after_days.is_some() || self.at.is_some()
    }

    fn is_due(&self, written: Timestamp, deleted: Timestamp) -> bool {
        let after = |days: i32| written.saturating_add(i64::from(days) * Timestamp::DAY);
        self.after_days.is_some_and(|days| after(days) <= deleted)
            || self.at.is_some_and(|at| at <= deleted)
    }

    fn tell(&self) -> Option<String> {
        if self.does.is_empty() {
            return None;
        }
        let mut told = format!("rule {:?}", self.name);
        if !self.prefix.is_empty() {
            let _ = write!(told, " (below {})", self.prefix);
        }
        if self.is_narrowed {
            told.push_str(" (of some tags or sizes)");
        }
        let _ = write!(told, ": {}", self.does.join(", "));
        Some(told)
    }
}

/// What a rule does to objects that were written whole.
fn does(rule: &LifecycleRule) -> Vec<String> {
    let mut does = Vec::new();
    if let Some(expiration) = rule.expiration()
        && let Some(when) = when(expiration.days(), expiration.date())
    {
        does.push(format!("expires objects {when}"));
    }
    for moved in rule.transitions() {
        let class = moved.storage_class().map_or("another class", |class| class.as_str());
        let when = when(moved.days(), moved.date()).unwrap_or_default();
        does.push(format!("moves them to {class} {when}"));
    }
    if let Some(days) =
        rule.noncurrent_version_expiration().and_then(NoncurrentVersionExpiration::noncurrent_days)
    {
        does.push(format!("deletes former versions {days} days after they ended"));
    }
    for moved in rule.noncurrent_version_transitions() {
        let class = moved.storage_class().map_or("another class", |class| class.as_str());
        does.push(format!("moves former versions to {class}"));
    }
    does
}

fn when(days: Option<i32>, date: Option<&DateTime>) -> Option<String> {
    let at = date.and_then(|at| i64::try_from(at.as_nanos()).ok()).map(Timestamp);
    let after = |days| format!("after {days} {}", if days == 1 { "day" } else { "days" });
    days.map(after).or(at.map(|at| format!("on {}", at.to_rfc3339(0))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_s3::types::LifecycleRuleFilter;

    fn rule(name: &str, prefix: &str, days: i32) -> LifecycleRule {
        LifecycleRule::builder()
            .id(name)
            .filter(LifecycleRuleFilter::builder().prefix(prefix).build())
            .expiration(LifecycleExpiration::builder().days(days).build())
            .status(ExpirationStatus::Enabled)
            .build()
            .unwrap()
    }

    fn day(number: i64) -> Timestamp {
        Timestamp(number * Timestamp::DAY)
    }

    #[test]
    fn a_rule_explains_what_it_deletes_and_nothing_else() {
        let rules = Rules::of(&[rule("old", "AWSLogs/", 30)]);
        let cause = |key: &str, deleted| rules.cause(key, Some(day(0)), Some(day(deleted)));
        assert_eq!(cause("AWSLogs/a", 30), Cause::Rule("\"old\"".to_owned()));
        assert_eq!(cause("AWSLogs/a", 29), Cause::NoRule);
        assert_eq!(cause("other/a", 40), Cause::NoRule);
        assert_eq!(rules.cause("AWSLogs/a", None, Some(day(40))), Cause::Unknown);
        assert_eq!(Rules::default().cause("AWSLogs/a", None, Some(day(40))), Cause::NoRule);
    }

    #[test]
    fn only_rules_that_meet_the_prefix_are_told() {
        let rules = Rules::of(&[rule("old", "AWSLogs/", 1), rule("tmp", "tmp/", 7)]);
        let told = rules.below("AWSLogs/1111");
        assert_eq!(told, "rule \"old\" (below AWSLogs/): expires objects after 1 day");
        assert!(rules.below("").contains("tmp/"));
        assert!(rules.below("x").starts_with("no rule"));
    }
}
