//! What the app does with what comes of asking services: codes that they want, limits that left
//! something, and how long what is followed was on its way.

use super::App;
use crate::event::CodeWanted;
use crate::ui::message::{Effect, Message, Tone};
use crate::ui::view::code::{CodePrompt, say_missing};
use crate::ui::view::{Asked, Step};

impl App {
    pub(super) fn hear_of_services(&mut self, message: &Message) -> Vec<Step> {
        let model = &mut self.model;
        match message {
            Message::Deliveries(deliveries) => {
                model.deliveries = deliveries.clone();
                Vec::new()
            }
            Message::CodeWanted(wanted) => self.ask_for_code(wanted.as_ref()),
            Message::CodeTaken(text) => {
                model.say(Tone::Info, text.clone());
                vec![Step::Effect(Effect::ReadRefused)]
            }
            Message::Rest { source, rest } if rest.is_nothing() => {
                model.say(Tone::Info, format!("no limit left anything of {source}"));
                Vec::new()
            }
            Message::Rest { source, rest } => {
                let text = format!("fetch {rest}? (y/n)");
                let yes = Effect::FetchRest(source.clone());
                vec![Step::Ask(Asked { text, yes, no: "it stays where it is" })]
            }
            _ => Vec::new(),
        }
    }

    /// Asks for the code that AWS waits for, unless somebody is typing: then it is said which key does.
    fn ask_for_code(&mut self, wanted: Option<&CodeWanted>) -> Vec<Step> {
        self.model.code = wanted.cloned();
        let Some(wanted) = wanted else { return Vec::new() };
        if self.has_the_keys() {
            say_missing(&mut self.model, wanted);
            return Vec::new();
        }
        self.model.say(Tone::Warning, wanted.why.clone());
        vec![Step::Push(Box::new(CodePrompt::new(wanted.clone())))]
    }
}
