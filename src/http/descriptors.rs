//! Open files: connections must leave some to the database and to the process itself.

use crate::config::Config;

/// What the process opens besides connections: listeners, messages to webhook endpoints,
/// connections that are turned away, operators who read figures.
const OWN: u64 = 192;
/// What a connection to the database opens at most: on SQLite the file, its log, and files of its
/// own for sorting.
const OF_DATABASE: u64 = 6;

/// Raises the limit of open files as far as the system lets the process, and says how many
/// connections it then may have at once: as many as are configured, or what fits.
pub fn most_connections(config: &Config) -> usize {
    let limit = match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(limit) => limit,
        Err(error) => {
            tracing::warn!(%error, "the limit of open files could not be raised");
            rlimit::Resource::NOFILE.get_soft().unwrap_or(u64::MAX)
        }
    };
    let readers = config.readers.saturating_add(config.heavy_readers);
    let (configured, fitting) = (config.http.max_connections, fitting(limit, readers));
    if fitting < configured {
        tracing::warn!(
            limit,
            fitting,
            configured,
            "fewer connections fit into the limit of open files than are configured"
        );
    }
    configured.min(fitting)
}

/// How many connections fit into a limit of open files.
fn fitting(limit: u64, readers: u32) -> usize {
    let besides = OWN + OF_DATABASE * (u64::from(readers) + 2);
    usize::try_from(limit.saturating_sub(besides).max(limit / 4)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_has_what_it_needs() {
        assert_eq!(fitting(1024, 4), 796);
        assert_eq!(fitting(256, 4), 64);
        assert_eq!(fitting(u64::MAX, 4), usize::try_from(u64::MAX - 228).unwrap());
    }
}
