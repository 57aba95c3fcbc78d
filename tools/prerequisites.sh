# Sourced by demo.sh and tests/run.sh: makes sure that a C linker, pkg-config and the HDF5 library are there.
# On Debian and its relatives what is missing is installed with apt; elsewhere the names to install are printed.

command -v cargo >/dev/null || { echo "error: no cargo on the PATH; install Rust 1.95 or later first" >&2; exit 1; }

missing=()
command -v cc >/dev/null || missing+=(gcc libc6-dev)
command -v pkg-config >/dev/null || missing+=(pkg-config)
pkg-config --exists hdf5 2>/dev/null || [ -e /usr/include/hdf5/serial/hdf5.h ] || [ -n "${HDF5_DIR:-}" ] || missing+=(libhdf5-dev)
if [ ${#missing[@]} -gt 0 ]; then
  if command -v apt-get >/dev/null; then
    as_root=()
    [ "$(id -u)" = 0 ] || as_root=(sudo)
    echo "installing ${missing[*]}" >&2
    "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "error: install a C compiler, pkg-config and the HDF5 library with its headers (here missing: ${missing[*]})" >&2
    exit 1
  fi
fi
