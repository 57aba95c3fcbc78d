//! Which cells are recorded: the draw of MiV-Simulator's make_cells.

use rand_mt::Mt;

/// numpy's legacy RandomState, as far as the draw needs it.
#[derive(Debug)]
struct RandomState(Mt);

impl RandomState {
    fn new(seed: u32) -> RandomState {
        RandomState(Mt::new(seed))
    }

    /// `uniform()`: 53 bits of two outputs (numpy/random/src/legacy).
    fn uniform(&mut self) -> f64 {
        let high = f64::from(self.0.next_u32() >> 5);
        let low = f64::from(self.0.next_u32() >> 6);
        (high * 67_108_864.0 + low) / 9_007_199_254_740_992.0
    }
}

/// Draws recorded cells: `populations` in sorted order of their names, each with its gids ascending. A cell is taken
/// if its uniform draw is at most `fraction`; a population ends once more than `limit` are taken, if `limit` is above 0.
pub fn draw(seed: u32, fraction: f64, limit: i64, populations: &[Vec<u32>]) -> Vec<u32> {
    let mut random = RandomState::new(seed);
    let mut chosen = Vec::new();
    for gids in populations {
        let mut count = 0;
        for gid in gids {
            if random.uniform() <= fraction {
                chosen.push(*gid);
                count += 1;
                if limit > 0 && count > limit {
                    break;
                }
            }
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uniform_is_numpys() {
        // numpy.random.RandomState(24000000).uniform(size=4)
        let mut random = RandomState::new(24_000_000);
        let drawn: Vec<f64> = (0..4).map(|_| random.uniform()).collect();
        let numpy = [0.2669216174664333, 0.8996649651692109, 0.10705962053818818, 0.08830467027604993];
        assert_eq!(drawn, numpy);
    }

    #[test]
    fn a_limit_stops_one_cell_late() {
        assert_eq!(draw(1, 1.0, 2, &[(0..10).collect(), (10..20).collect()]), [0, 1, 2, 10, 11, 12]);
    }
}
