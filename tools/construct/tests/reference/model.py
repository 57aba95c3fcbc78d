"""Connections and spikes of model.yaml by numpy and SciPy, for tests/connections.rs and tests/input.rs:

    python3 model.py > model.json

The somata and synapses are drawn here and given to the tests with what must come out.
"""

import json
import os

import numpy as np
import yaml
from numpy.random import RandomState
from scipy.interpolate import Akima1DInterpolator
from scipy.signal.windows import hann

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "model.yaml")) as file:
    model = yaml.safe_load(file)
definitions, generator = model["Definitions"], model["Connection Generator"]
seeds = {name: int(value) for name, value in model["Random Seeds"].items()}
RANGES = {"A": range(0, 9), "B": range(9, 12), "C": range(12, 18)}
DESTINATION = "B"

draw = RandomState(7)
somata = {gid: draw.uniform(-150.0, 150.0, 2).astype(np.float32) for gids in RANGES.values() for gid in gids}
PLACES = [(0, 3, 5), (0, 4, 8), (1, 1, 6), (1, 3, 5)]
synapses = {}
for gid in RANGES[DESTINATION]:
    n = int(draw.randint(150, 200))
    places = [PLACES[int(k)] for k in draw.randint(0, len(PLACES), n)]
    distances = draw.exponential(80.0, n).astype(np.float32)
    synapses[gid] = {"id": [int(i) for i in draw.permutation(n)], "distance": distances.tolist(), "place": places}


def density(x, sigma):
    return np.exp(-((x / sigma) ** 2) / 2.0) / np.sqrt(2.0 * np.pi) / sigma


def connect(gid):
    """Edges of a cell: source population to a list of (source, synapse, distance), as they are found."""
    choice = RandomState(gid + seeds["Distance-Dependent Connectivity"])
    partition = RandomState(gid + seeds["Synapse Projection Partitions"])
    cluster = gid + seeds["Connectivity Clustering"]
    rules = generator["Synapses"][DESTINATION]
    cell = synapses[gid]
    parts = {}
    for number, (kind, section, layer) in enumerate(cell["place"]):
        sources, proportions = [], []
        for name in sorted(rules):
            rule = rules[name]
            if definitions["Synapse Types"][rule["type"]] == kind:
                for s, l, p in zip(rule["sections"], rule["layers"], rule["proportions"]):
                    if (definitions["SWC Types"][s], definitions["Layers"][l]) == (section, layer):
                        sources.append(name)
                        proportions.append(p)
        name = sources[0] if len(sources) == 1 else str(partition.choice(sources, 1, p=proportions)[0])
        parts.setdefault(name, {}).setdefault(layer, []).append(number)
    assert len(parts) == len(rules), "choose a seed that gives each projection a synapse"
    edges = {}
    for name, layers in parts.items():
        for layer, numbers in layers.items():
            numbers = np.array(numbers)
            numbers = numbers[np.argsort(np.float32(cell["distance"])[numbers], kind="stable")]
            label = next(key for key, value in definitions["Layers"].items() if value == layer)
            extent = generator["Axon Extent"][name].get(label) or generator["Axon Extent"][name]["default"]
            offset = np.array(extent.get("offset", [0.0, 0.0]), float)
            half = np.array(extent["width"]) / 2.0 - offset
            here = somata[gid].astype(float)
            away = np.array([np.abs(here - somata[source].astype(float)) for source in RANGES[name]])
            near = np.all(away < half + offset, axis=1)
            away, sources = away[near], np.array(RANGES[name])[near]
            p = density(away[:, 0] - offset[0], half[0] / 3) * density(away[:, 1] - offset[1], half[1] / 3)
            contacts = rules[name].get("contacts", 1)
            counts = choice.multinomial(int(np.ceil(len(numbers) / contacts)), p / p.sum()) * contacts
            random = RandomState(cluster)
            cluster += 1
            centres = np.sort(random.uniform(-1.0, 1.0, (len(sources), 1)), axis=0)
            points = [c + random.normal(scale=2.0, size=(k, 1)) for c, k in zip(centres, counts) if k > 0]
            order = np.repeat(np.arange(len(sources)), counts)[np.argsort(np.concatenate(points).ravel())]
            for number, at in zip(numbers, order[: len(numbers)]):
                distance = float(np.float32(away[at].sum()))
                edges.setdefault(name, []).append((int(sources[at]), cell["id"][number], distance))
    return edges


