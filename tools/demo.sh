#!/usr/bin/env bash
# Builds mivc, compiles the shipped mechanisms, runs the shipped network, and draws its spikes.
# Arguments are added to those of run-network.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/prerequisites.sh
cargo build --release --quiet --package tools
target=${CARGO_TARGET_DIR:-target}
mkdir -p results
rm -f results/Sample_results.h5 # run-network appends to an existing file, as the original does
"$target/release/mivc" compile mechanisms -o results/mechanisms.mivlib
"$target/release/mivc" run-network \
  --config-file=Sample.yaml --config-prefix=config --template-paths=templates \
  --mechanisms-path=results/mechanisms.mivlib --dataset-prefix=config/datasets --results-path=results \
  --arena-id=A --stimulus-id=Diag --tstop=500 --v-init=-75 --stimulus-onset=0 --dt=0.025 \
  --plot=results/raster.svg "$@"
