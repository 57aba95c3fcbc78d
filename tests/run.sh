#!/usr/bin/env bash
# Runs all tests. Arguments go to cargo test.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/prerequisites.sh
export INSTA_UPDATE=no
cargo test --release --workspace "$@"