def run(arena, name):
    """Times (float64) and stored values of a trajectory."""
    stimulus = model["Stimulus"]
    trajectory = stimulus["Arena"][arena]["Trajectory"][name]
    velocity = trajectory.get("run velocity", stimulus["Arena"][arena]["default run velocity"])
    equilibration = stimulus["Equilibration Duration"]
    path = np.array(trajectory["path"], dtype=np.float32)
    run_up = velocity / 1000.0 * equilibration
    x = np.concatenate([[np.float32(float(path[0, 0]) - run_up)], path[:, 0]])
    y = np.concatenate([path[:1, 1], path[:, 1]])
    lengths = np.cumsum(np.sqrt(np.diff(x) ** 2 + np.diff(y) ** 2, dtype=np.float32), dtype=np.float32)
    ends = np.concatenate([np.zeros(1, np.float32), lengths])
    step = velocity / 1000.0 * stimulus["Temporal Resolution"]
    # The start is a float32 and makes the step one, which is what the original does.
    d = np.arange(ends.min(), ends.max() + np.float32(step / 2), step).astype(float)
    d = np.arange(len(d)) * float(np.float32(step))
    t = d / (velocity / 1000.0) - equilibration
    stored = {"t": t, "x": np.interp(d, ends, x), "y": np.interp(d, ends, y), "d": d - run_up}
    return t, {key: np.float32(values).tolist() for key, values in stored.items()}


def spikes(gid, peak, t, trials):
    stimulus = model["Stimulus"]
    dt = stimulus["Temporal Resolution"]
    rise = int(stimulus["Equilibration Duration"] / dt)
    rate = np.full(len(t), np.float32(peak))
    rate[:rise] *= hann(2 * rise)[:rise]
    rate[np.abs(rate) <= 1e-3] = 0.0
    grid = np.arange(t[0], t[-1] + dt, dt)
    r = Akima1DInterpolator(t, rate.astype(float), method="makima")(grid)
    grid, r = grid[~np.isnan(r)], r[~np.isnan(r)] / 1000.0
    r[r > 1e-100] = 1.0 / (1.0 / r[r > 1e-100] - 3.0)
    random = RandomState(gid + seeds["Input Spiketrains"])
    times, index = [], []
    for trial in range(trials):
        i, since, found = 0, 0.0, []
        while i < len(grid):
            interval = -np.log(random.uniform(0.0, 1.0)) / r.max()
            i += int(interval / dt)
            since += interval
            if i < len(grid) and random.uniform(0.0, 1.0) <= r[i] / r.max() and since >= 0.0:
                found.append(grid[i])
                since = -3.0
        found = np.array(found, dtype=np.float32)
        times += (found.astype(float) + trial * (t.max() - t.min())).astype(np.float32).tolist()
        index += [trial] * len(found)
    return {"t": times, "trial": index}


out = {
    "ranges": {name: [gids.start, gids.stop] for name, gids in RANGES.items()},
    "somata": {gid: [float(v) for v in place] for gid, place in somata.items()},
    "synapses": synapses,
    "edges": {gid: connect(gid) for gid in RANGES[DESTINATION]},
    "trials": 2,
    "runs": {},
}
for name in ("Corner", "Across"):
    t, stored = run("Box", name)
    trains = {
        gid: spikes(gid, model["Stimulus"]["Peak Rate"][population]["constant"], t, out["trials"])
        for population in ("A", "C")
        for gid in RANGES[population]
    }
    every = {key: values[::50] + values[-1:] for key, values in stored.items()}
    out["runs"][name] = {"samples": len(t), "every 50th and last": every, "spikes": trains}
print("{" + ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in out.items()) + "}")
