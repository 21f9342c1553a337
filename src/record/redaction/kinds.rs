//! What is found in text that should not go around.

use crate::event::classes::words;

words! {
    /// A kind of personal data, of secrets, or of what else a redaction takes out.
    Kind {
        Email = "e-mail addresses",
        AccessKey = "access key ids",
        UniqueId = "unique ids",
        SecretKey = "secret access keys",
        SessionToken = "session tokens",
        PrivateKey = "private keys",
        Jwt = "JSON Web Tokens",
        Secret = "passwords and other secrets",
        Card = "card numbers",
        Iban = "IBANs",
        Phone = "telephone numbers",
        Ssn = "social security numbers",
        Account = "account ids",
        Address = "IP addresses",
        Name = "names",
        Personal = "other personal data",
    }
}

impl Kind {
    /// What its tokens begin with.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Email => "mail",
            Self::AccessKey => "key",
            Self::UniqueId => "id",
            Self::SecretKey | Self::SessionToken | Self::PrivateKey | Self::Jwt | Self::Secret => {
                "secret"
            }
            Self::Card => "card",
            Self::Iban => "iban",
            Self::Phone => "phone",
            Self::Ssn => "ssn",
            Self::Account => "acct",
            Self::Address => "ip",
            Self::Name => "name",
            Self::Personal => "person",
        }
    }

    /// Whether it lets somebody in.
    pub const fn is_secret(self) -> bool {
        matches!(
            self,
            Self::SecretKey | Self::SessionToken | Self::PrivateKey | Self::Jwt | Self::Secret
        )
    }
}
