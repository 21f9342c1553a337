//! The members of an envelope that holds many records, before them.

use super::kinds::{members, text};
use super::{Fallback, Table};
use crate::format::key;
use std::borrow::Cow;
use std::sync::Arc;

/// What they say of the records.
#[derive(Debug, Clone, Default)]
pub(in crate::format) struct Head {
    pub(in crate::format) fallback: Fallback,
    /// The records are messages of a log stream.
    pub(in crate::format) stream: bool,
    /// A control message of CloudWatch Logs: its elements are no records.
    pub(in crate::format) control: bool,
    /// The records are rows of a table, one cell of which holds the record proper.
    pub(in crate::format) table: Option<Arc<Table>>,
}

impl Head {
    /// Reads a head that ends with the opening bracket of the records' array.
    pub(in crate::format) fn read(bytes: &[u8]) -> Self {
        let head = crate::format::text::of(bytes);
        let named = head.trim_end_matches('[').trim_end().trim_end_matches(':').trim_end();
        let stream = named.ends_with("\"logEvents\"") || named.ends_with("\"events\"");
        // What comes last is the array, which is cut off: all before it is good.
        let wanted = ["messageType", "owner", "logGroup", "logStream", "clusterId", "instanceId"];
        let found = members(&head, wanted);
        let [kind, owner, group, stream_name, cluster, instance] = found
            .map(|raw| raw.and_then(text).filter(|text| !text.is_empty()).map(Cow::into_owned));
        let place = [group, stream_name].into_iter().flatten().collect::<Vec<_>>().join("/");
        let said = key::read(&place);
        let fallback = Fallback {
            account: owner.or(said.account.clone()),
            resource: cluster.or(said.resource.clone()),
            instance: instance.filter(|_| !stream).or(said.instance.clone()),
            ..said
        };
        let control = kind.as_deref() == Some("CONTROL_MESSAGE");
        Self { fallback, stream, control, table: None }
    }

    /// Of a table that these lines begin.
    pub(in crate::format) fn of_table(table: Table) -> Self {
        Self { table: Some(Arc::new(table)), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_says_whose_records_follow() {
        let head = Head::read(
            br#"{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"/aws/lambda/pay",
            "logStream":"eni-0a1b2c3d4e5f60718-all","subscriptionFilters":["x"],"logEvents" : ["#,
        );
        assert!(head.stream && !head.control);
        assert_eq!(head.fallback.account.as_deref(), Some("111122223333"));
        assert_eq!(head.fallback.interface.as_deref(), Some("eni-0a1b2c3d4e5f60718"));
        assert!(Head::read(br#"{"messageType":"CONTROL_MESSAGE","logEvents":["#).control);
        let head = Head::read(br#"{"clusterId":"cluster-1","instanceId":"","list":["#);
        assert!(!head.stream && head.fallback.instance.is_none());
        assert_eq!(head.fallback.resource.as_deref(), Some("cluster-1"));
    }
}
