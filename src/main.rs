//! The program: everything it does is in the library.

/// After a load, half of what the process holds would otherwise be memory that is of no use to
/// anybody: columns are built in large pieces on several threads, and glibc keeps those.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    trailcase::cli::main()
}
