//! The condition of a rule: which of its searches must hold.
//!
//! ```text
//! any  = all { "or" all } ;
//! all  = one { "and" one } ;
//! one  = "not" one | "(" any ")" | ( "1" | "any" | "all" ) "of" ( "them" | NAME* ) | NAME ;
//! ```
//!
//! Source: the Sigma specification 2.1, "Condition". A name with a `*` stands for all searches of
//! such names; `them` for all whose names do not begin with `_`.

/// A condition, with the searches by their place in the rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    Search(usize),
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
}

/// Parentheses within each other.
const DEEPEST: usize = 64;

/// Reads a condition of searches with these names.
///
/// # Errors
/// What is wrong, for whoever wrote the rule.
pub(super) fn read(text: &str, names: &[String]) -> Result<Condition, String> {
    if text.contains('|') {
        return Err(
            "counts behind `|` were taken out of Sigma; write a correlation rule".to_owned()
        );
    }
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { words: &words, at: 0, names };
    let condition = reader.any(0)?;
    match reader.peek() {
        None => Ok(condition),
        Some(word) => Err(format!("{word:?} is not expected there in the condition")),
    }
}

struct Reader<'a> {
    words: &'a [&'a str],
    at: usize,
    names: &'a [String],
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.at).copied()
    }

    fn take(&mut self, word: &str) -> bool {
        let is = self.peek().is_some_and(|next| next.eq_ignore_ascii_case(word));
        self.at += usize::from(is);
        is
    }

    fn any(&mut self, depth: usize) -> Result<Condition, String> {
        let mut parts = vec![self.all(depth)?];
        while self.take("or") {
            parts.push(self.all(depth)?);
        }
        Ok(joined(parts, Condition::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Condition, String> {
        let mut parts = vec![self.one(depth)?];
        while self.take("and") {
            parts.push(self.one(depth)?);
        }
        Ok(joined(parts, Condition::All))
    }

    fn one(&mut self, depth: usize) -> Result<Condition, String> {
        if depth > DEEPEST {
            return Err("the condition is nested too deep".to_owned());
        }
        if self.take("not") {
            return Ok(Condition::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.take("(") {
            let inner = self.any(depth + 1)?;
            return if self.take(")") {
                Ok(inner)
            } else {
                Err("a `)` is missing in the condition".to_owned())
            };
        }
        let Some(word) = self.peek() else { return Err("the condition breaks off".to_owned()) };
        self.at += 1;
        if self.take("of") {
            return self.of(word);
        }
        match self.names.iter().position(|name| name == word) {
            Some(at) => Ok(Condition::Search(at)),
            None => Err(format!("the condition asks for {word:?}, and there is no such search")),
        }
    }

    /// `1 of selection_*`
    fn of(&mut self, count: &str) -> Result<Condition, String> {
        let make = match count.to_ascii_lowercase().as_str() {
            "1" | "any" => Condition::Any,
            "all" => Condition::All,
            _ => return Err(format!("{count:?} of: only `1 of` and `all of` are known")),
        };
        let Some(wanted) = self.peek() else { return Err("the condition breaks off".to_owned()) };
        self.at += 1;
        let them = wanted.eq_ignore_ascii_case("them");
        let is = |name: &String| if them { !name.starts_with('_') } else { fits(wanted, name) };
        let found: Vec<Condition> = (0..self.names.len())
            .filter(|at| is(&self.names[*at]))
            .map(Condition::Search)
            .collect();
        if found.is_empty() {
            return Err(format!("the condition asks for {wanted:?}, and there is no such search"));
        }
        Ok(joined(found, make))
    }
}

fn joined(mut parts: Vec<Condition>, make: fn(Vec<Condition>) -> Condition) -> Condition {
    if parts.len() == 1 { parts.remove(0) } else { make(parts) }
}

/// Whether a name fits one with `*` in it.
fn fits(wanted: &str, name: &str) -> bool {
    let Some((first, rest)) = wanted.split_once('*') else { return wanted == name };
    let Some(mut left) = name.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or("");
    for part in parts {
        let Some((_, after)) = left.split_once(part) else { return false };
        left = after;
    }
    left.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::Condition::{All, Any, Not, Search};
    use super::*;

    fn names() -> Vec<String> {
        ["selection_a", "selection_b", "filter", "_hidden"].map(str::to_owned).to_vec()
    }

    #[test]
    fn not_binds_closer_than_and_and_that_closer_than_or() {
        let read = |text| read(text, &names()).unwrap();
        assert_eq!(
            read("selection_a and not filter or selection_b"),
            Any(vec![All(vec![Search(0), Not(Box::new(Search(2)))]), Search(1)])
        );
        assert_eq!(
            read("selection_a and not (filter or selection_b)"),
            All(vec![Search(0), Not(Box::new(Any(vec![Search(2), Search(1)])))])
        );
        assert_eq!(read("1 of selection_*"), Any(vec![Search(0), Search(1)]));
        assert_eq!(read("ALL OF them"), All(vec![Search(0), Search(1), Search(2)]));
        assert_eq!(
            read("filter and not 1 of sel*_a"),
            All(vec![Search(2), Not(Box::new(Search(0)))])
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, wrong) in [
            ("nobody", "no such search"),
            ("1 of nobody*", "no such search"),
            ("2 of selection_*", "only `1 of`"),
            ("(filter", "`)` is missing"),
            ("filter filter", "not expected"),
            ("filter and", "breaks off"),
            ("", "breaks off"),
            ("filter | count() > 3", "correlation rule"),
        ] {
            let told = read(text, &names()).unwrap_err();
            assert!(told.contains(wrong), "{text}: {told}");
        }
        assert!(read(&"(".repeat(1000), &names()).is_err());
        assert!(read(&"not ".repeat(1000), &names()).is_err());
    }
}
