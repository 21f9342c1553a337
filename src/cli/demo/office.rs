//! An ordinary day in CloudTrail: people, machines and services of the made-up company at work.

use super::cast::{self, Session};
use super::random::Random;
use super::trail::Call;
use std::borrow::Cow;
use std::fmt::Write as _;

/// Who does a piece of work.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Person,
    Machine,
    Service,
}

/// A kind of call. In the templates `%i` stands for an instance, `%b` for a bucket, `%k` for an
/// object's key, `%q` for a queue or table, `%h` for hex digits, `%n` for a number.
struct Work {
    by: By,
    weight: u64,
    service: &'static str,
    name: &'static str,
    request: &'static str,
    response: &'static str,
}

const fn work(
    by: By,
    weight: u64,
    call: (&'static str, &'static str),
    request: &'static str,
    response: &'static str,
) -> Work {
    Work { by, weight, service: call.0, name: call.1, request, response }
}

const NULL: &str = "null";
const INSTANCE: &str =
    r#"{"instancesSet":{"items":[{"instanceId":"%i"}]},"filterSet":{},"maxResults":%n}"#;
const OBJECT: &str = r#"{"bucketName":"%b","Host":"%b.s3.eu-central-1.amazonaws.com","key":"%k"}"#;

const WORKS: &[Work] = &[
    work(By::Person, 30, ("ec2", "DescribeInstances"), INSTANCE, NULL),
    work(
        By::Person,
        9,
        ("ec2", "DescribeSecurityGroups"),
        r#"{"securityGroupSet":{},"securityGroupIdSet":{"items":[{"groupId":"sg-0%h"}]},"filterSet":{}}"#,
        NULL,
    ),
    work(
        By::Person,
        8,
        ("ec2", "DescribeVolumes"),
        r#"{"maxResults":%n,"volumeSet":{},"filterSet":{}}"#,
        NULL,
    ),
    work(
        By::Person,
        8,
        ("cloudwatch", "GetMetricData"),
        r#"{"metricDataQueries":[{"id":"m%n","returnData":true}],"maxDatapoints":%n}"#,
        NULL,
    ),
    work(
        By::Person,
        7,
        ("logs", "FilterLogEvents"),
        r#"{"logGroupName":"/ecs/%q","startTime":17725%n,"limit":%n}"#,
        NULL,
    ),
    work(By::Person, 6, ("s3", "ListBuckets"), r#"{"Host":"s3.eu-central-1.amazonaws.com"}"#, NULL),
    work(
        By::Person,
        4,
        ("s3", "GetBucketPolicy"),
        r#"{"bucketName":"%b","policy":"","Host":"%b.s3.eu-central-1.amazonaws.com"}"#,
        NULL,
    ),
    work(By::Person, 4, ("cloudtrail", "LookupEvents"), r#"{"maxResults":50}"#, NULL),
    work(
        By::Person,
        3,
        ("ec2", "CreateTags"),
        r#"{"resourcesSet":{"items":[{"resourceId":"%i"}]},"tagSet":{"items":[{"key":"owner","value":"%q"}]}}"#,
        r#"{"requestId":"%h-demo","_return":true}"#,
    ),
    work(
        By::Person,
        2,
        ("ecs", "UpdateService"),
        r#"{"cluster":"shop","service":"%q","desiredCount":%n,"forceNewDeployment":true}"#,
        r#"{"service":{"serviceName":"%q","status":"ACTIVE","clusterArn":"arn:aws:ecs:eu-central-1:111122223333:cluster/shop"}}"#,
    ),
    work(By::Machine, 60, ("s3", "GetObject"), OBJECT, NULL),
    work(
        By::Machine,
        34,
        ("s3", "PutObject"),
        OBJECT,
        r#"{"x-amz-server-side-encryption":"aws:kms","x-amz-version-id":"%h"}"#,
    ),
    work(
        By::Machine,
        40,
        ("kms", "Decrypt"),
        r#"{"encryptionAlgorithm":"SYMMETRIC_DEFAULT","encryptionContext":{"aws:s3:arn":"arn:aws:s3:::%b/%k"}}"#,
        NULL,
    ),
    work(
        By::Machine,
        16,
        ("secretsmanager", "GetSecretValue"),
        r#"{"secretId":"arn:aws:secretsmanager:eu-central-1:111122223333:secret:prod/%q-Qx7LpZ"}"#,
        NULL,
    ),
    work(
        By::Machine,
        20,
        ("ssm", "GetParameters"),
        r#"{"names":["/prod/%q/dsn"],"withDecryption":true}"#,
        NULL,
    ),
    work(By::Machine, 26, ("dynamodb", "DescribeTable"), r#"{"tableName":"%q"}"#, NULL),
    work(
        By::Machine,
        22,
        ("ecr", "BatchGetImage"),
        r#"{"registryId":"111122223333","repositoryName":"shop/%q","imageIds":[{"imageTag":"build-%n"}]}"#,
        NULL,
    ),
    work(
        By::Machine,
        14,
        ("logs", "CreateLogStream"),
        r#"{"logGroupName":"/ecs/%q","logStreamName":"%q/app/%h"}"#,
        NULL,
    ),
    work(
        By::Machine,
        16,
        ("sqs", "GetQueueAttributes"),
        r#"{"queueUrl":"https://sqs.eu-central-1.amazonaws.com/111122223333/%q","attributeNames":["All"]}"#,
        NULL,
    ),
    work(By::Machine, 8, ("sts", "GetCallerIdentity"), NULL, NULL),
    work(
        By::Service,
        44,
        ("sts", "AssumeRole"),
        r#"{"roleArn":"arn:aws:iam::111122223333:role/%q-task","roleSessionName":"%h","durationSeconds":3600}"#,
        r#"{"credentials":{"accessKeyId":"%K","sessionToken":"%h%h%h","expiration":"Mar 4, 2026, 5:00:00 PM"},"assumedRoleUser":{"assumedRoleId":"AROADEMOTASKROLE00001:%h","arn":"arn:aws:sts::111122223333:assumed-role/%q-task/%h"}}"#,
    ),
    work(
        By::Service,
        18,
        ("kms", "GenerateDataKey"),
        r#"{"keySpec":"AES_256","encryptionContext":{"aws:s3:arn":"arn:aws:s3:::%b"},"keyId":"arn:aws:kms:eu-central-1:111122223333:key/%h"}"#,
        NULL,
    ),
    work(
        By::Service,
        14,
        ("s3", "GetBucketAcl"),
        r#"{"bucketName":"%b","Host":"%b.s3.eu-central-1.amazonaws.com","acl":""}"#,
        NULL,
    ),
    work(
        By::Service,
        9,
        ("ec2", "DescribeNetworkInterfaces"),
        r#"{"networkInterfaceIdSet":{"items":[{"networkInterfaceId":"eni-0%h"}]},"filterSet":{}}"#,
        NULL,
    ),
];

const BUCKETS: &[&str] = &[
    "larkspur-shop-assets",
    "larkspur-orders",
    "larkspur-labels",
    "larkspur-tracking",
    "larkspur-build-artifacts",
    "larkspur-fin-exports",
];
const NAMES: &[&str] = &["checkout", "orders", "labels", "tracking", "quotes", "billing"];
const FOLDERS: &[&str] = &["in/2026/03/04", "out/2026/03/04", "archive", "batch/daily"];
const PEOPLE: &[(&str, &str, &str)] = &[
    (
        "alice",
        "192.0.2.11",
        "aws-cli/2.31.4 md/awscrt#0.27.6 ua/2.1 os/macos#25.1.0 md/arch#arm64 lang/python#3.13.7 md/command#ec2.describe-instances",
    ),
    (
        "bruno",
        "192.0.2.12",
        "Mozilla/5.0 (X11; Linux x86_64; rv:147.0) Gecko/20100101 Firefox/147.0",
    ),
    (
        "chidi",
        "192.0.2.13",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Safari/537.36",
    ),
    (
        "dana",
        "192.0.2.14",
        "APN/1.0 HashiCorp/1.0 Terraform/1.13.4 (+https://www.terraform.io) terraform-provider-aws/6.20.0 aws-sdk-go-v2/1.39.6 os/linux lang/go#1.25.3",
    ),
    (
        "ci-deploy",
        cast::BUILDS,
        "aws-sdk-js/3.901.0 ua/2.1 os/linux#6.8.0-1039-aws lang/js md/nodejs#22.20.0 api/ecs#3.901.0",
    ),
];
const MACHINES: &[(&str, &str, &str)] = &[
    (
        "shop-task",
        "10.20.2.11",
        "Botocore/1.40.61 ua/2.1 os/linux#6.1.155 md/arch#x86_64 lang/python#3.12.12 exec-env/AWS_ECS_FARGATE",
    ),
    (
        "orders-task",
        "10.20.2.12",
        "aws-sdk-java/2.35.11 md/io#async md/http#NettyNio ua/2.1 os/Linux#5.10 lang/java#21.0.9 exec-env/AWS_ECS_FARGATE",
    ),
    (
        "labels-function",
        "192.0.2.90",
        "aws-sdk-rust/1.3.9 os/linux lang/rust/1.90.0 exec-env/AWS_Lambda_provided.al2023",
    ),
    (
        "tracking-task",
        "10.20.2.13",
        "Botocore/1.40.61 ua/2.1 os/linux#6.1.155 md/arch#aarch64 lang/python#3.12.12",
    ),
    (
        "bastion",
        "10.20.1.10",
        "amazon-ssm-agent/3.3.3050.0 aws-sdk-go/1.55.5 (go1.24.9; linux; amd64)",
    ),
];
const SERVICES: &[&str] =
    &["ecs-tasks", "lambda", "config", "cloudtrail", "autoscaling", "elasticloadbalancing"];

struct Actor {
    by: By,
    identity: String,
    address: Cow<'static, str>,
    agent: Cow<'static, str>,
}

fn people(account: &str) -> Vec<Actor> {
    let actor = |&(name, address, agent): &(&str, &'static str, &'static str)| Actor {
        by: By::Person,
        identity: cast::user(account, name),
        address: address.into(),
        agent: agent.into(),
    };
    PEOPLE.iter().map(actor).collect()
}

/// Machines have a fresh session each hour.
fn machines(account: &str, hour: i64) -> Vec<Actor> {
    let mut actors = Vec::new();
    for (number, &(role, address, agent)) in MACHINES.iter().enumerate() {
        let issued = cast::at(hour, number as i64, 7);
        let name = Random::named(&format!("{role} in {account}")).hex(17);
        let session = Session { account, role, name: &format!("i-0{}", &name[1..]), issued };
        let identity = session.identity();
        actors.push(Actor {
            by: By::Machine,
            identity,
            address: address.into(),
            agent: agent.into(),
        });
    }
    actors
}

fn services() -> Vec<Actor> {
    let actor = |name: &&str| Actor {
        by: By::Service,
        identity: cast::service(name),
        address: format!("{name}.amazonaws.com").into(),
        agent: format!("{name}.amazonaws.com").into(),
    };
    SERVICES.iter().map(actor).collect()
}

/// Ordinary calls of one account, region and hour.
pub(super) struct Shift {
    pub(super) account: &'static str,
    pub(super) region: &'static str,
    /// 0 is the first hour of the demo's day; larger ones lie on later days.
    pub(super) hour: i64,
    pub(super) events: u64,
}

impl Shift {
    /// Their records, each a JSON object.
    pub(super) fn records(&self, random: &mut Random) -> Vec<String> {
        let mut actors = people(self.account);
        actors.extend(machines(self.account, self.hour));
        actors.extend(services());
        let (mut request, mut response, mut extra) = Default::default();
        let mut records = Vec::with_capacity(self.events as usize);
        for _ in 0..self.events {
            let work = &WORKS[random.weighted(WORKS.iter().map(|work| work.weight))];
            let doing = actors.iter().map(|actor| u64::from(actor.by == work.by));
            let actor = &actors[random.weighted(doing)];
            fill(work.request, random, &mut request);
            fill(work.response, random, &mut response);
            more(work, random, &mut extra);
            let call = Call {
                at: cast::at(self.hour, 0, 0) + random.between(0, 3600),
                identity: Cow::Borrowed(&actor.identity),
                account: self.account,
                region: self.region,
                service: work.service,
                name: work.name,
                address: &actor.address,
                agent: &actor.agent,
                error: error(work, random),
                request: Cow::Borrowed(&request),
                response: Cow::Borrowed(&response),
                extra: Cow::Borrowed(&extra),
            };
            let mut record = String::with_capacity(1400);
            call.write(random, &mut record);
            records.push(record);
        }
        records
    }
}

fn error(work: &Work, random: &mut Random) -> Option<(&'static str, Cow<'static, str>)> {
    let failing = random.below(200) == 0 && work.response == NULL;
    let code = if work.service == "s3" { "NoSuchKey" } else { "ThrottlingException" };
    let message =
        if work.service == "s3" { "The specified key does not exist." } else { "Rate exceeded" };
    failing.then_some((code, Cow::Borrowed(message)))
}

/// Members that only some services add.
fn more(work: &Work, random: &mut Random, out: &mut String) {
    let template = match (work.service, work.name) {
        ("s3", _) => {
            r#""additionalEventData":{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","x-amz-id-2":"%h%h%h%h","bytesTransferredOut":%n},"resources":[{"accountId":"111122223333","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::larkspur-orders"}],"#
        }
        ("kms", _) => {
            r#""resources":[{"accountId":"111122223333","type":"AWS::KMS::Key","ARN":"arn:aws:kms:eu-central-1:111122223333:key/3f1c2b7a-demo-4d55-9a01-7be1c9d2a4f0"}],"#
        }
        _ => "",
    };
    fill(template, random, out);
}

/// Replaces the letters after `%`.
fn fill(template: &str, random: &mut Random, out: &mut String) {
    out.clear();
    let mut parts = template.split('%');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (letter, rest) = part.split_at(part.len().min(1));
        match letter {
            "i" => {
                out.push_str("i-0");
                let known = 0x00ab_c000 + random.below(48);
                let _ = write!(out, "{known:016x}");
            }
            "b" => out.push_str(random.pick(BUCKETS)),
            "q" => out.push_str(random.pick(NAMES)),
            "k" => {
                out.push_str(random.pick(FOLDERS));
                out.push_str("/part-");
                random.push_hex(out, 8);
                out.push_str(".parquet");
            }
            "h" => random.push_hex(out, 16),
            "K" => {
                out.push_str("ASIA");
                random.push_upper(out, 16);
            }
            "n" => out.push_str(&(100 + random.below(90_000)).to_string()),
            _ => {}
        }
        out.push_str(rest);
    }
}
