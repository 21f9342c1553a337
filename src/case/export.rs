//! Writing a workspace into one file. It is only read, so a workspace that somebody works in can be
//! exported too: its journal grows at its end alone, and is taken as far as it is whole.

use super::parcel::manifest::{Listed, Manifest};
use super::parcel::packing::Packing;
use super::parcel::{self, MANIFEST};
use super::workspace::{AGAIN, CACHE, FORMAT, PUBLIC_KEYS, is_key_file};
use super::{CaseError, CaseState, Finding, Workspaces, chains, files, journal};
use super::{receipts, view, workspace};
use crate::event::{Timestamp, unlabel};
use crate::shown::spelled;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// How much goes along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// The journal, and a list of the evidence.
    Manifest,
    /// Also what cannot be read again.
    Journal,
    /// Also the evidence itself.
    Evidence,
}

/// An evidence object of the workspace's sources.
pub struct Object<'a> {
    /// Its path as a [`label`](crate::event::label), absolute.
    pub path: String,
    pub bytes: Option<u64>,
    pub modified: Option<Timestamp>,
    /// Why it is not to be read.
    pub left: Option<String>,
    /// Opens it, or says why not.
    pub open: Box<dyn FnOnce() -> Result<Box<dyn Read>, String> + 'a>,
}

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    pub path: PathBuf,
    pub bytes: u64,
    pub sha256: String,
    /// Entries of the workspace's own chain, and the hash of the last.
    pub entries: usize,
    pub head: String,
    pub objects: usize,
    /// Objects that are not what they were when records in them were marked.
    pub changed: Vec<String>,
    /// Objects that could not be opened and are not in the file, with the reason.
    pub left: Vec<(String, String)>,
    /// What is wrong with the journal.
    pub findings: Vec<Finding>,
}

impl Workspaces {
    /// Writes the workspace into a new file at `to`, or, if that is nothing, into one in the
    /// current folder that is named by the workspace and its last hash. After an error there is no
    /// such file.
    pub fn export(
        &self,
        name: &str,
        to: Option<&Path>,
        extent: Extent,
        objects: &mut dyn Iterator<Item = Object<'_>>,
    ) -> Result<Exported, CaseError> {
        let info = self.info(name)?;
        let folder = self.path_of(name)?;
        let path = folder.join(journal::FILE);
        let mut own = journal::read(&path, &info.id).map_err(CaseError::at(&path))?;
        let findings = std::mem::take(&mut own.findings);
        let good = own.good;
        let own = own.into_strand();
        let to = to.map_or_else(
            || {
                PathBuf::from(format!(
                    "{name}-{}.trailcase.tar.zst",
                    own.head.get(..12).unwrap_or_default()
                ))
            },
            Path::to_owned,
        );
        if to.symlink_metadata().is_ok() {
            return Err(CaseError::Refused(format!(
                "{}: is there already; name another file with -o, or remove it",
                to.display()
            )));
        }
        let time = own.entries.last().map_or(info.created, |entry| entry.at);
        let known = hashes(&folder, own.clone())?;
        let manifest = Manifest {
            format: FORMAT,
            program: concat!("trailcase ", env!("CARGO_PKG_VERSION")).to_owned(),
            workspace: info.id.clone(),
            entries: own.entries.len(),
            head: own.head.clone(),
            objects: Vec::new(),
        };
        let temporary = beside(&to, &own.head);
        let file = files::private().write(true).create_new(true).open(&temporary);
        let file = file.map_err(at(&temporary))?;
        let writer = Writer { folder: &folder, to: &to, seconds: seconds(time), extent, manifest };
        let written = writer.write(file, good, &known, objects).and_then(|mut exported| {
            place(&temporary, &to).map_err(at(&to))?;
            exported.findings = findings;
            Ok(exported)
        });
        if written.is_err() {
            // Its space may be wanted.
            let _ = fs::remove_file(&temporary);
        }
        written
    }
}

