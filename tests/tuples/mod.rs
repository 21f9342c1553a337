//! Of a finding that tells of several connections, the ends of one row are those of one of them.

use super::context;
use super::rows::read;

const PROBES: &str = r#"[{"localPortDetails":{"port":80},"localIpDetails":{"ipAddressV4":"10.0.0.5"},"remoteIpDetails":{"ipAddressV4":"203.0.113.10"}},{"localPortDetails":{"port":443},"localIpDetails":{"ipAddressV4":"10.0.0.6"},"remoteIpDetails":{"ipAddressV4":"203.0.113.11"}}]"#;

/// The same as AWS writes it in other places.
fn capital(text: &str) -> String {
    let mut capital = String::new();
    let mut before = ' ';
    for c in text.chars() {
        let is_name = before == '"' && c.is_ascii_lowercase();
        capital.push(if is_name { c.to_ascii_uppercase() } else { c });
        before = c;
    }
    capital
}

fn guardduty() -> String {
    format!(
        r#"{{"schemaVersion":"2.0","accountId":"111122223333","region":"eu-west-1","partition":"aws","id":"1","arn":"arn:aws:guardduty:eu-west-1:111122223333:detector/d0/finding/1","type":"Recon:EC2/PortProbeUnprotectedPort","resource":{{"resourceType":"Instance"}},"service":{{"serviceName":"guardduty","detectorId":"d0","action":{{"actionType":"PORT_PROBE","portProbeAction":{{"blocked":false,"portProbeDetails":{PROBES}}}}},"archived":false,"count":1,"eventFirstSeen":"2026-03-04T10:00:00Z","eventLastSeen":"2026-03-04T10:00:00Z"}},"severity":2,"createdAt":"2026-03-04T10:00:00Z","updatedAt":"2026-03-04T10:00:00Z","title":"t","description":"d"}}"#
    )
}

fn securityhub() -> String {
    let probes = capital(PROBES);
    format!(
        r#"{{"SchemaVersion":"2018-10-08","Id":"arn:aws:guardduty:eu-west-1:111122223333:detector/d0/finding/1","ProductArn":"arn:aws:securityhub:eu-west-1::product/aws/guardduty","GeneratorId":"g","AwsAccountId":"111122223333","Region":"eu-west-1","Types":["TTPs/Discovery/Recon:EC2-PortProbeUnprotectedPort"],"CreatedAt":"2026-03-04T10:00:00Z","UpdatedAt":"2026-03-04T10:00:00Z","Severity":{{"Label":"LOW"}},"Title":"t","Description":"d","Resources":[{{"Type":"AwsEc2Instance","Id":"arn:aws:ec2:eu-west-1:111122223333:instance/i-1"}}],"Action":{{"ActionType":"PORT_PROBE","PortProbeAction":{{"PortProbeDetails":{probes},"Blocked":false}}}}}}"#
    )
}

fn ocsf() -> String {
    r#"{"activity_id":1,"category_uid":2,"class_name":"Detection Finding","class_uid":2004,"cloud":{"account":{"uid":"111122223333"},"provider":"AWS","region":"eu-west-1"},"finding_info":{"title":"t","uid":"u-1"},"metadata":{"version":"1.6.0","product":{"name":"GuardDuty"},"uid":"d"},"severity_id":4,"time":1772618400000,"type_uid":200401,"evidences":[{"src_endpoint":{"ip":"203.0.113.10"},"dst_endpoint":{"ip":"10.0.0.5","port":80}},{"src_endpoint":{"ip":"203.0.113.11"},"dst_endpoint":{"ip":"10.0.0.6","port":443}}]}"#.to_owned()
}

#[test]
fn ends_of_a_row_are_of_one_connection_and_the_others_are_found() {
    for (id, text) in [("guardduty", guardduty()), ("securityhub", securityhub()), ("ocsf", ocsf())]
    {
        let rows = read(context(), format!("{text}\n").as_bytes(), &[]);
        assert_eq!(rows.kept.len(), 1, "{id}");
        let row = &rows.kept[0];
        let ends = ["src.ip", "dst.ip", "dst.port"].map(|name| row.get(name).unwrap_or_default());
        assert_eq!((&*row.format, ends), (id, ["203.0.113.10", "10.0.0.5", "80"]));
        for address in ["203.0.113.11", "10.0.0.6"] {
            let is_it = |(_, value): &(String, String)| value.contains(address);
            assert!(row.fields.iter().any(is_it), "{id}: {address}");
        }
    }
}
