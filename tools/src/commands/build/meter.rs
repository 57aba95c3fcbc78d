//! What a step costs: wall time, CPU time of all threads, peak memory (the latter two where /proc tells).

use std::time::Instant;

use serde::{Deserialize, Serialize};

/// Cost of a step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// s
    pub wall: f64,
    /// s, of all threads
    pub cpu: Option<f64>,
    /// MiB
    pub peak: Option<f64>,
}

/// A measurement in progress.
#[derive(Debug)]
pub struct Meter {
    start: Instant,
    cpu: Option<f64>,
    peak_is_ours: bool,
}

impl Meter {
    /// Starts; the peak of the process is forgotten.
    pub fn start() -> Meter {
        let peak_is_ours = std::fs::write("/proc/self/clear_refs", "5").is_ok();
        Meter { start: Instant::now(), cpu: cpu(), peak_is_ours }
    }

    /// The cost since the start.
    pub fn stop(self) -> Cost {
        let used = cpu().zip(self.cpu).map(|(now, then)| now - then);
        Cost { wall: self.start.elapsed().as_secs_f64(), cpu: used, peak: peak().filter(|_| self.peak_is_ours) }
    }
}

/// Ticks of /proc/self/stat in a second: always 100 for user programs on Linux.
const TICKS: f64 = 100.0;

/// User and system time of this process so far, s.
fn cpu() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name in parentheses may hold blanks; utime and stime are fields 14 and 15, the 12th and 13th after it.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok());
    Some((ticks(11)? + ticks(12)?) / TICKS)
}

/// Largest resident memory, MiB.
fn peak() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<f64>().ok()? / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_and_memory_are_seen() {
        let meter = Meter::start();
        let mut memory = vec![1_u8; 64 << 20];
        let mut sum = 0_u64;
        while meter.start.elapsed().as_millis() < 60 {
            memory.iter_mut().for_each(|one| *one = one.wrapping_mul(3));
            sum += u64::from(memory[7]);
        }
        let cost = meter.stop();
        assert!(sum > 0 && cost.wall >= 0.06);
        if cfg!(target_os = "linux") {
            assert!(cost.cpu.unwrap() > 0.0, "{cost:?}");
            assert!(cost.peak.is_none_or(|peak| peak > 64.0), "{cost:?}");
        }
    }
}