struct Writer<'a> {
    folder: &'a Path,
    to: &'a Path,
    seconds: u64,
    extent: Extent,
    manifest: Manifest,
}

impl Writer<'_> {
    fn write(
        mut self,
        file: File,
        good: u64,
        known: &HashMap<String, HashSet<String>>,
        objects: &mut dyn Iterator<Item = Object<'_>>,
    ) -> Result<Exported, CaseError> {
        let mut packing = Packing::new(file).map_err(at(self.to))?;
        self.part(&mut packing, workspace::FILE, None)?;
        self.part(&mut packing, journal::FILE, Some(good))?;
        for kept in chains::read(self.folder)? {
            let name = kept.path.file_name().unwrap_or_default().to_string_lossy();
            let name = format!("{}/{name}", chains::FOLDER);
            self.part(&mut packing, &name, Some(kept.chain.good))?;
        }
        if self.folder.join(view::VIEW).exists() {
            self.part(&mut packing, view::VIEW, None)?;
        }
        // Without them the evidence would not be proven elsewhere.
        for name in names(&self.folder.join(PUBLIC_KEYS))?.iter().filter(|name| is_key_file(name)) {
            self.part(&mut packing, &format!("{PUBLIC_KEYS}/{name}"), None)?;
        }
        for name in names(&self.folder.join(receipts::FOLDER))?
            .iter()
            .filter(|name| receipts::is_list(name))
        {
            self.part(&mut packing, &format!("{}/{name}", receipts::FOLDER), None)?;
        }
        if self.extent != Extent::Manifest {
            let kept = names(&self.folder.join(CACHE))?;
            for name in kept.iter().filter(|name| !name.starts_with(AGAIN)) {
                self.part(&mut packing, &format!("{CACHE}/{name}"), None)?;
            }
        }
        let (mut changed, mut left) = (Vec::new(), Vec::new());
        let mut met = HashSet::new();
        for object in objects {
            let meant = object.left.is_some();
            // Sources may overlap, or be spelled in several ways: an object travels once.
            if !met.insert((parcel::member_of(&unlabel(&object.path)), meant)) {
                continue;
            }
            let listed = self.object(&mut packing, object, known)?;
            let (path, before) = (listed.path.clone(), known.get(&listed.path));
            if listed.member.is_some()
                && before
                    .is_some_and(|before| !listed.sha256.iter().all(|now| before.contains(now)))
            {
                changed.push(path.clone());
            }
            left.extend(listed.left.clone().filter(|_| !meant).map(|why| (path, why)));
            self.manifest.objects.push(listed);
        }
        let json = serde_json::to_string_pretty(&self.manifest);
        let mut json = spelled(json.map_err(|error| at(self.to)(error.into()))?);
        json.push('\n');
        let size = json.len() as u64;
        packing
            .add(MANIFEST.as_bytes(), size, self.seconds, json.as_bytes())
            .map_err(at(self.to))?;
        let (file, sha256, bytes) = packing.finish(self.seconds).map_err(at(self.to))?;
        file.sync_all().map_err(at(self.to))?;
        let Manifest { entries, head, objects, .. } = self.manifest;
        let (path, objects) = (self.to.to_owned(), objects.len());
        let findings = Vec::new();
        Ok(Exported { path, bytes, sha256, entries, head, objects, changed, left, findings })
    }

    /// Adds a file of the workspace, all of it or its first bytes.
    fn part(
        &self,
        packing: &mut Packing<File>,
        name: &str,
        size: Option<u64>,
    ) -> Result<(), CaseError> {
        let path = self.folder.join(name);
        let file = files::private().read(true).open(&path).map_err(CaseError::at(&path))?;
        let about = file.metadata().map_err(CaseError::at(&path))?;
        let size = size.unwrap_or(about.len());
        // How old a copy is gives the year to times that have none.
        let since = about.modified().ok().filter(|_| name.starts_with(CACHE));
        let since = since.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let time = since.map_or(self.seconds, |since| since.as_secs());
        packing.add(name.as_bytes(), size, time, file).map_err(at(self.to))?;
        Ok(())
    }

    /// Lists an evidence object, and adds it if evidence goes along.
    fn object(
        &self,
        packing: &mut Packing<File>,
        object: Object<'_>,
        known: &HashMap<String, HashSet<String>>,
    ) -> Result<Listed, CaseError> {
        let Object { path, bytes, modified, left, open } = object;
        // Where records of one path have several hashes, none is that of the path.
        let marked = known.get(&path).filter(|hashes| hashes.len() == 1);
        let mut listed = Listed {
            bytes,
            modified: modified.map(|time| time.to_rfc3339(3)),
            sha256: marked.and_then(|hashes| hashes.iter().next().cloned()),
            path,
            left,
            ..Listed::default()
        };
        if self.extent != Extent::Evidence || listed.left.is_some() {
            return Ok(listed);
        }
        let reader = match (open(), bytes) {
            (Ok(reader), Some(size)) => Ok((reader, size)),
            (Ok(_), None) => Err("can be read only once".to_owned()),
            (Err(why), _) => Err(why),
        };
        match reader {
            Ok((reader, size)) => {
                let member = parcel::member_of(&unlabel(&listed.path));
                let time = modified.map_or(self.seconds, seconds);
                let hash = packing
                    .add(&member, size, time, reader)
                    .map_err(|source| self.about(&listed.path, source))?;
                listed.member = Some(crate::event::label(&member));
                listed.sha256 = Some(hash);
            }
            Err(why) => listed.left = Some(why),
        }
        Ok(listed)
    }

    /// Whether reading the evidence failed or writing the file cannot be told apart but by what
    /// only one of them can be.
    fn about(&self, object: &str, source: io::Error) -> CaseError {
        if source.kind() == io::ErrorKind::UnexpectedEof {
            let text = format!("{object}: {source}; export again when it has come to rest");
            return CaseError::Refused(text);
        }
        at(self.to)(source)
    }
}

