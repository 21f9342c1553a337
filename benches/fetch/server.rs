//! A bucket that costs as little as can be: `ListObjectsV2` and `GetObject` over connections that
//! stay open, from a folder or from nothing but a number. A connection may give only so much a
//! second, as those of a service do.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What there is, in the order of the keys.
pub(crate) struct Bucket {
    keys: Vec<(String, u64)>,
    content: Content,
    /// Bytes a second that a connection gives, if that is limited.
    rate: Option<u64>,
}

enum Content {
    Folder(PathBuf),
    /// Each object is the end of its own key as a line of JSON.
    Made,
    /// One object of zeros.
    Zeros,
}

impl Bucket {
    pub(crate) fn of(folder: &Path) -> Self {
        let (mut keys, mut folders) = (Vec::new(), vec![folder.to_owned()]);
        while let Some(inner) = folders.pop() {
            for entry in fs::read_dir(inner).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let key = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                keys.push((key, path.metadata().unwrap().len()));
            }
        }
        keys.sort();
        Self { keys, content: Content::Folder(folder.to_owned()), rate: None }
    }

    /// So many small objects, named as CloudTrail names its files.
    pub(crate) fn made(count: usize) -> Self {
        let key = |number: usize| {
            let (day, minute) = (number / 3000, number % 3000);
            let (month, day) = (day / 28 + 1, day % 28 + 1);
            let trail = "AWSLogs/111122223333/CloudTrail/eu-central-1";
            let stamp = format!("2026{month:02}{day:02}T{:02}{:02}Z", minute / 125, minute % 60);
            let key = format!(
                "{trail}/2026/{month:02}/{day:02}/111122223333_CloudTrail_eu-central-1_{stamp}_{minute:016}.json.gz"
            );
            let bytes = line(&key).len() as u64;
            (key, bytes)
        };
        let mut keys: Vec<(String, u64)> = (0..count).map(key).collect();
        keys.sort();
        Self { keys, content: Content::Made, rate: None }
    }

    /// One large object, of which each connection gives so much a second.
    pub(crate) fn large(bytes: u64, rate: u64) -> Self {
        let keys = vec![("large".to_owned(), bytes)];
        Self { keys, content: Content::Zeros, rate: Some(rate) }
    }

    /// Writes every object below a folder.
    pub(crate) fn write(&self, folder: &Path) {
        for (key, _) in &self.keys {
            let path = folder.join(key);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, line(key)).unwrap();
        }
    }

    /// Answers from now on; gives the endpoint.
    pub(crate) fn serve(self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let bucket = Arc::new(self);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let bucket = Arc::clone(&bucket);
                // It ends when the client leaves.
                std::thread::spawn(move || bucket.answer_all(client.unwrap()));
            }
        });
        endpoint
    }

    fn answer_all(&self, client: TcpStream) -> io::Result<()> {
        client.set_nodelay(true)?;
        let (mut reader, mut client) = (BufReader::new(client.try_clone()?), client);
        let mut text = String::new();
        loop {
            text.clear();
            while !text.ends_with("\r\n\r\n") {
                if reader.read_line(&mut text)? == 0 {
                    return Ok(());
                }
            }
            let mut words = text.split(' ');
            let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
            let (path, query) = target.split_once('?').unwrap_or((target, ""));
            match path.trim_start_matches('/').split_once('/') {
                Some((_, key)) if !key.is_empty() && method == "HEAD" => {
                    let at = self.keys.iter().find(|(one, _)| *one == decoded(key));
                    head(&mut client, 200, at.map_or(0, |(_, bytes)| *bytes))?;
                }
                Some((_, key)) if !key.is_empty() => {
                    self.object(&decoded(key), range(&text), &mut client)?;
                }
                _ if method == "HEAD" => head(&mut client, 200, 0)?,
                _ => {
                    let page = self.page(query);
                    head(&mut client, 200, page.len() as u64)?;
                    client.write_all(page.as_bytes())?;
                }
            }
        }
    }

    fn object(
        &self,
        key: &str,
        range: Option<(u64, u64)>,
        client: &mut TcpStream,
    ) -> io::Result<()> {
        let at = self.keys.binary_search_by(|(one, _)| one.as_str().cmp(key));
        let Ok(at) = at else { return head(client, 404, 0) };
        let bytes = self.keys[at].1;
        if let (Content::Zeros, range) = (&self.content, range) {
            let (from, to) = range.unwrap_or((0, bytes - 1));
            let length = to + 1 - from;
            write!(
                client,
                "HTTP/1.1 {} OK\r\ncontent-length: {length}\r\n\
                 content-range: bytes {from}-{to}/{bytes}\r\n{ETAG}\r\n\r\n",
                if range.is_some() { 206 } else { 200 }
            )?;
            return self.zeros(length, client);
        }
        head(client, 200, bytes)?;
        match &self.content {
            Content::Zeros => Ok(()),
            Content::Folder(folder) => {
                io::copy(&mut File::open(folder.join(key))?, client).map(drop)
            }
            Content::Made => client.write_all(line(key).as_bytes()),
        }
    }

    fn zeros(&self, bytes: u64, client: &mut TcpStream) -> io::Result<()> {
        const PIECE: u64 = 64 << 10;
        let (piece, begun, mut sent) = (vec![0; PIECE as usize], Instant::now(), 0);
        while sent < bytes {
            let length = PIECE.min(bytes - sent);
            client.write_all(&piece[..length as usize])?;
            sent += length;
            if let Some(rate) = self.rate {
                let due = Duration::from_secs_f64(sent as f64 / rate as f64);
                std::thread::sleep(due.saturating_sub(begun.elapsed()));
            }
        }
        Ok(())
    }

    fn page(&self, query: &str) -> String {
        const PAGE: usize = 1000;
        let of = |name: &str| {
            let named =
                query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            decoded(named.unwrap_or_default())
        };
        let (prefix, by_folder) = (of("prefix"), of("delimiter") == "/");
        let after = of("start-after").max(of("continuation-token"));
        let from = self.keys.partition_point(|(key, _)| *key <= after || *key < prefix);
        let (mut xml, mut count, mut last) = (String::new(), 0, String::new());
        let mut truncated = false;
        for (key, bytes) in self.keys[from..].iter().take_while(|(key, _)| key.starts_with(&prefix))
        {
            if by_folder && last.ends_with('\u{10FFFF}') && key.as_str() < last.as_str() {
                continue;
            }
            if count == PAGE {
                truncated = true;
                break;
            }
            count += 1;
            let folder = key[prefix.len()..].find('/').filter(|_| by_folder);
            if let Some(slash) = folder {
                let folder = &key[..=prefix.len() + slash];
                let _ = write!(xml, "<CommonPrefixes><Prefix>{folder}</Prefix></CommonPrefixes>");
                last = format!("{folder}\u{10FFFF}");
                continue;
            }
            last.clone_from(key);
            let _ = write!(
                xml,
                "<Contents><Key>{key}</Key><LastModified>2026-03-04T10:00:00.000Z</LastModified>\
                 <ETag>&quot;0123456789abcdef0123456789abcdef&quot;</ETag><Size>{bytes}</Size>\
                 <StorageClass>STANDARD</StorageClass></Contents>"
            );
        }
        let next = if truncated {
            format!("<NextContinuationToken>{last}</NextContinuationToken>")
        } else {
            String::new()
        };
        format!(
            "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
             <IsTruncated>{truncated}</IsTruncated>{next}{xml}</ListBucketResult>"
        )
    }
}

