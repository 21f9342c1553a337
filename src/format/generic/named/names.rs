//! The names that programs commonly give to what records share, whatever their case and whatever
//! parts their words.

use super::{
    ACCOUNT, AGENT, CODE, DOMAIN, DST_IP, DST_PORT, EVENT, EVENT_SOURCE, FILE, HOST, ID, MESSAGE,
    PRINCIPAL, PROCESS, REGION, REQUEST, RULE, SRC_IP, SRC_PORT, TRACE, URL,
};
use crate::format::names::{ROOM, bare};

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    /// The record's time, if no name before this one in [`TIMES`] gives it.
    Time(usize),
    /// A field of records with names, as it stands.
    Field(usize),
    /// How it ended, in a word.
    Result,
    /// How it ended, by a native code, which is kept too.
    Status,
    /// Whether it went well.
    Success,
    /// What went wrong; kept too.
    Error,
    Level,
    /// A time that something took. The unit is in the value, or in the name: so many seconds.
    Duration(Option<Unit>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Seconds,
    Millis,
    Micros,
    Nanos,
}

/// Names of the time, the surest first.
pub(super) const TIMES: [&str; 16] = [
    "@timestamp",
    "timestamp",
    "time",
    "eventTime",
    "event_time",
    "ts",
    "date",
    "datetime",
    "created_at",
    "createdAt",
    "published",
    "_time",
    "logTime",
    "receivedTimestamp",
    "__REALTIME_TIMESTAMP",
    "t",
];
/// Where the name of a date stands among them, which may need the time of day from another.
pub(super) const DATE: usize = 6;
pub(super) const TIME: usize = 2;

/// Letters and digits of a name that is looked for.
const LONGEST: usize = 24;

/// What the name stands for; `None` if nobody knows.
pub(super) fn of(name: &str) -> Option<Name> {
    if let Some(at) = TIMES.iter().position(|known| *known == name) {
        return Some(Name::Time(at));
    }
    // Many number their kinds of events, and call that `EventID`.
    if matches!(name, "id" | "_id" | "uuid" | "eventId" | "event_id" | "eventID") {
        return Some(Name::Field(ID));
    }
    // Letters of other alphabets, and what a name has a sign for, are no decoration.
    if !name.is_ascii() || name.contains('%') {
        return None;
    }
    let mut room = ROOM;
    let letters = bare(name, &mut room);
    if letters.len() > LONGEST { None } else { by_letters(letters) }
}

fn by_letters(name: &str) -> Option<Name> {
    if let Some(name) = of_time(name).or_else(|| of_end(name)) {
        return Some(name);
    }
    Some(Name::Field(match name {
        "eventname" | "action" | "eventaction" | "operation" | "operationname" | "eventtype"
        | "detailtype" | "method" | "activity" | "csmethod" | "event" => EVENT,
        "eventsource" | "sourcename" | "logger" | "service" | "servicename" | "component"
        | "loglogger" => EVENT_SOURCE,
        "username" | "user" | "principal" | "email" | "login" | "sub" | "useremail" | "actor"
        | "userid" | "csusername" | "srcuser" | "accountname" => PRINCIPAL,
        "srcip" | "sourceip" | "sourceipaddress" | "clientip" | "remoteaddr" | "remoteaddress"
        | "remoteip" | "ip" | "ipaddress" | "srcaddr" | "peer" | "source" | "client" | "src"
        | "idorigh" | "cip" | "sourceaddress" | "clientaddress" | "clientaddr" | "saddr"
        | "ipaddr" => SRC_IP,
        "srcport" | "sourceport" | "spt" | "idorigp" | "clientport" | "remoteport" | "sport"
        | "cport" => SRC_PORT,
        "dstip"
        | "destip"
        | "destinationip"
        | "dstaddr"
        | "serverip"
        | "destination"
        | "server"
        | "dst"
        | "dest"
        | "idresph"
        | "sip"
        | "destinationaddress"
        | "serveraddress"
        | "daddr"
        | "destinationipaddress" => DST_IP,
        "dstport" | "destport" | "destinationport" | "dpt" | "idrespp" | "serverport" | "dport" => {
            DST_PORT
        }
        "message" | "msg" | "text" | "logmessage" => MESSAGE,
        "host" | "hostname" | "computer" | "computername" | "devname" | "machine" => HOST,
        "url" | "uri" | "requesturi" | "path" | "urloriginal" | "csuristem" => URL,
        "account" | "accountid" | "awsaccountid" => ACCOUNT,
        "region" | "awsregion" => REGION,
        "requestid" => REQUEST,
        "traceid" => TRACE,
        "useragent" | "useragentoriginal" | "csuseragent" => AGENT,
        "domain" | "queryname" | "query" | "sni" | "domainname" | "cshost" => DOMAIN,
        "process" | "program" | "processname" => PROCESS,
        "file" | "filename" | "filepath" => FILE,
        "rule" | "rulename" | "policyname" => RULE,
        "errorcode" => CODE,
        _ => return None,
    }))
}

fn of_time(name: &str) -> Option<Name> {
    let at = match name {
        "timestamp" | "timegenerated" | "timecreated" => 1,
        "time" | "timelocal" => TIME,
        "eventtime" | "eventdate" | "eventtimestamp" => 3,
        "ts" => 5,
        "date" | "datelocal" => DATE,
        "datetime" => 7,
        "createdat" | "created" => 8,
        "published" => 10,
        "logtime" => 12,
        "receivedtimestamp" => 13,
        "realtimetimestamp" => 14,
        "starttime" | "start" => 15,
        _ => return None,
    };
    Some(Name::Time(at))
}

fn of_end(name: &str) -> Option<Name> {
    Some(match name {
        "outcome" | "result" | "eventoutcome" => Name::Result,
        "status" | "statuscode" | "scstatus" | "httpstatus" => Name::Status,
        "success" => Name::Success,
        "error" | "errorcode" | "err" => Name::Error,
        "level" | "severity" | "loglevel" | "levelname" | "lvl" | "severitytext" => Name::Level,
        "duration" | "elapsed" | "took" | "latency" => Name::Duration(None),
        "durationms" | "elapsedms" | "latencyms" | "responsetime" | "timetaken"
        | "durationmillis" => Name::Duration(Some(Unit::Millis)),
        "durationseconds" | "elapsedseconds" => Name::Duration(Some(Unit::Seconds)),
        "durationus" => Name::Duration(Some(Unit::Micros)),
        "durationns" => Name::Duration(Some(Unit::Nanos)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_however_its_words_are_parted() {
        for name in ["src_ip", "srcIp", "SRC-IP", "src.ip", "Src IP"] {
            assert_eq!(of(name), Some(Name::Field(SRC_IP)), "{name}");
        }
        assert_eq!(of("@timestamp"), Some(Name::Time(0)));
        assert_eq!(of("Event time"), Some(Name::Time(3)));
        assert_eq!(of("duration_ms"), Some(Name::Duration(Some(Unit::Millis))));
        for name in ["", "é", "a name that is much too long to be known", "____"] {
            assert_eq!(of(name), None, "{name}");
        }
    }
}
