"""Arc distances in a rotated block, as MiV-Simulator measures them at a point: lines of samples along an axis.

Writes arcs.json. The block, its rotation and the places are those of tests/distances.rs. No place is at the block's face: the
line from the bound, 0.01 um beyond it, to such a place has a single sample, so this sampling loses its length.
"""

import json
import math

import numpy as np

low, high = np.array([0.0, -50.0, 0.0]) - 0.01, np.array([220.0, 150.0, 150.0]) + 0.01
angle = math.radians(35.0)
rotation = np.array(
    [[math.cos(angle), 0.0, math.sin(angle)], [0.0, 1.0, 0.0], [-math.sin(angle), 0.0, math.cos(angle)]]
)
places = np.array(
    [[1.0, 0.0, 50.0], [200.0, 99.5, 0.0], [110.0, -49.0, 100.0], [33.25, 149.0, 149.0], [219.0, 10.0, 120.0]]
)
origin = np.array([np.median(np.linspace(low[0], high[0], 291)), low[1], high[2]])


def arc(place, axis, start, end):
    """Length of the line of samples every 0.01 um along an axis through a place."""
    line = np.linspace(start, end, int(abs(end - start) / 0.01))
    if len(line) < 2:
        return 0.0
    points = np.tile(place, (len(line), 1))
    points[:, axis] = line
    points = points @ rotation.T
    return float(np.sqrt((np.diff(points, axis=0) ** 2).sum(axis=1)).sum())


def position(place, axis):
    """Part of the axis below a place, and its length."""
    below, above = arc(place, axis, low[axis], place[axis]), arc(place, axis, place[axis], high[axis])
    return below / (below + above), below + above


out = {"reference": []}
for name, axis in (("u", 0), ("v", 1)):
    at, extent = position(origin, axis)
    out[name] = [position(place, axis)[0] * extent - at * extent for place in places]
    out["reference"] += [-at * extent, (1 - at) * extent]
with open("arcs.json", "w") as file:
    json.dump(out, file, indent=1)
    file.write("\n")
