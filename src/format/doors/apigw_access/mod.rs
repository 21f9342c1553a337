//! Access logs of API Gateway. What a line looks like its owner has written: an object of JSON, a
//! line of the Common Log Format, of CSV, or an element of XML, as the console offers them. Names
//! are known however they are spelled.
//!
//! Source: the API Gateway developer guide, "Set up CloudWatch logging" and "Variables for access
//! logging".

mod lines;

use crate::event::layout::is_region;
use crate::event::{
    Class, FieldDef, Kind, Role, Row, Schema, Time, Timestamp, Value, fields, schema::slots,
};
use crate::format::members::Rule::{self, Enter, Note, Put, PutEnter, PutNote, Skip};
use crate::format::members::{Memo, Values};
use crate::format::names::{ROOM, bare};
use crate::format::table::{Table, read_enough};
use crate::format::{
    Clock, Context, DecodeError, Decoded, Decoder, Delivery, Format, Match, Probe, clock,
    put_class, put_outcome, schema, web,
};
use memchr::memmem::Finder;
use std::sync::{Arc, LazyLock};

pub(super) use lines::is_id;

const fn text(name: &'static str, help: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Str, Role::Text, help)
}

slots! {
    EVENT = fields::EVENT,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    CODE = fields::CODE,
    PRINCIPAL = fields::PRINCIPAL,
    PRINCIPAL_ACCOUNT = fields::PRINCIPAL_ACCOUNT,
    KEY = fields::KEY,
    SRC_IP = fields::SRC_IP,
    ACCOUNT = fields::ACCOUNT,
    REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    BYTES_OUT = fields::BYTES_OUT,
    DURATION = fields::DURATION,
    DOMAIN = fields::DOMAIN,
    URL = fields::URL,
    AGENT = fields::AGENT,
    REQUEST = fields::REQUEST,
    TRACE = fields::TRACE,
    MESSAGE = fields::MESSAGE,
    EXTENDED = FieldDef::new("apigw.extended_request_id", Kind::Id, Role::Request, "x-amz-apigw-id"),
    STAGE = text("apigw.stage", "the stage that was called"),
    PATH = text("apigw.resource_path", "the resource, as the API has it"),
    ROUTE = text("apigw.route_key", "the route, as the API has it"),
    PROTOCOL = text("apigw.protocol", "protocol of the request"),
    CALLER = FieldDef::new("apigw.caller", Kind::Str, Role::Principal, "who signed the request"),
    USER = FieldDef::new("apigw.user", Kind::Str, Role::Principal, "whom it is checked against"),
    API_KEY = FieldDef::new("apigw.api_key_id", Kind::Str, Role::Key, "id of the API key"),
    IDENTITY = FieldDef::new("apigw.cognito_identity_id", Kind::Str, Role::Principal, "identity of Cognito"),
    AUTHORIZED = FieldDef::new("apigw.authorizer_principal", Kind::Str, Role::Principal, "whom the authorizer named"),
    RESPONSE_TYPE = text("apigw.error_response_type", "kind of the gateway's own answer"),
    BACKEND_STATUS = text("apigw.integration_status", "what the backend answered"),
    BACKEND_ERROR = text("apigw.integration_error", "what the backend failed with"),
    BACKEND_TOOK = FieldDef::new("apigw.integration_latency", Kind::Int, Role::Text, "milliseconds that the backend took"),
    WAF = text("apigw.waf_response_code", "what WAF decided"),
    ENDPOINT = FieldDef::new("apigw.vpce_id", Kind::Str, Role::Resource, "the VPC endpoint that the request came through"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("apigw_access", "API Gateway access logs", FIELDS));

// What is kept aside.
const TIME: usize = 0;
const EPOCH: usize = 1;
const METHOD: usize = 2;
const ROUTED: usize = 3;
const KIND: usize = 4;
const WAY: usize = 5;
const RESOURCE_WAY: usize = 6;
const STATUS: usize = 7;
const NAME: usize = 8;
const API: usize = 9;
const STAGED: usize = 10;
const TOOK: usize = 11;
const TRACED: usize = 12;
/// The best name of who called is the first of these that is there.
const WHO: [usize; 6] = [13, 14, 15, 16, 17, 18];
const ARN: usize = WHO[0];

/// Names of which a line has some, beside its request id.
const SIGNS: [&str; 14] = [
    "apiid",
    "domainname",
    "extendedrequestid",
    "httpmethod",
    "identitysourceip",
    "integrationlatency",
    "integrationstatus",
    "requesttime",
    "requesttimeepoch",
    "resourcepath",
    "responselatency",
    "responselength",
    "routekey",
    "stage",
];

/// What of a line has been seen.
#[derive(Default)]
struct Signs {
    request: bool,
    way: bool,
    count: usize,
}

/// What a name ends with whose value may hold quotes that are not escaped.
static UNESCAPED: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("equestId\""));

