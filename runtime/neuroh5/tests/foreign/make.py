"""Small NeuroH5 files as other programs write them: h5py with each kind of storage, and h5copy.

Writes *.h5 beside itself. What is in them is the same everywhere, but for what a file's name says:
tests/foreign.rs has the numbers again.
"""

import subprocess
from pathlib import Path

import h5py
import numpy as np

here = Path(__file__).parent
LABELS = {"A": 0, "B": 300}
# gids 0 and 1 are A, 2 to 4 are B.
RANGES = [(0, 2, 0), (2, 3, 300)]
# Rows are of cells 2 and 0 of B, in this order.
INDEX, POINTER = [2, 0], [0, 3, 5]
ATTRIBUTES = {
    "syn_ids": ("u4", [7, 4000000000, 9, 1, 2]),
    "syn_locs": ("f4", [0.25, 0.5, 1e-30, -3.5, 0.1]),
    "syn_layers": ("i1", [-1, 0, 127, -128, 5]),
    "syn_types": ("u1", [0, 1, 1, 0, 255]),
    "syn_secs": ("u2", [0, 65535, 3, 2, 1]),
}
EDGES = {
    "Edges/Destination Block Index": ("u4", [0, 2]),
    "Edges/Destination Block Pointer": ("u8", [0, 1, 3]),
    "Edges/Destination Pointer": ("u8", [0, 2, 3]),
    "Edges/Source Index": ("u4", [0, 1, 1]),
    "Synapses/syn_id": ("u4", [1, 2, 7]),
    "Connections/distance": ("f4", [10.5, 20.25, 0.0]),
}


def types(file, order="<", committed=True):
    labels = h5py.enum_dtype(LABELS, basetype=np.dtype(f"{order}u2"))
    ranges = np.dtype([("Start", f"{order}u8"), ("Count", f"{order}u4"), ("Population", labels)])
    pairs = np.dtype([("Source", labels), ("Destination", labels)])
    group = file.create_group("H5Types")
    if committed:
        group["Population labels"] = labels
        group["Population range"] = ranges
        group["Population projections"] = pairs
    group.create_dataset("Populations", data=np.array(RANGES, dtype=ranges))
    group.create_dataset("Valid population projections", data=np.array([(0, 300)], dtype=pairs))


def content(file, order="<", replace=None, **storage):
    replace = replace or {}
    def put(path, kind, values):
        file.create_dataset(path, data=np.array(values, dtype=f"{order}{kind}"), **storage)
    for name, (kind, values) in ATTRIBUTES.items():
        at = f"Populations/B/Synapse Attributes/{name}"
        put(f"{at}/Cell Index", "u4", INDEX)
        put(f"{at}/Attribute Pointer", "u8", POINTER)
        if name in replace:
            file.create_dataset(f"{at}/Attribute Value", **replace[name])
        else:
            put(f"{at}/Attribute Value", kind, values)
    for path, (kind, values) in EDGES.items():
        put(f"Projections/B/A/{path}", kind, values)


def make(name, order="<", committed=True, replace=None, mode=None, **storage):
    with h5py.File(here / f"{name}.h5", "w", **(mode or {})) as file:
        types(file, order, committed)
        content(file, order, replace, **storage)


make("contiguous")
make("chunked", chunks=(2,), maxshape=(None,))
make("gzip", mode={"libver": ("v110", "v110")}, chunks=(2,), compression="gzip", compression_opts=9)
make("gzip_shuffle_checksum", mode={"libver": ("v110", "v110")}, chunks=(2,), compression="gzip", shuffle=True, fletcher32=True)
make("big_endian", order=">")
make("types_not_committed", committed=False)
make("newest_format", mode={"libver": "latest"}, chunks=(2,), maxshape=(None,))
synapse_type = h5py.enum_dtype({"excitatory": 0, "inhibitory": 1, "unknown": 255}, basetype="u1")
values = np.array(ATTRIBUTES["syn_types"][1], dtype=synapse_type)
make("enumeration", replace={"syn_types": {"data": values, "dtype": synapse_type}})
words = {"data": ["a", "bc", "", "d", "e"], "dtype": h5py.string_dtype()}
make("text", replace={"syn_types": words})
make("float64", replace={"syn_locs": {"data": np.array(ATTRIBUTES["syn_locs"][1])}})
lzf = {"data": np.array(ATTRIBUTES["syn_ids"][1], "u4"), "chunks": (2,), "compression": "lzf"}
make("lzf", replace={"syn_ids": lzf})

# h5copy: types, attributes and connections of three files, as the tutorial collapses its files.
copied = here / "h5copy.h5"
copied.unlink(missing_ok=True)
for source, path in [
    ("contiguous", "/H5Types"),
    ("gzip", "/Populations/B/Synapse Attributes"),
    ("big_endian", "/Projections/B"),
]:
    command = ["h5copy", "-p", "-i", here / f"{source}.h5", "-o", copied, "-s", path, "-d", path]
    subprocess.run(command, check=True)
