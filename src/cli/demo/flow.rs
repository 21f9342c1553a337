//! VPC flow logs of the demo: a small network's traffic, a port scan, a guessed password and a
//! large copy to the intruder's address.

use super::cast::{self, BASTION, BASTION_ID, BASTION_INTERFACE, INTRUDER, at};
use super::random::Random;
use std::fmt::Write as _;

/// Seconds that one file covers.
pub(super) const WINDOW: i64 = 300;

const HEADER: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr\n";
const DEFAULT_HEADER: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n";

struct Host {
    address: &'static str,
    interface: &'static str,
    instance: &'static str,
}

const fn host(address: &'static str, interface: &'static str, instance: &'static str) -> Host {
    Host { address, interface, instance }
}

const HOSTS: &[Host] = &[
    host(BASTION, BASTION_INTERFACE, BASTION_ID),
    host("10.20.2.11", "eni-0aa11c0de00000011", "i-000000000000abc11"),
    host("10.20.2.12", "eni-0aa11c0de00000012", "i-000000000000abc12"),
    host("10.20.2.13", "eni-0aa11c0de00000013", "i-000000000000abc13"),
    host("10.20.3.21", "eni-0aa11c0de00000021", "i-000000000000abc21"),
    host("10.20.3.22", "eni-0aa11c0de00000022", "i-000000000000abc22"),
];

/// One direction of one conversation.
struct Flow<'a> {
    host: &'a Host,
    src: (&'a str, u64),
    dst: (&'a str, u64),
    packets: u64,
    bytes: u64,
    span: (i64, i64),
    accepted: bool,
}

impl Flow<'_> {
    fn write(&self, account: &str, wide: bool, out: &mut String) {
        let (src, dst) = (self.src, self.dst);
        let version = if wide { 3 } else { 2 };
        let action = if self.accepted { "ACCEPT" } else { "REJECT" };
        let _ = write!(
            out,
            "{version} {account} {} {} {} {} {} 6 {} {} {} {} {action} OK",
            self.host.interface,
            src.0,
            dst.0,
            src.1,
            dst.1,
            self.packets,
            self.bytes,
            self.span.0,
            self.span.1,
        );
        if wide {
            let flags = if self.accepted { 3 } else { 2 };
            let _ = write!(
                out,
                " vpc-0d3a0c0ffee123456 subnet-0d3a0c0ffee65432{} {} {flags} IPv4 {} {}",
                self.host.address.as_bytes()[6] & 7,
                self.host.instance,
                src.0,
                dst.0
            );
        }
        out.push('\n');
    }
}

/// Writes the file of the window that starts at `from`; returns the records in it.
pub(super) fn write(
    account: &str,
    from: i64,
    events: u64,
    wide: bool,
    random: &mut Random,
    out: &mut String,
) -> u64 {
    out.push_str(if wide { HEADER } else { DEFAULT_HEADER });
    for _ in 0..events {
        ordinary(from, random).write(account, wide, out);
    }
    let mut records = events;
    if account == cast::PRODUCTION {
        let mut story = |flow: Flow<'_>| {
            if (from..from + WINDOW).contains(&flow.span.1) {
                flow.write(account, wide, out);
                records += 1;
            }
        };
        scan(&mut story);
        guessing(&mut story);
        copying(&mut story);
    }
    records
}

fn ordinary(from: i64, random: &mut Random) -> Flow<'static> {
    const OUTSIDE: &[&str] = &[
        "198.51.100.7",
        "198.51.100.23",
        "198.51.100.41",
        "198.51.100.88",
        "198.51.100.140",
        "198.51.100.201",
        "192.0.2.11",
        "192.0.2.12",
        "192.0.2.80",
        "192.0.2.200",
    ];
    let end = from + random.between(0, WINDOW);
    let span = (end - random.between(5, 60), end);
    let packets = 2 + random.below(60);
    let bytes = packets * (60 + random.below(1200));
    let host = &HOSTS[random.below(HOSTS.len() as u64) as usize];
    let high = 32_768 + random.below(28_000);
    let (far, port) = match random.below(10) {
        0..=4 => (random.pick(OUTSIDE), 443),
        5..=6 => (HOSTS[4].address, 5432),
        7..=8 => (HOSTS[1 + random.below(3) as usize].address, 8080),
        _ => ("192.0.2.200", 123),
    };
    let accepted = random.below(60) > 0;
    let (near, far) = ((host.address, high), (far, port));
    let (src, dst) = if random.below(2) == 0 { (near, far) } else { (far, near) };
    Flow { host, src, dst, packets, bytes, span, accepted }
}

/// Every host, port by port, turned away.
fn scan(emit: &mut impl FnMut(Flow<'_>)) {
    const PORTS: &[u64] = &[
        21, 23, 25, 53, 80, 110, 111, 135, 139, 143, 389, 445, 873, 1433, 1521, 2049, 2375, 3306,
        3389, 5432, 5900, 5985, 6379, 8000, 8080, 8443, 9000, 9200, 11211, 27017,
    ];
    for (number, host) in HOSTS.iter().enumerate() {
        for (position, &port) in PORTS.iter().enumerate() {
            let start = at(10, 31, 20) + position as i64 * 4 + number as i64;
            emit(Flow {
                host,
                src: (INTRUDER, 41_000 + port % 1000),
                dst: (host.address, port),
                packets: 1,
                bytes: 44,
                span: (start, start + 1),
                accepted: false,
            });
        }
    }
}

/// The conversations behind the failed logins of `auth.log`.
fn guessing(emit: &mut impl FnMut(Flow<'_>)) {
    for number in 0..super::host::GUESSES {
        let start = at(10, 33, 4) + number * 4;
        emit(Flow {
            host: &HOSTS[0],
            src: (INTRUDER, 50_000 + number as u64),
            dst: (BASTION, 22),
            packets: 14,
            bytes: 2_610,
            span: (start, start + 3),
            accepted: true,
        });
    }
}

/// About six gigabytes leave the bastion for the intruder's address.
fn copying(emit: &mut impl FnMut(Flow<'_>)) {
    let mut random = Random::named("the copy to the intruder");
    for minute in 0..24 {
        let start = at(10, 45, 0) + minute * 60;
        let bytes = 180_000_000 + random.below(220_000_000);
        let (near, far) = ((BASTION, 44_712), (INTRUDER, 443));
        let span = (start, start + 58);
        let host = &HOSTS[0];
        let packets = bytes / 1448;
        emit(Flow { host, src: near, dst: far, packets, bytes, span, accepted: true });
        let packets = packets / 2;
        let bytes = packets * 52;
        emit(Flow { host, src: far, dst: near, packets, bytes, span, accepted: true });
    }
}
