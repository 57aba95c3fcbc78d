#!/usr/bin/env bash
# Builds mivc, compiles the shipped mechanisms, makes the data of the shipped network from its configuration and
# morphologies, and runs it: a small piece of CA1. The spikes land in results/sample.svg, everything else in
# results/Sample_results.h5.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/prerequisites.sh
cargo build --release --quiet --package tools
mivc="${CARGO_TARGET_DIR:-target}/release/mivc"
mkdir -p results
rm -f results/Sample_results.h5 # run-network appends to results that are there
"$mivc" compile mechanisms/ -o results/mechanisms.mivlib
"$mivc" build --config-file=Sample.yaml --config-prefix=config --dataset-prefix=results/datasets \
  --morphologies=config/datasets/Sample --template-paths=templates --mechanisms-path=results/mechanisms.mivlib
"$mivc" run-network --config-file=Sample.yaml --config-prefix=config --dataset-prefix=results/datasets \
  --template-paths=templates --mechanisms-path=results/mechanisms.mivlib --arena-id=A --stimulus-id=Diag \
  --tstop=400 --v-init=-70 --results-path=results --plot results/sample.svg
