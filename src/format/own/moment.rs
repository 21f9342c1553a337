//! The times of a definition: how they are written, and in which zone.

use super::definition::Said;
use crate::event::document::Document;
use crate::event::time::Pattern;
use crate::event::zone::Zone;
use crate::format::Context;
use crate::format::clock::{self, Stamp};

/// How times are written.
#[derive(Debug, Default)]
pub(super) struct Clock {
    form: Form,
    /// The zone of those that name none, in seconds east of UTC, if the definition says so.
    zone: Option<i32>,
}

#[derive(Debug, Default)]
enum Form {
    /// As one of the ways in which logs commonly have them.
    #[default]
    Auto,
    Rfc3339,
    Epoch,
    Pattern(Pattern),
}

/// Names of forms, beside patterns.
const FORMS: [&str; 3] = ["auto", "rfc3339", "epoch"];

impl Clock {
    pub(super) fn new(
        document: &mut Document<'_>,
        format: Option<&Said<'_>>,
        zone: Option<&Said<'_>>,
    ) -> Self {
        let form = match format {
            None => Form::Auto,
            Some(said) => match &*said.text {
                "auto" => Form::Auto,
                "rfc3339" => Form::Rfc3339,
                "epoch" => Form::Epoch,
                text if !text.contains('%') => {
                    let near = crate::event::nearest::did_you_mean(text, FORMS);
                    let message = format!(
                        "unknown form of times {text:?}{near} (known: {}, and patterns such as \
                         %Y-%m-%d %H:%M:%S%.f)",
                        FORMS.join(", ")
                    );
                    document.error(said.span.clone(), message);
                    Form::Auto
                }
                text => match Pattern::new(text) {
                    Ok(pattern) => Form::Pattern(pattern),
                    Err(fault) => {
                        document.error(document.within(&said.span, fault.at), fault.message);
                        Form::Auto
                    }
                },
            },
        };
        let zone = zone.and_then(|said| {
            let seconds = Zone::parse(&said.text).ok().map(Zone::seconds);
            if seconds.is_none() {
                let message = format!("{:?} is no zone; write UTC or +01:00", said.text);
                document.error(said.span.clone(), message);
            }
            seconds
        });
        Self { form, zone }
    }

    /// The time that all of the text is.
    pub(super) fn read(&self, text: &str, context: &Context) -> Option<Stamp> {
        let stamp = match &self.form {
            Form::Auto => clock::read(text)
                .and_then(|(stamp, rest)| rest.is_empty().then_some(stamp))
                .or_else(|| clock::epoch(text).map(Stamp::utc)),
            Form::Rfc3339 => {
                clock::iso(text).and_then(|(stamp, rest)| rest.is_empty().then_some(stamp))
            }
            Form::Epoch => clock::epoch(text).map(Stamp::utc),
            Form::Pattern(pattern) => {
                let written = pattern.read(text)?;
                let zone = self.zone.unwrap_or(context.zone_seconds);
                let time = written.time(zone, context.modified)?;
                if written.offset.is_some() || self.zone.is_some() {
                    return Some(Stamp::utc(time));
                }
                return Some(Stamp::assumed(time, zone));
            }
        }?;
        Some(self.zone.map_or(stamp, |zone| stamp.stated(zone)))
    }
}
