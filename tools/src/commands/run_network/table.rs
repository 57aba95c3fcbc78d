//! The summary at the end of a run.

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{CellAlignment, Table};
use runtime::network::Network;

/// Cells, synapses, connections, spikes and rate of each population; seconds of each phase.
pub fn summary(network: &Network, spikes: &[(f64, u32)], duration_ms: f64) -> String {
    let summary = &network.summary;
    let mut table = Table::new();
    table.load_preset(UTF8_HORIZONTAL_ONLY);
    table.set_header(["population", "cells", "synapses", "connections", "spikes", "rate (Hz)"]);
    for population in &network.types.populations {
        let get = |map: &indexmap::IndexMap<String, usize>| map.get(&population.name).copied().unwrap_or(0);
        let cells = get(&summary.cells);
        let count = spikes.iter().filter(|(_, gid)| population.gids.contains(gid)).count();
        let rate = count as f64 * 1000.0 / (duration_ms * cells as f64);
        // Cells that only play spikes for others have no rate of their own.
        let rate = if duration_ms > 0.0 && cells > 0 { format!("{rate:.2}") } else { String::new() };
        table.add_row([
            population.name.clone(),
            cells.to_string(),
            get(&summary.synapses).to_string(),
            get(&summary.connections).to_string(),
            count.to_string(),
            rate,
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let phases: Vec<String> = summary.phases.iter().map(|(name, seconds)| format!("{name} {seconds:.2} s")).collect();
    format!(
        "{table}\n{} segments, {} point processes\n{}",
        summary.segments,
        summary.point_processes,
        phases.join(", ")
    )
}
