//! The code of an MFA device, against which AWS gives what a role may do.

/// What a device shows; nobody sees it again.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// Six digits; spaces between them are how people read them.
    pub fn parse(text: &str) -> Result<Self, String> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let is_code = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if is_code {
            Ok(Self(digits))
        } else {
            Err("a code of an MFA device is six digits".to_owned())
        }
    }

    /// For whoever asks for what is given against it.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(…)")
    }
}

/// A code that something waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeWanted {
    /// The device that shows it.
    pub device: String,
    /// Why, or what was wrong with the last one.
    pub why: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_six_digits_and_is_never_shown() {
        let code = Code::parse(" 123 456\n").unwrap();
        assert_eq!(code.0, "123456");
        assert_eq!(format!("{code:?}"), "Code(…)");
        for text in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"] {
            assert!(Code::parse(text).is_err(), "{text}");
        }
    }
}
