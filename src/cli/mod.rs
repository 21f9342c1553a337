//! The headless door.

pub mod demo;

pub fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