/// The bytes that a request asks for, if it does not ask for all.
fn range(text: &str) -> Option<(u64, u64)> {
    let line = text.lines().find(|line| line.to_ascii_lowercase().starts_with("range:"))?;
    let (from, to) = line.split_once('=')?.1.split_once('-')?;
    Some((from.parse().ok()?, to.parse().ok()?))
}

const ETAG: &str = "etag: \"0123456789abcdef0123456789abcdef\"";

fn line(key: &str) -> String {
    // What differs from object to object.
    let (_, message) = key.rsplit_once("eu-central-1_").unwrap_or(("", key));
    format!("{{\"time\":\"2026-03-04T10:00:00Z\",\"message\":\"{message}\"}}\n")
}

fn head(client: &mut TcpStream, status: u16, length: u64) -> io::Result<()> {
    let head = format!("HTTP/1.1 {status} OK\r\ncontent-length: {length}\r\n{ETAG}\r\n\r\n");
    client.write_all(head.as_bytes())
}

/// Without the signs that stand for others in a query.
fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, behind @ ..] = rest {
        let code = (*first == b'%').then(|| behind.get(..2)).flatten();
        let code =
            code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = &behind[if code.is_some() { 2 } else { 0 }..];
    }
    String::from_utf8(bytes).unwrap()
}
