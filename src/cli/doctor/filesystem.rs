//! Kinds of file systems, by the number that `statfs` gives, and what each means for work that is
//! to stay.

/// What is to be known of a file system on which work is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    /// A disk of this host, as far as can be known.
    Local,
    /// Memory.
    Memory,
    /// Another host keeps it.
    Network,
    /// A program, or the host of a virtual machine, keeps it.
    Foreign,
    /// The layer that a container writes to.
    Container,
    /// Has no owners and modes.
    Open,
    /// Cannot be written by its nature.
    Sealed,
}

/// Numbers of statfs(2), `linux/magic.h` and the sources of the file systems.
const KINDS: &[(u32, &str, Nature)] = &[
    (0x0000_ef53, "ext4", Nature::Local),
    (0x5846_5342, "xfs", Nature::Local),
    (0x9123_683e, "btrfs", Nature::Local),
    (0x2fc1_2fc1, "zfs", Nature::Local),
    (0xf2f5_2010, "f2fs", Nature::Local),
    (0xca45_1a4e, "bcachefs", Nature::Local),
    (0x0000_f15f, "ecryptfs", Nature::Local),
    (0x0102_1994, "tmpfs", Nature::Memory),
    (0x8584_58f6, "ramfs", Nature::Memory),
    (0x0000_6969, "nfs", Nature::Network),
    (0xff53_4d42, "cifs", Nature::Network),
    (0xfe53_4d42, "smb", Nature::Network),
    (0x0000_517b, "smb", Nature::Network),
    (0x00c3_6400, "ceph", Nature::Network),
    (0x5346_414f, "afs", Nature::Network),
    (0x0bd0_0bd0, "lustre", Nature::Network),
    (0x0116_1970, "gfs2", Nature::Network),
    (0x7461_636f, "ocfs2", Nature::Network),
    (0x6573_5546, "fuse", Nature::Foreign),
    (0x0102_1997, "9p", Nature::Foreign),
    (0x794c_7630, "overlay", Nature::Container),
    (0x6175_6673, "aufs", Nature::Container),
    (0x0000_4d44, "vfat", Nature::Open),
    (0x2011_bab0, "exfat", Nature::Open),
    (0x5346_544e, "ntfs", Nature::Open),
    (0x7366_746e, "ntfs3", Nature::Open),
    (0x7371_7368, "squashfs", Nature::Sealed),
    (0x0000_9660, "iso9660", Nature::Sealed),
    (0xe0f5_e1e2, "erofs", Nature::Sealed),
];

/// The name and nature of the kind with this number.
pub(super) fn kind(number: u32) -> Option<(&'static str, Nature)> {
    let found = KINDS.iter().find(|(known, ..)| *known == number)?;
    Some((found.1, found.2))
}

impl Nature {
    /// What a person should know who keeps work there.
    pub(super) const fn about_work(self) -> Option<&'static str> {
        match self {
            Self::Local => None,
            Self::Memory => Some(
                "it is memory: work is gone when this host stops; name a folder on a disk with \
                 --workspace-dir",
            ),
            Self::Network => Some(
                "another host keeps it: a lock may not be seen by every host; let one at a time \
                 open a workspace, or name a local folder with --workspace-dir",
            ),
            Self::Foreign => Some(
                "a program or the host of this machine keeps it, and when work is on its disk \
                 cannot be known",
            ),
            Self::Container => Some(
                "it belongs to a container, and work is gone with that; name a folder on a volume \
                 with --workspace-dir",
            ),
            Self::Open => Some(
                "it has no owners: everybody on this host may read what is written; name another \
                 folder with --workspace-dir",
            ),
            Self::Sealed => Some("it cannot be written; name another folder with --workspace-dir"),
        }
    }
}
