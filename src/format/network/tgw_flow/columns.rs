//! Which column of a flow log of transit gateways holds what.

use super::flow::{Column, Layout, documented, separator, split};
#[allow(clippy::wildcard_imports, reason = "the slots of forty fields")]
use super::*;

documented! {
    "version" => Column::Number(VERSION),
    "resourcetype" => Column::Text(KIND),
    "accountid" => Column::Account,
    "tgwid" => Column::Text(RESOURCE),
    "tgwattachmentid" => Column::Text(RESOURCE),
    "tgwsrcvpcaccountid" => Column::Text(SRC_ACCOUNT),
    "tgwdstvpcaccountid" => Column::Text(DST_ACCOUNT),
    "tgwsrcvpcid" => Column::Text(SRC_VPC),
    "tgwdstvpcid" => Column::Text(DST_VPC),
    "tgwsrcsubnetid" => Column::Text(SRC_SUBNET),
    "tgwdstsubnetid" => Column::Text(DST_SUBNET),
    "tgwsrceni" => Column::Text(SRC_INTERFACE),
    "tgwdsteni" => Column::Text(DST_INTERFACE),
    "tgwsrcazid" => Column::Text(SRC_AZ),
    "tgwdstazid" => Column::Text(DST_AZ),
    "tgwpairattachmentid" => Column::Text(RESOURCE),
    "srcaddr" => Column::Source,
    "dstaddr" => Column::Target,
    "srcport" => Column::Number(SRC_PORT),
    "dstport" => Column::Number(DST_PORT),
    "protocol" => Column::Number(PROTOCOL),
    "packets" => Column::Number(PACKETS),
    "bytes" => Column::Bytes,
    "start" => Column::Start,
    "end" => Column::End,
    "logstatus" => Column::Status,
    "type" => Column::Text(TYPE),
    "packetslostnoroute" => Column::Lost(0),
    "packetslostblackhole" => Column::Lost(1),
    "packetslostmtuexceeded" => Column::Lost(2),
    "packetslostttlexpired" => Column::Lost(3),
    "tcpflags" => Column::Number(TCP_FLAGS),
    "region" => Column::Text(REGION),
    "flowdirection" => Column::Direction,
    "pktsrcawsservice" => Column::Text(SRC_SERVICE),
    "pktdstawsservice" => Column::Text(DST_SERVICE),
    ;
    // Flow logs of VPCs.
    "interfaceid" => Column::Foreign,
    "action" => Column::Foreign,
}

/// Columns of the layout that older logs were made with: it lacks the accounts of both ends, the
/// other attachment, and all that follows the state.
const OLDER: usize = 23;
const NOT_IN_OLDER: [usize; 3] = [5, 6, 15];

/// The default layout, if this record is in one. Its second column says what it is about, and the
/// number of columns in which.
pub(super) fn default_of(record: &str) -> Option<Layout> {
    let separator = separator(record);
    let mut parts = split(record, separator);
    parts.next()?.parse::<u8>().ok()?;
    parts.next().filter(|kind| matches!(*kind, "TransitGateway" | "TransitGatewayAttachment"))?;
    let count = parts.count() + 2;
    let all = DOCUMENTED.iter().copied();
    let columns: Vec<Column> = if count == OLDER {
        all.enumerate()
            .filter(|(at, _)| !NOT_IN_OLDER.contains(at))
            .map(|(_, column)| column)
            .take(OLDER)
            .collect()
    } else {
        all.take(count).collect()
    };
    (count >= OLDER).then_some(Layout { columns, separator, least: None })
}
