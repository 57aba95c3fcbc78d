//! Which cells are recorded: the draw of MiV-Simulator's make_cells.

use crate::numpy::RandomState;

/// Draws recorded cells: `populations` in sorted order of their names, each with its gids ascending. A cell is taken
/// if its uniform draw is at most `fraction`; a population ends once more than `limit` are taken, if `limit` is above 0.
pub fn draw(seed: u32, fraction: f64, limit: i64, populations: &[Vec<u32>]) -> Vec<u32> {
    let mut random = RandomState::new(seed);
    let mut chosen = Vec::new();
    for gids in populations {
        let mut count = 0;
        for gid in gids {
            if random.random_sample() <= fraction {
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
    fn a_limit_stops_one_cell_late() {
        assert_eq!(draw(1, 1.0, 2, &[(0..10).collect(), (10..20).collect()]), [0, 1, 2, 10, 11, 12]);
    }
}
