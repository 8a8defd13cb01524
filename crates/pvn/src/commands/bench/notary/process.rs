//! What a process has used, where the system says so (Linux, proc(5)).

use std::time::Duration;

/// Ticks a second of the counters in `stat`; Linux shows a hundred to programs, whatever it counts in.
const TICK: Duration = Duration::from_millis(10);

/// Processor time of a process so far.
pub(super) fn cpu_time(pid: u32) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in brackets may have spaces; user and system time are the 12th and 13th field after it.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11).take(2);
    let user: u32 = times.next()?.parse().ok()?;
    let system: u32 = times.next()?.parse().ok()?;
    Some(TICK * (user + system))
}

/// Memory that this process holds, and how much of it files in the page cache don't back, in MB.
pub(super) fn memory_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("RssAnon:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes / 1024)
}

/// Bytes of a folder's files, in MB.
pub(super) fn disk_mb(folder: &std::path::Path) -> std::io::Result<u64> {
    fn bytes(folder: &std::path::Path) -> std::io::Result<u64> {
        let mut sum = 0;
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let about = entry.metadata()?;
            sum += if about.is_dir() {
                bytes(&entry.path())?
            } else {
                about.len()
            };
        }
        Ok(sum)
    }
    Ok(bytes(folder)? >> 20)
}
