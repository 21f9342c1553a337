use super::*;

#[test]
fn users_may_be_empty_or_hold_blanks_and_words_of_the_message() {
    for (message, user, address) in [
        ("Failed password for root from 192.0.2.1 port 22 ssh2", "root", "192.0.2.1"),
        ("Failed none for invalid user  from 192.0.2.1 port 22 ssh2", "", "192.0.2.1"),
        (
            "Failed password for invalid user a from b from 192.0.2.1 port 9 ssh2",
            "a from b",
            "192.0.2.1",
        ),
        ("Invalid user x y from 192.0.2.1 port 22", "x y", "192.0.2.1"),
        ("Invalid user  from 2001:db8::1", "", "2001:db8::1"),
        ("Connection closed by invalid user pi 192.0.2.1 port 5 [preauth]", "pi", "192.0.2.1"),
        ("Connection closed by 192.0.2.1 port 5", "", "192.0.2.1"),
        ("User mallory from 192.0.2.1 not allowed because not listed", "mallory", "192.0.2.1"),
    ] {
        let known = read("sshd", message);
        assert_eq!((&*known.user, &*known.address), (user, address), "{message}");
    }
}

#[test]
fn a_command_is_kept_whole() {
    let known = read("sudo", "al : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh -c a ; USER=b");
    assert_eq!(
        (&*known.user, &*known.target, &*known.command),
        ("al", "root", "/bin/sh -c a ; USER=b")
    );
}

/// Program, message, and what is read of it.
const SAID: [(&str, &str, &str); 19] = [
    (
        "sshd-session",
        "Accepted publickey for alice from 192.0.2.1 port 22 ssh2: ED25519 SHA256:abc",
        "Accepted success alice 192.0.2.1 22 - SHA256:abc",
    ),
    (
        "sshd",
        "drop connection #1 from [192.0.2.1]:50022 on [198.51.100.1]:22 penalty: failed authentication",
        "drop connection denied - 192.0.2.1 50022 - -",
    ),
    (
        "sshd",
        "AuthorizedKeysCommand /opt/aws/bin/eic_run_authorized_keys alice SHA256:abc failed, status 22",
        "AuthorizedKeysCommand failure alice - - - SHA256:abc",
    ),
    (
        "sshd",
        "error: kex_exchange_identification: Connection closed by remote host",
        "error: kex_exchange_identification failure - - - - -",
    ),
    (
        "sshd",
        "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=root",
        "authentication failure failure root 192.0.2.1 - - -",
    ),
    (
        "sudo",
        "alice : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh",
        "COMMAND denied alice - - root -",
    ),
    ("sudo", "alice : (command continued) rest of it", "COMMAND unknown alice - - - -"),
    ("su", "+ /dev/pts/0 alice:root", "su success alice - - root -"),
    (
        "useradd",
        "new user: name=eve, UID=1001, GID=1001, home=/home/eve, shell=/bin/bash",
        "new user success - - - eve -",
    ),
    ("usermod", "add 'eve' to group 'sudo'", "add success - - - eve sudo"),
    ("gpasswd", "user eve added by root to group wheel", "added success root - - eve wheel"),
    ("chage", "changed password expiry for eve", "changed password expiry success - - - eve -"),
    ("crontab", "(alice) REPLACE (alice)", "REPLACE success alice - - - -"),
    (
        "systemd-logind",
        "New session '5' of user 'alice' with class 'user'.",
        "New session success alice - - - -",
    ),
    ("systemd", "Failed to start nginx.service.", "Failed failure - - - - nginx.service"),
    (
        "pkexec",
        "alice: Executing command [USER=root] [TTY=/dev/pts/0] [CWD=/home/alice] [COMMAND=/usr/bin/id]",
        "Executing command success alice - - root -",
    ),
    (
        "kernel",
        "[12345.678901] [UFW BLOCK] IN=eth0 OUT= MAC=00:11 SRC=203.0.113.9 DST=198.51.100.20 LEN=60 TTL=51 ID=1 DF PROTO=TCP SPT=40000 DPT=22 SYN URGP=0",
        "UFW BLOCK denied - 203.0.113.9 40000 - -",
    ),
    (
        "audit",
        "USER_LOGIN pid=1 uid=0 auid=1000 ses=3 msg='op=login acct=\"alice\" exe=\"/usr/sbin/sshd\" addr=192.0.2.1 res=failed'",
        "USER_LOGIN failure 1000 192.0.2.1 - alice /usr/sbin/sshd",
    ),
    ("unknown", "anything", " unknown - - - - -"),
];

#[test]
fn what_programs_say_is_typed() {
    for (program, message, said) in SAID {
        let known = read(program, message);
        let or = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
        let found = format!(
            "{} {} {} {} {} {} {}",
            known.event,
            known.outcome,
            or(&known.user),
            or(&known.address),
            or(&known.port),
            or(&known.target),
            or(&known.thing)
        );
        assert_eq!(found, said, "{message}");
    }
}