impl Signs {
    fn see(&mut self, name: &str) {
        let mut room = ROOM;
        let name = bare(name, &mut room);
        self.request |= name == "requestid";
        self.way |= matches!(name, "httpmethod" | "routekey" | "resourcepath");
        self.count += usize::from(SIGNS.contains(&name));
    }

    fn verdict(&self) -> Match {
        match (self.request && self.way, self.count) {
            (true, 3..) => Match::Certain,
            (true, 2) => Match::Likely,
            _ => Match::No,
        }
    }
}

fn level(name: &str) -> Rule {
    match bare(name, &mut { ROOM }) {
        "requestid" => Put(REQUEST),
        "extendedrequestid" => Put(EXTENDED),
        "ip" | "sourceip" | "clientip" | "remoteip" | "identitysourceip" => Put(SRC_IP),
        "caller" | "identitycaller" => PutNote(CALLER, WHO[4]),
        "user" | "identityuser" => PutNote(USER, WHO[1]),
        "userarn" | "identityuserarn" => Note(ARN),
        "accesskey" | "identityaccesskey" => Put(KEY),
        "principalid" | "authorizerprincipalid" => PutNote(AUTHORIZED, WHO[2]),
        "claimssub"
        | "sub"
        | "authorizerclaimssub"
        | "authorizersub"
        | "username"
        | "email"
        | "claimsemail"
        | "authorizerclaimsemail"
        | "claimsusername"
        | "authorizerclaimsusername"
        | "authorizerclaimscognitousername" => Note(WHO[3]),
        "cognitoidentityid" | "identitycognitoidentityid" => PutNote(IDENTITY, WHO[5]),
        "apikeyid" | "identityapikeyid" => Put(API_KEY),
        "requesttime" | "time" | "timestamp" => Note(TIME),
        "requesttimeepoch" => Note(EPOCH),
        "httpmethod" | "method" => Note(METHOD),
        "routekey" => PutNote(ROUTE, ROUTED),
        "eventtype" => Note(KIND),
        "path" | "uri" | "url" => Note(WAY),
        "resourcepath" => PutNote(PATH, RESOURCE_WAY),
        "status" | "statuscode" => PutNote(CODE, STATUS),
        "protocol" => Put(PROTOCOL),
        "responselength" => Put(BYTES_OUT),
        "responselatency" | "latency" => Note(TOOK),
        "domainname" | "host" => PutNote(DOMAIN, NAME),
        "apiid" => Note(API),
        "stage" => PutNote(STAGE, STAGED),
        "accountid" => Put(ACCOUNT),
        "useragent" | "identityuseragent" => Put(AGENT),
        "xraytraceid" | "traceid" => Note(TRACED),
        "errormessage" | "message" => Put(MESSAGE),
        "error" => PutEnter(MESSAGE, in_error),
        "errorresponsetype" | "responsetype" => Put(RESPONSE_TYPE),
        "integrationstatus" => Put(BACKEND_STATUS),
        "integrationlatency" => Put(BACKEND_TOOK),
        "integrationerrormessage" | "integrationerror" => Put(BACKEND_ERROR),
        "wafresponsecode" | "wafresponse" => Put(WAF),
        "vpceid" | "identityvpceid" => Put(ENDPOINT),
        "identity" | "context" | "claims" | "authorizer" => Enter(level),
        "integration" => Enter(in_integration),
        _ => Skip,
    }
}

fn in_error(name: &str) -> Rule {
    match bare(name, &mut { ROOM }) {
        "message" => Put(MESSAGE),
        "responsetype" => Put(RESPONSE_TYPE),
        _ => Skip,
    }
}

fn in_integration(name: &str) -> Rule {
    match bare(name, &mut { ROOM }) {
        "status" | "integrationstatus" => Put(BACKEND_STATUS),
        "latency" => Put(BACKEND_TOOK),
        "error" => Put(BACKEND_ERROR),
        _ => Skip,
    }
}

pub(super) struct ApigwAccess;

impl Format for ApigwAccess {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Requests to API Gateway, in JSON, CLF, CSV or XML: log groups and Firehose."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            cadence: "as requests come",
            guarantee: "best effort, as all logs of the service",
            clock: Clock::Aws,
            ..Delivery::UNKNOWN
        }
    }

    fn limits(&self) -> &'static str {
        "Only what the template names is logged, and a stage without one logs nothing. Quotes in \
         what a client sends are not escaped, so it can forge members."
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        let record = probe.record;
        if !probe.is_object() {
            return Match::certain_if(lines::is_line(record));
        }
        let mut signs = Signs::default();
        // Without the id of a request, there is nothing else to look for.
        if probe.names().iter().any(|name| name.contains(['q', 'Q'])) {
            probe.names().iter().for_each(|name| signs.see(name));
        }
        if signs.verdict() == Match::No
            && UNESCAPED.find(record.as_bytes()).is_some()
            && serde_json::from_str::<serde::de::IgnoredAny>(record).is_err()
        {
            signs = Signs::default();
            lines::members(record, &mut |name, _| signs.see(name));
        }
        signs.verdict()
    }

    fn start(&self, _: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader {
            columns: Table::new(lines::COLUMNS, level, &SCHEMA),
            members: Memo::new(level),
        })
    }
}

