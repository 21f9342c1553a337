//! Where keymaps, themes and definitions of formats come from (built in, `/etc/trailcase`, the
//! user's own folder), and how mistakes in them are told. A bad file never stops the program: it is
//! left out, the problem is shown.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

pub use crate::event::document::Problem;
pub(crate) use crate::event::document::{Document, Table, Value};
pub(crate) use crate::event::nearest::did_you_mean;

/// The largest keymap or theme file that is read, in bytes.
pub const MAX_FILE: u64 = 256 * 1024;
/// Definitions of formats, at most.
pub const MAX_FORMATS: usize = 64;
/// The longest chain of files that inherit from each other.
pub const MAX_INHERITED: usize = 4;

/// The two kinds of settings files; the text is the name of their folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Keymap,
    Theme,
}

impl Kind {
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Keymap => "keymaps",
            Self::Theme => "themes",
        }
    }

    /// The files in the binary: name and text.
    pub const fn built_in(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Keymap => KEYMAPS,
            Self::Theme => THEMES,
        }
    }
}

const KEYMAPS: &[(&str, &str)] = &[
    ("default", include_str!("../../keymaps/default.toml")),
    ("vim", include_str!("../../keymaps/vim.toml")),
    ("emacs", include_str!("../../keymaps/emacs.toml")),
];

const THEMES: &[(&str, &str)] = &[
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("high-contrast", include_str!("../../themes/high-contrast.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
];

/// A settings file's text, and which layer it was found in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub label: String,
    pub text: String,
    /// 0 is built in; a higher layer hides a lower one's file of the same name.
    pub layer: usize,
}

/// The folders that are searched, the weakest first.
#[derive(Debug, Clone, Default)]
pub struct Places {
    folders: Vec<PathBuf>,
}

impl Places {
    /// `/etc/trailcase`, then the user's configuration folder if there is one (a service account
    /// without a home has none).
    pub fn of_system() -> Self {
        let user = directories::ProjectDirs::from("", "", "trailcase");
        let mut folders = vec![PathBuf::from("/etc/trailcase")];
        folders.extend(user.map(|dirs| dirs.config_dir().to_path_buf()));
        Self { folders }
    }

    /// Only what is built in, and these folders.
    pub fn with(folders: Vec<PathBuf>) -> Self {
        Self { folders }
    }

    /// The strongest file of this name below layer `below` (`usize::MAX` for any). Files that
    /// are there and may not be used are told in `problems`.
    pub fn find(
        &self,
        kind: Kind,
        name: &str,
        below: usize,
        problems: &mut Vec<Problem>,
    ) -> Option<Found> {
        if !is_name(name) {
            problems.push(Problem::of_file(
                kind.folder(),
                format!("{name:?} is no name: use a-z, 0-9 and -, at most 40 of them"),
            ));
            return None;
        }
        for (index, folder) in self.folders.iter().enumerate().rev() {
            if index + 1 >= below {
                continue;
            }
            let path = folder.join(kind.folder()).join(format!("{name}.toml"));
            match read(&path) {
                Ok(Some(text)) => {
                    return Some(Found {
                        label: path.display().to_string(),
                        text,
                        layer: index + 1,
                    });
                }
                Ok(None) => {}
                Err(problem) => problems.push(problem),
            }
        }
        let (_, text) = kind.built_in().iter().find(|(known, _)| *known == name && below > 0)?;
        Some(Found {
            label: format!("built-in {}/{name}.toml", kind.folder()),
            text: (*text).to_owned(),
            layer: 0,
        })
    }

    /// The folders of this name that are there, the weakest first.
    pub fn folders(&self, name: &str) -> Vec<PathBuf> {
        let all = self.folders.iter().map(|folder| folder.join(name));
        all.filter(|folder| folder.is_dir()).collect()
    }

    /// Every file of definitions of formats, sorted by name; a stronger one hides a weaker one of
    /// the same name. Files that may not be used are told in `problems`.
    pub fn formats(&self, problems: &mut Vec<Problem>) -> Vec<Found> {
        let mut files = BTreeMap::new();
        for (index, folder) in self.folders.iter().enumerate() {
            let Ok(entries) = std::fs::read_dir(folder.join("formats")) else { continue };
            for path in entries.flatten().map(|entry| entry.path()) {
                let name = path.file_name().unwrap_or_default().to_owned();
                let is_hidden = name.as_encoded_bytes().starts_with(b".");
                if path.extension().is_some_and(|end| end == "toml") && !is_hidden {
                    files.insert(name, (path, index + 1));
                }
            }
        }
        if files.len() > MAX_FORMATS {
            let message = format!("more than {MAX_FORMATS} definitions; the others are left out");
            problems.push(Problem::of_file("formats", message));
        }
        let mut found = Vec::new();
        for (path, layer) in files.into_values().take(MAX_FORMATS) {
            let label = path.display().to_string();
            match read(&path) {
                Ok(text) => found.extend(text.map(|text| Found { label, text, layer })),
                Err(problem) => problems.push(problem),
            }
        }
        found
    }

    /// Every name that can be asked for, sorted.
    pub fn names(&self, kind: Kind) -> Vec<String> {
        let mut names: Vec<String> =
            kind.built_in().iter().map(|(name, _)| (*name).to_owned()).collect();
        for folder in &self.folders {
            let Ok(entries) = std::fs::read_dir(folder.join(kind.folder())) else { continue };
            let files = entries.flatten().map(|entry| entry.file_name());
            names.extend(files.filter_map(|file| {
                let name = file.to_str()?.strip_suffix(".toml")?.to_owned();
                is_name(&name).then_some(name)
            }));
        }
        names.sort();
        names.dedup();
        names
    }
}

/// Names never are paths: a settings name may come from a case folder that somebody else made.
fn is_name(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=40).contains(&name.len()) && name.bytes().all(fits)
}

/// The text of a settings file that may be trusted; `None` if there is no such file.
pub fn read(path: &Path) -> Result<Option<String>, Problem> {
    let refuse = |message: String| Problem::of_file(path.display().to_string(), message);
    let mut file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(refuse(format!("cannot be read: {error}"))),
    };
    let meta = file.metadata().map_err(|error| refuse(format!("cannot be read: {error}")))?;
    if !meta.is_file() {
        return Err(refuse("is not a file".to_owned()));
    }
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::mode(&meta) & 0o002 != 0 {
        return Err(refuse("skipped: everybody may write to it; `chmod o-w` it".to_owned()));
    }
    let mut bytes = Vec::new();
    let read = Read::by_ref(&mut file).take(MAX_FILE + 1).read_to_end(&mut bytes);
    read.map_err(|error| refuse(format!("cannot be read: {error}")))?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(refuse(format!("skipped: larger than {} KiB", MAX_FILE / 1024)));
    }
    String::from_utf8(bytes).map(Some).map_err(|error| {
        refuse(format!("is not UTF-8 from byte {} on", error.utf8_error().valid_up_to()))
    })
}

#[cfg(test)]
mod tests;
