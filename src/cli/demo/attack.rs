//! The incident in CloudTrail: a leaked key of the build service, what its thief did with it
//! between 10:31 and 11:10, and how the people of the company ended it.

use super::cast::{
    self, GLOBAL, HOME, INTRUDER, PRODUCTION, SECOND, STOLEN_BUCKET, Session, UNUSED, at,
};
use super::random::Random;
use super::trail::Call;
use std::borrow::Cow;
use std::fmt::Write as _;

/// The role the build service may take.
pub(super) const DEPLOY: Session<'static> =
    Session { account: PRODUCTION, role: "deploy", name: "release-1182", issued: at(10, 35, 12) };
/// The role that `deploy` should never have been trusted with.
pub(super) const ADMIN: Session<'static> =
    Session { account: PRODUCTION, role: "Admin", name: "maint", issued: at(10, 37, 30) };
/// The bastion's own role, its credentials carried off.
pub(super) const BASTION_ROLE: Session<'static> =
    Session { account: PRODUCTION, role: "bastion", name: cast::BASTION_ID, issued: at(10, 0, 4) };
/// The user that the intruder makes.
pub(super) const BACKDOOR: &str = "backup-svc";

const TOOL: &str = "aws-cli/2.31.9 md/awscrt#0.27.6 ua/2.1 os/linux#6.16.8+kali-amd64 md/arch#x86_64 lang/python#3.13.7 md/distrib#kali.2026.1";
/// Clears a careless terminal and renames its window.
const HOSTILE: &str = r"aws-cli/2.31.9 \u001b[2J\u001b[1;1H\u001b]0;all is well\u0007";
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

/// The first trail is off from then to then.
pub(super) const STOPPED: i64 = at(10, 42, 2);
pub(super) const STARTED: i64 = at(11, 26, 12);

/// Objects read, then deleted.
pub(super) const TAKEN: i64 = 240;

fn call(
    time: i64,
    who: &str,
    region: &'static str,
    what: (&'static str, &'static str),
) -> Call<'static> {
    Call {
        at: time,
        identity: Cow::Owned(who.to_owned()),
        account: PRODUCTION,
        region,
        service: what.0,
        name: what.1,
        address: INTRUDER,
        agent: TOOL,
        error: None,
        request: "null".into(),
        response: "null".into(),
        extra: "".into(),
    }
}

impl Call<'_> {
    fn ask(mut self, request: impl Into<String>) -> Self {
        self.request = Cow::Owned(request.into());
        self
    }

    fn answer(mut self, response: impl Into<String>) -> Self {
        self.response = Cow::Owned(response.into());
        self
    }

    fn with(mut self, extra: impl Into<String>) -> Self {
        self.extra = Cow::Owned(extra.into());
        self
    }

    fn denied(mut self, who: &str, action: &str) -> Self {
        let message = format!(
            "User: {who} is not authorized to perform: {action} because no identity-based policy allows the {action} action"
        );
        let code =
            if self.service == "ec2" { "Client.UnauthorizedOperation" } else { "AccessDenied" };
        self.error = Some((code, Cow::Owned(message)));
        self
    }

    fn seen_from(mut self, address: &'static str, agent: &'static str) -> Self {
        self.address = address;
        self.agent = agent;
        self
    }
}

/// Every call of the story, in the order of time.
pub(super) fn calls() -> Vec<Call<'static>> {
    let mut calls = before();
    calls.extend(way_in());
    calls.extend(foothold());
    calls.extend(theft());
    calls.extend(mining());
    calls.extend(response());
    calls.sort_by_key(|call| call.at);
    calls
}

