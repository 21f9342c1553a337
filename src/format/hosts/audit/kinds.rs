//! What the kinds of audit records are about.

use crate::event::Class;

/// Kinds by the numbers that the kernel gives them in its own log.
const NUMBERS: [(u16, &str); 47] = [
    (1006, "LOGIN"),
    (1100, "USER_AUTH"),
    (1101, "USER_ACCT"),
    (1102, "USER_MGMT"),
    (1103, "CRED_ACQ"),
    (1104, "CRED_DISP"),
    (1105, "USER_START"),
    (1106, "USER_END"),
    (1107, "USER_AVC"),
    (1108, "USER_CHAUTHTOK"),
    (1109, "USER_ERR"),
    (1110, "CRED_REFR"),
    (1112, "USER_LOGIN"),
    (1113, "USER_LOGOUT"),
    (1114, "ADD_USER"),
    (1115, "DEL_USER"),
    (1116, "ADD_GROUP"),
    (1117, "DEL_GROUP"),
    (1123, "USER_CMD"),
    (1124, "USER_TTY"),
    (1127, "SYSTEM_BOOT"),
    (1128, "SYSTEM_SHUTDOWN"),
    (1130, "SERVICE_START"),
    (1131, "SERVICE_STOP"),
    (1132, "GRP_MGMT"),
    (1200, "DAEMON_START"),
    (1201, "DAEMON_END"),
    (1202, "DAEMON_ABORT"),
    (1203, "DAEMON_CONFIG"),
    (1300, "SYSCALL"),
    (1302, "PATH"),
    (1305, "CONFIG_CHANGE"),
    (1306, "SOCKADDR"),
    (1307, "CWD"),
    (1309, "EXECVE"),
    (1319, "TTY"),
    (1320, "EOE"),
    (1325, "NETFILTER_CFG"),
    (1326, "SECCOMP"),
    (1327, "PROCTITLE"),
    (1330, "KERN_MODULE"),
    (1334, "BPF"),
    (1400, "AVC"),
    (1403, "MAC_POLICY_LOAD"),
    (1404, "MAC_STATUS"),
    (1700, "ANOM_PROMISCUOUS"),
    (1701, "ANOM_ABEND"),
];

/// The name of a kind that may stand as its number.
pub(super) fn name(kind: &str) -> &str {
    match kind.strip_prefix("UNKNOWN[").and_then(|kind| kind.strip_suffix(']')).unwrap_or(kind) {
        number if number.starts_with(|c: char| c.is_ascii_digit()) => {
            let known = number.parse().ok();
            let found = NUMBERS.iter().find(|(number, _)| Some(*number) == known);
            found.map_or(kind, |(_, name)| *name)
        }
        _ => kind,
    }
}

/// Whether records of this kind only add to what another of the same event says.
pub(super) fn is_addition(kind: &str) -> bool {
    matches!(
        kind,
        "SYSCALL"
            | "PATH"
            | "CWD"
            | "PROCTITLE"
            | "EXECVE"
            | "SOCKADDR"
            | "EOE"
            | "FD_PAIR"
            | "OBJ_PID"
            | "MMAP"
            | "SOCKETCALL"
            | "IPC"
            | "BPRM_FCAPS"
            | "CAPSET"
    )
}

/// What an event of this name is about: a kind, or a system call.
pub(super) fn class(event: &str) -> Class {
    match event {
        "ADD_USER" | "DEL_USER" | "ADD_GROUP" | "DEL_GROUP" | "USER_MGMT" | "GRP_MGMT"
        | "USER_CHAUTHTOK" | "GRP_CHAUTHTOK" | "ACCT_LOCK" | "ACCT_UNLOCK" => Class::Account,
        "USER_CMD" | "USER_TTY" | "TTY" | "execve" | "execveat" | "fork" | "vfork" | "clone"
        | "clone3" | "kill" | "tkill" | "tgkill" | "ptrace" | "EXECVE" | "PROCTITLE" => {
            Class::Process
        }
        "AVC" | "USER_AVC" | "USER_ROLE_CHANGE" | "chmod" | "fchmod" | "fchmodat" | "chown"
        | "fchown" | "lchown" | "fchownat" | "setuid" | "setgid" | "setresuid" | "setresgid"
        | "setreuid" | "setregid" | "capset" | "setxattr" | "lsetxattr" | "fsetxattr" => {
            Class::Permission
        }
        "NETFILTER_CFG" | "KERN_MODULE" | "BPF" | "bpf" | "init_module" | "finit_module"
        | "delete_module" | "mount" | "umount2" | "sethostname" | "settimeofday"
        | "clock_settime" | "adjtimex" | "SERVICE_START" | "SERVICE_STOP" | "SYSTEM_BOOT"
        | "SYSTEM_SHUTDOWN" | "SYSTEM_RUNLEVEL" => Class::Config,
        "CONFIG_CHANGE" | "LOGIN_CONFIG" | "FEATURE_CHANGE" => Class::AuditSystem,
        "connect" | "accept" | "accept4" | "bind" | "listen" | "socket" | "sendto" | "recvfrom"
        | "sendmsg" | "recvmsg" | "SOCKADDR" => Class::Network,
        "unlink" | "unlinkat" | "rmdir" | "rename" | "renameat" | "renameat2" => Class::DataDelete,
        "creat" | "write" | "truncate" | "ftruncate" | "mkdir" | "mkdirat" | "link" | "linkat"
        | "symlink" | "symlinkat" | "mknod" | "mknodat" => Class::DataWrite,
        "open" | "openat" | "openat2" | "read" | "readlink" => Class::DataRead,
        "SECCOMP" => Class::Permission,
        _ if event.starts_with("DAEMON_") => Class::AuditSystem,
        _ if event.starts_with("MAC_") => Class::Config,
        _ if event.starts_with("ANOM_") || event.starts_with("RESP_") => Class::Intrusion,
        _ if event.starts_with("USER_") || event.starts_with("CRED_") || event == "LOGIN" => {
            Class::Auth
        }
        _ => Class::Other,
    }
}
