//! `logs://GROUP`, `logs://GROUP/STREAMS`, `logs://GROUP:STREAMS`, or a group's ARN behind
//! `logs://`; `STREAMS` is what the names of the streams begin with.
//!
//! Names of groups may hold slashes, so that `logs://a/b` is the group `a/b`, or else the streams
//! `b…` of the group `a`: which of them there is, the service says. Nothing is open behind a colon,
//! which no name of a group holds.

/// What stands before the group.
pub(in crate::source) use crate::source::choices::GROUPS as SCHEME;

/// Longest name of a group: "CloudWatch Logs API Reference", `CreateLogGroup`.
const LONGEST: usize = 512;

/// Which events a source is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// Where the group is, if the address says it.
    pub(super) region: Option<String>,
    /// The account that it is in, if the address says it.
    pub(super) account: Option<String>,
    /// What is a group's name, and maybe a stream's behind it.
    name: String,
    /// The ARN without what follows the name.
    arn: Option<String>,
    /// What names of streams begin with, if that was parted from the group's name.
    streams: Option<String>,
}

/// A group, and what the names of its streams begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) group: String,
    pub(super) streams: String,
}

impl Address {
    /// `None` if it is no address of a log group; an error says what is wrong with one.
    pub(super) fn parse(argument: &str) -> Option<Result<Self, String>> {
        let rest = argument.strip_prefix(SCHEME)?;
        Some(if rest.starts_with("arn:") { Self::of_arn(rest) } else { Self::of_name(rest) })
    }

    fn of_name(rest: &str) -> Result<Self, String> {
        let (name, streams) = match rest.split_once(':') {
            Some((name, streams)) => (name, Some(streams.to_owned())),
            None => (rest, None),
        };
        check(name, streams.as_deref())?;
        Ok(Self { region: None, account: None, name: name.to_owned(), arn: None, streams })
    }

    /// `arn:aws:logs:REGION:ACCOUNT:log-group:NAME[:*]` or `…:NAME:log-stream:STREAMS`.
    fn of_arn(rest: &str) -> Result<Self, String> {
        let wrong = || {
            "is no ARN of a log group; write logs://arn:aws:logs:REGION:ACCOUNT:log-group:NAME"
                .to_owned()
        };
        let (before, after) = rest.split_once(":log-group:").ok_or_else(wrong)?;
        let parts: Vec<&str> = before.split(':').collect();
        let ["arn", _, "logs", region, account] = parts.as_slice() else { return Err(wrong()) };
        let (name, end) = after.split_once(':').unwrap_or((after, ""));
        let streams = match end {
            "" | "*" => String::new(),
            end => end.strip_prefix("log-stream:").ok_or_else(wrong)?.to_owned(),
        };
        if region.is_empty() || account.len() != 12 {
            return Err(wrong());
        }
        check(name, Some(&streams))?;
        Ok(Self {
            region: Some((*region).to_owned()),
            account: Some((*account).to_owned()),
            name: name.to_owned(),
            arn: Some(format!("{before}:log-group:{name}")),
            streams: Some(streams),
        })
    }

    pub(super) fn arn(&self) -> Option<&str> {
        self.arn.as_deref()
    }

    /// What it may mean, the longest name of a group first.
    pub(super) fn readings(&self) -> Vec<Reading> {
        let reading = |group: &str, streams: &str| Reading {
            group: group.to_owned(),
            streams: streams.to_owned(),
        };
        if let Some(streams) = &self.streams {
            return vec![reading(&self.name, streams)];
        }
        let mut readings = vec![reading(&self.name, "")];
        let parted = self.name.rmatch_indices('/').filter(|(at, _)| *at > 0);
        readings.extend(parted.map(|(at, _)| reading(&self.name[..at], &self.name[at + 1..])));
        readings
    }
}

/// Says what is wrong with names.
fn check(group: &str, streams: Option<&str>) -> Result<(), String> {
    // What may be a stream's name holds more than a group's.
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/#".contains(c);
    let may_be_stream = |c: char| !c.is_control() && c != '*' && c != ':' && c != ' ';
    let first = group.trim_start_matches('/').split('/').next().unwrap_or_default();
    let is_group = if streams.is_some() {
        !group.is_empty() && group.chars().all(plain)
    } else {
        !first.is_empty() && first.chars().all(plain) && group.chars().all(may_be_stream)
    };
    if !is_group || group.len() > 2 * LONGEST {
        return Err(format!(
            "{group:?} is no name of a log group; write logs://GROUP, logs://GROUP/STREAMS or \
             logs://arn:aws:logs:REGION:ACCOUNT:log-group:NAME"
        ));
    }
    if streams.is_some_and(|streams| streams.contains([':', '*'])) {
        return Err("no name of a log stream holds : or *; write what names begin with".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings(text: &str) -> Vec<(String, String)> {
        let readings = Address::parse(text).unwrap().unwrap().readings();
        readings.into_iter().map(|one| (one.group, one.streams)).collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(group, streams): &(&str, &str)| ((*group).to_owned(), (*streams).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn a_slash_may_belong_to_the_group() {
        assert_eq!(readings("logs://trail"), pairs(&[("trail", "")]));
        assert_eq!(
            readings("logs:///aws/lambda/fn"),
            pairs(&[("/aws/lambda/fn", ""), ("/aws/lambda", "fn"), ("/aws", "lambda/fn")])
        );
        assert_eq!(
            readings("logs:///aws/fn/2026/11/[$LATEST]"),
            pairs(&[
                ("/aws/fn/2026/11/[$LATEST]", ""),
                ("/aws/fn/2026/11", "[$LATEST]"),
                ("/aws/fn/2026", "11/[$LATEST]"),
                ("/aws/fn", "2026/11/[$LATEST]"),
                ("/aws", "fn/2026/11/[$LATEST]"),
            ])
        );
        assert_eq!(readings("logs:///aws/eks/c:kube-"), pairs(&[("/aws/eks/c", "kube-")]));
    }

    #[test]
    fn an_arn_says_where() {
        let arn = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/eks/c";
        for (end, streams) in [("", ""), (":*", ""), (":log-stream:kube-", "kube-")] {
            let address = Address::parse(&format!("logs://{arn}{end}")).unwrap().unwrap();
            assert_eq!(address.arn(), Some(arn));
            assert_eq!(address.region.as_deref(), Some("eu-west-1"));
            assert_eq!(address.account.as_deref(), Some("111122223333"));
            let wanted = Reading { group: "/aws/eks/c".to_owned(), streams: streams.to_owned() };
            assert_eq!(address.readings(), [wanted]);
        }
    }

    #[test]
    fn what_is_none_says_how_one_is_written() {
        assert_eq!(Address::parse("s3://a"), None);
        for text in ["logs://", "logs:///", "logs://a b", "logs://arn:aws:s3:::logs/a", "logs://:a"]
        {
            let error = Address::parse(text).unwrap().unwrap_err();
            assert!(error.contains("write logs://"), "{text}: {error}");
        }
        assert!(Address::parse("logs://a:b*").unwrap().unwrap_err().contains("log stream"));
    }
}