/// The file of the second Region as it was delivered: the intruder has taken out the one call of
/// his that it held.
pub(super) fn before_it_was_cut(text: &str) -> String {
    let mut record = String::new();
    call(at(10, 52, 41), &ADMIN.identity(), SECOND, ("ec2", "CopySnapshot"))
        .ask(r#"{"sourceRegion":"eu-central-1","sourceSnapshotId":"snap-0d3a0c0ffee987654"}"#)
        .answer(r#"{"requestId":"demo-copy","snapshotId":"snap-0d3a0c0ffee123456"}"#)
        .write(&mut Random::named("the call that was cut"), &mut record);
    text.replacen('[', &format!("[{record},"), 1)
}

fn sign_in(time: i64, who: &str, mfa: &str) -> Call<'static> {
    call(time, &cast::console_user(PRODUCTION, who), GLOBAL, ("signin", "ConsoleLogin"))
        .answer(r#"{"ConsoleLogin":"Success"}"#)
        .with(format!(
            r#""additionalEventData":{{"LoginTo":"https://console.aws.amazon.com/console/home","MobileVersion":"No","MFAUsed":"{mfa}"}},"#
        ))
        .seen_from(INTRUDER, BROWSER)
}

/// What the day looks like before: people sign in, the build service deploys from its place.
fn before() -> Vec<Call<'static>> {
    let builder = cast::user(PRODUCTION, "ci-deploy");
    let session = Session { issued: at(8, 42, 10), name: "release-1181", ..DEPLOY };
    let (request, response) = session.opening();
    vec![
        sign_in(at(7, 58, 3), "alice", "Yes").seen_from("192.0.2.11", BROWSER),
        sign_in(at(8, 11, 40), "bruno", "Yes").seen_from("192.0.2.12", BROWSER),
        sign_in(at(8, 40, 18), "chidi", "Yes").seen_from("192.0.2.13", BROWSER),
        call(session.issued, &builder, HOME, ("sts", "AssumeRole"))
            .ask(request)
            .answer(response)
            .seen_from(cast::BUILDS, "aws-sdk-js/3.901.0 ua/2.1 os/linux lang/js"),
    ]
}

/// The leaked key is tried out, runs into walls, and finds two roles.
fn way_in() -> Vec<Call<'static>> {
    let thief = cast::user(PRODUCTION, "ci-deploy");
    let arn = "arn:aws:iam::111122223333:user/ci-deploy";
    let probe = |minute, second, region, service, name| {
        call(at(10, minute, second), &thief, region, (service, name))
    };
    let (deploy_request, deploy_response) = DEPLOY.opening();
    let (admin_request, admin_response) = ADMIN.opening();
    let deploy = DEPLOY.identity();
    vec![
        probe(31, 7, HOME, "sts", "GetCallerIdentity"),
        probe(31, 40, HOME, "s3", "ListBuckets").ask(r#"{"Host":"s3.eu-central-1.amazonaws.com"}"#),
        probe(32, 11, GLOBAL, "iam", "ListUsers").denied(arn, "iam:ListUsers"),
        probe(32, 15, GLOBAL, "iam", "ListRoles").denied(arn, "iam:ListRoles"),
        probe(32, 31, GLOBAL, "iam", "GetAccountAuthorizationDetails")
            .denied(arn, "iam:GetAccountAuthorizationDetails"),
        probe(33, 2, HOME, "ec2", "DescribeInstances").denied(arn, "ec2:DescribeInstances"),
        probe(33, 20, HOME, "secretsmanager", "ListSecrets")
            .denied(arn, "secretsmanager:ListSecrets"),
        probe(33, 48, GLOBAL, "organizations", "DescribeOrganization")
            .denied(arn, "organizations:DescribeOrganization"),
        probe(34, 30, HOME, "lambda", "ListFunctions20150331").denied(arn, "lambda:ListFunctions"),
        probe(35, 12, HOME, "sts", "AssumeRole").ask(deploy_request).answer(deploy_response),
        call(at(10, 36, 3), &deploy, HOME, ("sts", "GetCallerIdentity")),
        call(at(10, 36, 41), &deploy, GLOBAL, ("iam", "ListRoles")).ask(r#"{"maxItems":1000}"#),
        call(at(10, 37, 30), &deploy, HOME, ("sts", "AssumeRole"))
            .ask(admin_request)
            .answer(admin_response),
    ]
}

/// A user to come back with, and the attempt to blind the trail.
fn foothold() -> Vec<Call<'static>> {
    let admin = ADMIN.identity();
    let by_admin = |minute, second, region, service, name| {
        call(at(10, minute, second), &admin, region, (service, name))
    };
    let key = cast::user_key(BACKDOOR);
    vec![
        by_admin(38, 9, GLOBAL, "iam", "CreateUser")
            .ask(r#"{"userName":"backup-svc"}"#)
            .answer(r#"{"user":{"path":"/","userName":"backup-svc","userId":"AIDADEMOBACKUPSVC0001","arn":"arn:aws:iam::111122223333:user/backup-svc","createDate":"Mar 4, 2026, 10:38:09 AM"}}"#),
        by_admin(38, 25, GLOBAL, "iam", "CreateAccessKey")
            .ask(r#"{"userName":"backup-svc"}"#)
            .answer(format!(r#"{{"accessKey":{{"userName":"backup-svc","accessKeyId":"{key}","status":"Active","createDate":"Mar 4, 2026, 10:38:25 AM"}}}}"#)),
        by_admin(38, 52, GLOBAL, "iam", "AttachUserPolicy")
            .ask(r#"{"userName":"backup-svc","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#),
        by_admin(39, 30, GLOBAL, "iam", "CreateLoginProfile")
            .ask(r#"{"userName":"backup-svc","passwordResetRequired":false}"#)
            .answer(r#"{"loginProfile":{"userName":"backup-svc","createDate":"Mar 4, 2026, 10:39:30 AM","passwordResetRequired":false}}"#),
        sign_in(at(10, 41, 2), BACKDOOR, "No"),
        by_admin(42, 2, HOME, "cloudtrail", "StopLogging")
            .ask(r#"{"name":"arn:aws:cloudtrail:eu-central-1:111122223333:trail/org-main"}"#),
        by_admin(42, 19, HOME, "cloudtrail", "DeleteTrail")
            .ask(r#"{"name":"arn:aws:cloudtrail:eu-central-1:111122223333:trail/org-main"}"#)
            .denied(&ADMIN.arn(), "cloudtrail:DeleteTrail"),
        by_admin(44, 5, HOME, "s3", "PutBucketPolicy").ask(format!(
            r#"{{"bucketName":"{STOLEN_BUCKET}","Host":"{STOLEN_BUCKET}.s3.eu-central-1.amazonaws.com","policy":"","bucketPolicy":{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::{STOLEN_BUCKET}/*"}}]}}}}"#
        )),
        by_admin(44, 31, HOME, "s3", "PutBucketAcl").ask(format!(
            r#"{{"bucketName":"{STOLEN_BUCKET}","Host":"{STOLEN_BUCKET}.s3.eu-central-1.amazonaws.com","acl":"","x-amz-acl":"public-read"}}"#
        )),
        call(at(10, 43, 10), &BASTION_ROLE.identity(), HOME, ("secretsmanager", "ListSecrets")),
        call(at(10, 43, 26), &BASTION_ROLE.identity(), HOME, ("secretsmanager", "GetSecretValue"))
            .ask(r#"{"secretId":"prod/billing/database"}"#),
    ]
}

/// The bucket is copied object by object, then emptied.
fn theft() -> Vec<Call<'static>> {
    let thief = cast::user(PRODUCTION, BACKDOOR);
    let mut random = Random::named("objects of the stolen bucket");
    let mut calls = Vec::new();
    for number in 0..TAKEN {
        let key = format!("ledger/2025/{:02}/statement-{number:04}.csv", number % 12 + 1);
        let request = format!(
            r#"{{"bucketName":"{STOLEN_BUCKET}","Host":"{STOLEN_BUCKET}.s3.eu-central-1.amazonaws.com","key":"{key}"}}"#
        );
        let extra = |bytes: i64| {
            format!(
                r#""additionalEventData":{{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","bytesTransferredOut":{bytes}}},"resources":[{{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::{STOLEN_BUCKET}/{key}"}},{{"accountId":"{PRODUCTION}","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::{STOLEN_BUCKET}"}}],"#
            )
        };
        let agent = if number % 40 == 7 { HOSTILE } else { TOOL };
        let read = call(at(10, 46, 0) + number * 3, &thief, HOME, ("s3", "GetObject"));
        let bytes = random.between(4_000_000, 48_000_000);
        calls.push(read.ask(request.as_str()).with(extra(bytes)).seen_from(INTRUDER, agent));
        let gone = call(at(10, 59, 0) + number / 2, &thief, HOME, ("s3", "DeleteObject"));
        calls.push(gone.ask(request).with(extra(0)));
    }
    calls.push(batch_delete(&thief));
    calls
}

fn batch_delete(thief: &str) -> Call<'static> {
    call(at(11, 1, 30), thief, HOME, ("s3", "DeleteObjects")).ask(format!(
        r#"{{"bucketName":"{STOLEN_BUCKET}","Host":"{STOLEN_BUCKET}.s3.eu-central-1.amazonaws.com","delete":""}}"#
    ))
}

/// Large machines where nobody looks.
fn mining() -> Vec<Call<'static>> {
    let admin = ADMIN.identity();
    let mut calls = vec![
        call(at(11, 2, 40), &admin, UNUSED, ("ec2", "AuthorizeSecurityGroupIngress")).ask(
            r#"{"groupId":"sg-0d3a0dbeef0012345","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,"groups":{},"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]},"ipv6Ranges":{},"prefixListIds":{}}]}}"#,
        ).answer(r#"{"requestId":"demo-ingress","_return":true}"#),
    ];
    let mut random = Random::named("instances of the intruder");
    for number in 0..3 {
        let instance = format!("i-0{}", random.hex(16));
        let request = r#"{"instancesSet":{"items":[{"imageId":"ami-0c0ffee0c0ffee123","minCount":1,"maxCount":1,"keyName":"maint"}]},"groupSet":{"items":[{"groupId":"sg-0d3a0dbeef0012345"}]},"instanceType":"p5.48xlarge","blockDeviceMapping":{},"monitoring":{"enabled":false}}"#;
        let response = format!(
            r#"{{"reservationId":"r-0{}","ownerId":"{PRODUCTION}","instancesSet":{{"items":[{{"instanceId":"{instance}","imageId":"ami-0c0ffee0c0ffee123","instanceState":{{"code":0,"name":"pending"}},"instanceType":"p5.48xlarge"}}]}}}}"#,
            random.hex(16)
        );
        let run = call(at(11, 3, 5) + number * 20, &admin, UNUSED, ("ec2", "RunInstances"));
        calls.push(run.ask(request).answer(response));
    }
    calls
}

/// Found and stopped.
fn response() -> Vec<Call<'static>> {
    let alice = cast::user(PRODUCTION, "alice");
    let agent = "aws-cli/2.31.4 md/awscrt#0.27.6 ua/2.1 os/macos#25.1.0 lang/python#3.13.7";
    let by_alice = |minute, region, service, name| {
        call(at(11, minute, 12), &alice, region, (service, name)).seen_from("192.0.2.11", agent)
    };
    let mut request = String::new();
    let _ = write!(
        request,
        r#"{{"userName":"ci-deploy","accessKeyId":"{}","status":"Inactive"}}"#,
        cast::user_key("ci-deploy")
    );
    vec![
        by_alice(21, GLOBAL, "iam", "UpdateAccessKey").ask(request),
        by_alice(23, GLOBAL, "iam", "DeleteLoginProfile").ask(r#"{"userName":"backup-svc"}"#),
        by_alice(26, HOME, "cloudtrail", "StartLogging")
            .ask(r#"{"name":"arn:aws:cloudtrail:eu-central-1:111122223333:trail/org-main"}"#),
    ]
}
