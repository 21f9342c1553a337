//! Work that several threads do together while somebody waits for it.

use std::io;

/// How many threads there is room for.
pub(super) fn processors() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

/// Does the work on as many threads as are asked for (0: as there are processors), and no more than
/// there is work for; each is named after the work.
///
/// # Errors
/// Not even one thread could be started.
pub(super) fn on_threads(
    name: &str,
    (threads, most): (usize, usize),
    work: &(dyn Fn() + Sync),
) -> io::Result<()> {
    let threads = if threads == 0 { processors() } else { threads };
    std::thread::scope(|scope| {
        for number in 0..threads.min(most) {
            let builder = std::thread::Builder::new().name(format!("{name}-{number}"));
            match builder.spawn_scoped(scope, work) {
                Ok(_) => {}
                // Fewer threads are slower, and no less right.
                Err(_) if number > 0 => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    })
}