/// The hashes by which records were marked in objects, by path.
fn hashes(
    folder: &Path,
    own: super::Strand,
) -> Result<HashMap<String, HashSet<String>>, CaseError> {
    let mut strands = vec![own];
    strands.extend(chains::read(folder)?.into_iter().map(|kept| kept.chain.into_strand()));
    let mut known: HashMap<String, HashSet<String>> = HashMap::new();
    for entry in CaseState::of(&strands).entries() {
        for exhibit in entry.what.exhibits() {
            if let Some(hash) = &exhibit.sha256 {
                known.entry(exhibit.object.clone()).or_default().insert(hash.clone());
            }
        }
    }
    Ok(known)
}

/// The names of the plain files in a folder, in order.
pub(super) fn names(folder: &Path) -> Result<Vec<String>, CaseError> {
    let listing = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listing => listing.map_err(CaseError::at(folder))?,
    };
    let mut names = Vec::new();
    for found in listing {
        let found = found.map_err(CaseError::at(folder))?;
        let is_file = found.file_type().is_ok_and(|kind| kind.is_file());
        names.extend(found.file_name().into_string().ok().filter(|_| is_file));
    }
    names.sort();
    Ok(names)
}

fn seconds(time: Timestamp) -> u64 {
    u64::try_from(time.0.div_euclid(Timestamp::SECOND)).unwrap_or(0)
}

/// A name in the same folder, for the file while it is written.
fn beside(to: &Path, head: &str) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(to.file_name().unwrap_or_default());
    name.push(format!(".{}-{}", std::process::id(), head.get(..8).unwrap_or_default()));
    to.with_file_name(name)
}

/// Gives the file its name, unless somebody else did meanwhile.
pub(super) fn place(from: &Path, to: &Path) -> io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Ok(()) => {}
        // Not every file system can do both in one step.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {
            if to.symlink_metadata().is_ok() {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            fs::rename(from, to)?;
        }
        Err(error) => return Err(error.into()),
    }
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> CaseError {
    let path = path.to_owned();
    move |source| CaseError::Write { path, source }
}