#[derive(Clone)]
struct Reader {
    columns: Table,
    /// Of records that are JSON.
    members: Memo,
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        read_enough(row, FIELDS, |values| {
            let read = match record.as_bytes().first() {
                Some(b'{') => read_json(record, values, &mut self.members)?,
                Some(b'<') => {
                    lines::elements(record, &mut |name, value| values.take(level(name), value))
                }
                _ => match lines::columns(record) {
                    Some(columns) => self.columns.fill(columns.into_iter(), values)? > 0,
                    None => false,
                },
            };
            if !read {
                return Err(DecodeError::NotMine);
            }
            finish(values);
            Ok(Decoded::Event)
        })
    }

    fn decode_first(&mut self, text: &str, row: &mut dyn Row) -> Option<usize> {
        let read = read_enough(row, FIELDS, |values| {
            let length =
                values.read_first(text, &mut self.members).map_err(|_| DecodeError::NotMine)?;
            finish(values);
            Ok(length)
        });
        read.ok()
    }

    fn schema(&self) -> Option<&Arc<Schema>> {
        Some(self.columns.schema())
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}

/// A template that puts what clients send between quotes makes objects that are no good JSON.
fn read_json<'de>(
    record: &'de str,
    values: &mut Values<'_, 'de>,
    members: &mut Memo,
) -> Result<bool, DecodeError> {
    let Err(error) = values.read_by(record, members) else { return Ok(true) };
    if !lines::members(record, &mut |name, value| values.take(level(name), value)) {
        let reason = format!("no good JSON: {error}");
        return Err(DecodeError::Broken { reason, time: time(values) });
    }
    Ok(true)
}

fn time(values: &Values<'_, '_>) -> Option<Time> {
    let millis = values.note(EPOCH).and_then(|millis| millis.parse().ok());
    if let Some(at) = millis.and_then(Timestamp::from_millis) {
        return Some(Time::new(at, 3));
    }
    let text = values.note(TIME)?;
    clock::read(text).map(|(stamp, _)| stamp.is_utc().time(0)).or_else(|| clock::epoch(text))
}

fn finish(values: &mut Values<'_, '_>) {
    if let Some(time) = time(values) {
        values.row.time(time);
    }
    let took = values.note(TOOK).and_then(|took| took.parse::<f64>().ok());
    if let Some(took) = took.filter(|took| took.is_finite() && *took >= 0.0) {
        values.row.put(DURATION, Value::Float(took / 1000.0));
    }
    if let Some(traced) = values.taken(TRACED) {
        let root = web::root(&traced).or_else(|| traced.split(';').next());
        values.text(TRACE, root.unwrap_or_default());
    }
    put_who(values);
    put_what(values);
    let outcome = web::outcome(values.note(STATUS).unwrap_or(""));
    put_class(values.row, CLASS, Class::Network);
    put_outcome(values.row, OUTCOME, outcome);
}

fn put_who(values: &mut Values<'_, '_>) {
    let named = WHO.map(|note| values.taken(note));
    if let Some((_, account)) = named[0].as_deref().and_then(web::owner) {
        values.text(PRINCIPAL_ACCOUNT, account);
    }
    if let Some(who) = named.into_iter().flatten().next() {
        values.text(PRINCIPAL, &who);
    }
}

/// What was called: the API is named by its id, or by the name that AWS gives it.
fn put_what(values: &mut Values<'_, '_>) {
    let route = values.taken(ROUTED);
    let (method, way) = match route.as_deref().map(|route| route.split_once(' ')) {
        Some(Some((method, way))) => (Some(method), Some(way)),
        _ => (None, None),
    };
    let (given, kind) = (values.taken(METHOD), values.taken(KIND));
    // What comes over a web socket has no method.
    let event = given.as_deref().or(method).or(route.as_deref()).or(kind.as_deref());
    if let Some(event) = event {
        values.text(EVENT, event);
    }
    let (path, resource) = (values.taken(WAY), values.taken(RESOURCE_WAY));
    if let Some(url) = path.as_deref().or(resource.as_deref()).or(way) {
        values.text(URL, url);
    }
    let name = values.taken(NAME);
    let aws = name.as_deref().and_then(|name| name.split_once(".execute-api."));
    if let Some((_, rest)) = aws
        && let Some(region) = rest.split('.').next().filter(|region| is_region(region))
    {
        values.text(REGION, region);
    }
    let api = values.taken(API);
    if let Some(api) = api.as_deref().or(aws.map(|(api, _)| api)) {
        values.text(RESOURCE, api);
    }
}
