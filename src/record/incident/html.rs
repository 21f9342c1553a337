//! The record as one page of HTML: no scripts, nothing loaded, nothing that is a link to elsewhere
//! (its Content Security Policy forbids what it does not have), for light and dark screens and for
//! paper.

use super::defang::{defanged, joined, line, lines};
use super::page::{Block, Cell, blocks};
use super::text::{NOT_STATED, html};
use super::{Incident, Severity, Written};
use crate::event::{counted, grouped};
use crate::shown::{Mode, show};
use std::fmt::Write;

/// Bytes of one record that are shown, and of all.
const RECORD: usize = 16 << 10;
const RECORDS: usize = 4 << 20;

const STYLE: &str = include_str!("incident.css");

pub(super) fn write(incident: &Incident) -> Written {
    let mut page = Page::default();
    page.head(incident);
    for block in blocks(incident) {
        page.draw(&block);
    }
    page.end()
}

#[derive(Default)]
struct Page {
    text: String,
    /// Bytes of records that are in it.
    records: usize,
    cut: u64,
    left: u64,
}

impl Page {
    fn head(&mut self, incident: &Incident) {
        let title = html(&line(&incident.heading()));
        let label = incident.tlp.map_or("TLP not stated", super::Tlp::label);
        let name = incident.tlp.map_or("none", super::Tlp::as_str).replace('+', "-");
        let _ = write!(
            self.text,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             style-src 'unsafe-inline'\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
             <style>\n{STYLE}</style>\n</head>\n<body>\n\
             <p class=\"tlp tlp-{name}\">{label}</p>\n<main>\n"
        );
    }

    fn draw(&mut self, block: &Block) {
        // Writing into a text does not fail.
        let _ = match block {
            Block::Heading(level, text, tone) => self.heading(*level, text, *tone),
            Block::Line(text) => writeln!(self.text, "<p>{}</p>", html(&line(text))),
            Block::Facts(facts) => {
                self.text.push_str("<dl>\n");
                for (name, value) in facts {
                    let _ = writeln!(self.text, "<dt>{name}</dt><dd>{}</dd>", cells(value));
                }
                writeln!(self.text, "</dl>")
            }
            Block::Items(items) => {
                self.text.push_str("<ul>\n");
                for item in items {
                    let _ = writeln!(self.text, "<li>{}</li>", cell(item));
                }
                writeln!(self.text, "</ul>")
            }
            Block::Table(head, rows) => self.table(head, rows),
            Block::Prose(by, text) => {
                self.text.push_str("<blockquote>\n");
                if let Some(by) = by {
                    let _ = writeln!(self.text, "<p class=\"by\">{}</p>", html(&line(by)));
                }
                let lines: Vec<String> = lines(text).map(|line| html(&line)).collect();
                writeln!(self.text, "<p>{}</p>\n</blockquote>", lines.join("<br>\n"))
            }
            Block::Record(title, bytes) => self.record(title, bytes),
        };
    }

    fn heading(&mut self, level: u8, text: &[Cell], tone: Option<Severity>) -> std::fmt::Result {
        let class = tone.map_or_else(String::new, |tone| format!(" class=\"tone {tone}\""));
        writeln!(self.text, "<h{level}{class}>{}</h{level}>", cells(text))
    }

    fn table(&mut self, head: &[&str], rows: &[Vec<Cell>]) -> std::fmt::Result {
        self.text.push_str("<div class=\"wide\"><table>\n<thead><tr>");
        for name in head {
            let _ = write!(self.text, "<th scope=\"col\">{name}</th>");
        }
        self.text.push_str("</tr></thead>\n<tbody>\n");
        for row in rows {
            self.text.push_str("<tr>");
            for it in row {
                let _ = write!(self.text, "<td>{}</td>", cell(it));
            }
            self.text.push_str("</tr>\n");
        }
        writeln!(self.text, "</tbody>\n</table></div>")
    }

    fn record(&mut self, title: &str, bytes: &[u8]) -> std::fmt::Result {
        let room = RECORD.min(RECORDS - self.records.min(RECORDS));
        if room == 0 {
            self.left += 1;
            return Ok(());
        }
        let some = &bytes[..room.min(bytes.len())];
        self.records += some.len();
        let shown = show(some, Mode::DETAIL);
        let rest = bytes.len() - some.len();
        let rest = if rest == 0 {
            String::new()
        } else {
            self.cut += 1;
            format!("\n({} more bytes are left out here)", grouped(rest as u64))
        };
        let text = html(&defanged(shown.as_str()));
        writeln!(
            self.text,
            "<details><summary>{}</summary><pre>\n{text}{rest}</pre></details>",
            html(&line(title))
        )
    }

    fn end(mut self) -> Written {
        let mut left_out = Vec::new();
        if self.left > 0 {
            left_out.push(format!("the bytes of {}", counted(self.left, "record", "records")));
        }
        if self.cut > 0 {
            left_out.push(format!("the end of {}", counted(self.cut, "record", "records")));
        }
        if !left_out.is_empty() {
            let left = left_out.join(", ");
            let _ = writeln!(self.text, "<p>Left out here: {left}; the JSON record has them.</p>");
        }
        self.text.push_str("</main>\n</body>\n</html>\n");
        Written { bytes: self.text.into_bytes(), left_out }
    }
}

fn cells(cells: &[Cell]) -> String {
    cells.iter().map(cell).collect::<Vec<_>>().join(" ")
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Own(text) => html(&line(text)),
        Cell::Words(text) => html(&joined(text)),
        Cell::Said(text) if text.is_empty() => "<code class=\"none\">(empty)</code>".to_owned(),
        Cell::Said(text) => format!("<code>{}</code>", html(&line(text))),
        Cell::NotStated => format!("<span class=\"none\">{NOT_STATED}</span>"),
    }
}
