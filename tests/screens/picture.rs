//! A screen as text that can be compared and read: its characters, then for each row which style
//! covers how many columns.

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use regex::Regex;

/// The characters, row by row.
pub(crate) fn text(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width).max(1);
    let rows = buffer.content.chunks(width);
    let mut text = String::new();
    for row in rows {
        let line: String = row.iter().map(Cell::symbol).collect();
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Characters, styles and what the styles are. Times of the clock, which are all later than those
/// of the evidence, are made the same.
pub(crate) fn styled(buffer: &Buffer) -> String {
    let mut legend: Vec<String> = Vec::new();
    let mut lines = Vec::new();
    for row in buffer.content.chunks(usize::from(buffer.area.width).max(1)) {
        let mut line = Vec::new();
        for run in row.chunk_by(|a, b| style(a) == style(b)) {
            let style = style(&run[0]);
            let known = legend.iter().position(|known| *known == style);
            let number = known.unwrap_or_else(|| {
                legend.push(style);
                legend.len() - 1
            });
            line.push(format!("{}{}", letter(number), run.len()));
        }
        lines.push(line.join(" "));
    }
    let named = |(number, style): (usize, &String)| format!("{} {style}", letter(number));
    let legend: Vec<String> = legend.iter().enumerate().map(named).collect();
    let clock =
        Regex::new(r"20(2[7-9]|26-(0[5-9]|1))[-0-9]*[ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?").unwrap();
    let text = text(buffer);
    format!(
        "{}\n{}\n\n{}\n",
        clock.replace_all(&text, "(now)"),
        lines.join("\n"),
        legend.join("\n")
    )
}

fn letter(number: usize) -> String {
    let letter = |n: usize| char::from(b'a' + n as u8);
    if number < 26 {
        letter(number).to_string()
    } else {
        format!("{}{}", letter(number / 26 - 1), letter(number % 26))
    }
}

fn style(cell: &Cell) -> String {
    let colour = |colour: Color| match colour {
        Color::Reset => "-".to_owned(),
        other => other.to_string(),
    };
    let mut text = format!("{} on {}", colour(cell.fg), colour(cell.bg));
    for (modifier, name) in [
        (Modifier::BOLD, "bold"),
        (Modifier::DIM, "dim"),
        (Modifier::ITALIC, "italic"),
        (Modifier::UNDERLINED, "underlined"),
        (Modifier::REVERSED, "reversed"),
    ] {
        if cell.modifier.contains(modifier) {
            text.push(' ');
            text.push_str(name);
        }
    }
    text
}
