#!/usr/bin/env bash
# Builds mivc and runs the example protocol: a cell with channels, a dendrite and a synapse. The traces land in results.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/prerequisites.sh
cargo build --release --quiet --package tools
mkdir -p results
"${CARGO_TARGET_DIR:-target}/release/mivc" trace config/protocols/hh.yaml -o results/hh.csv --plot results/hh.svg
echo "traces in results/hh.csv and results/hh.svg"
