"""Synapses of synapses.yaml by numpy, SciPy, networkx and NEURON, for tests/synapses.rs:

    python3 synapses.py > synapses.json

The tree is drawn here and given to the tests with what must come out.
"""

import json
import os

import networkx
import numpy as np
import yaml
from neuron import h
from numpy.random import RandomState
from scipy.interpolate import pchip_interpolate

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "synapses.yaml")) as file:
    model = yaml.safe_load(file)
definitions = model["Definitions"]
SEED = int(model["Random Seeds"]["Synapse Locations"])
START, GIDS = 2, [2, 3]


def short(x):
    """A float32 with as few digits as it needs."""
    text = float(str(np.float32(x)))
    assert np.float32(text) == np.float32(x)
    return text


def make_tree():
    """A soma with basal, apical and initial segment branches; sections are numbered at random, the soma is 0."""
    draw = RandomState(11)
    branches = []  # (kind, layer, parent branch)
    for kind, layer, roots, n in [(3, 5, 9, 16), (4, 8, 2, 26), (7, 6, 1, 1)]:
        mine = []
        for k in range(n):
            parent = None if k < roots else mine[int(draw.randint(0, len(mine)))]
            mine.append(len(branches))
            branches.append((kind, layer, parent))
    number = [int(k) + 1 for k in draw.permutation(len(branches))]
    points, sections = [], [None] * (len(branches) + 1)

    def add(place, radius, layer, parent, kind):
        points.append([short(c) for c in place] + [short(radius), layer, parent, kind])
        return len(points) - 1

    soma = [add((40.0, -7.5 * k, 3.0), 6.0, 6, k - 1, 1) for k in range(3)]
    sections[0] = soma
    edges = []
    for branch, (kind, layer, parent) in enumerate(branches):
        above = 0 if parent is None else number[parent]
        edges.append((above, number[branch]))
        at = sections[above][int(draw.randint(1, len(sections[above])))]
        place, members = np.array(points[at][:3]), []
        for k in range(int(draw.randint(2, 6))):
            place = place + draw.normal(0.0, 14.0, 3) + np.array([0.0, 4.0 if kind == 4 else -4.0, 0.0])
            here = layer
            if kind == 4 and place[1] > 35.0:
                here = 9
            if kind == 3 and place[1] > -25.0:
                here = 6
            at = add(place, draw.uniform(0.3, 1.5), here, at, kind)
            members.append(at)
        sections[number[branch]] = members
    return points, sections, sorted(edges)


def build(points, sections, edges):
    """The sections in NEURON as branched.hoc makes them."""
    made = []
    for number, members in enumerate(sections):
        section = h.Section(name=f"s{number}")
        for p in members:
            x, y, z, radius = points[p][:4]
            section.pt3dadd(x, y, z, 2 * radius)
        section.nseg = 1 + int(section.L / 30)
        made.append(section)
    for source, destination in edges:
        attachment = sections[source].index(points[sections[destination][0]][5])
        made[destination].connect(made[source](made[source].arc3d(attachment) / made[source].L), 0)
    h.define_shape()
    return made


def layer_at(section, members, points, x):
    last = None
    for k in range(section.n3d()):
        place = section.arc3d(k) / section.L
        if place >= x:
            if last is None or abs(place - x) < abs(last - x):
                return points[members[k]][4]
            return points[members[k - 1]][4]
        last = place
    return points[members[-1]][4]


def distance(section, loc):
    arcs = np.array([section.arc3d(k) for k in range(section.n3d())]) / section.L
    nodes, first = np.unique(arcs, return_index=True)
    columns = [[of(k) for k in range(section.n3d())] for of in (section.x3d, section.y3d, section.z3d)]
    place = [float(pchip_interpolate(nodes, np.array(column)[first], loc)) for column in columns]
    return np.linalg.norm(place)


def walk(graph, chosen):
    sub = graph.subgraph(chosen)
    if len(chosen) < 2 or sub.number_of_edges() == 0:
        return chosen
    order = []
    for root in [n for n, degree in sub.in_degree() if degree == 0]:
        order.extend(destination for _, destination in networkx.dfs_edges(sub, root))
        order.append(root)
    assert sorted(order) == sorted(chosen)
    return order


def densities(draw, by_layer, sections, made, tree, positive):
    points, members = tree[0], tree[1]
    listed = {definitions["Layers"][name] for name in by_layer if name != "default"}
    mean, scale = [(one["mean"], one["variance"]) for one in by_layer.values()][-1]
    out = {}
    for s in sections:
        out[s] = []
        for segment in made[s]:
            layer = layer_at(made[s], members[s], points, segment.x)
            value = 0.0
            if layer in listed or "default" in by_layer:
                value = draw.normal(mean, scale)
                while positive and not value > 0.0:
                    value = draw.normal(mean, scale)
            out[s].append((layer, value))
    return out


def poisson(draw, section, segments):
    length, interval, found = section.L, 0.0, []
    for segment, (layer, density) in zip(section, segments):
        start = (segment.x - 0.5 / section.nseg) * length
        end = (segment.x + 0.5 / section.nseg) * length
        if density == 0.0:
            interval = end
            continue
        beta = 1.0 / density
        sample = draw.exponential(beta)
        if not interval > 0.0:
            while not start <= sample < end:
                sample = draw.exponential(beta)
        interval += sample
        while interval < end:
            if interval >= start and interval / length < 1.0:
                found.append((layer, interval / length))
            interval += draw.exponential(beta)
    return found


def uniform(_, section, segments):
    found = []
    for k, (layer, density) in enumerate(segments):
        count = density * (section.L / section.nseg)
        for number in range(int(max(count, 0.0))):
            found.append((layer, k / section.nseg + (number + 1) / (section.nseg * np.ceil(count))))
    return found


def distribute(gid, tree, made, distribution):
    draw = RandomState(SEED + gid)
    points, sections, edges = tree
    graph = networkx.DiGraph()
    graph.add_edges_from(edges)
    out = {name: [] for name in ("loc", "section", "layer", "type", "swc", "distance")}
    for kind, by_type in model["Cell Types"]["B"]["synapses"]["density"].items():
        swc = definitions["SWC Types"][kind]
        chosen = [s for s, members in enumerate(sections) if points[members[0]][6] == swc]
        drawn = [densities(draw, layers, chosen, made, tree, distribution is poisson) for layers in by_type.values()]
        for name, by_section in zip(by_type, drawn):
            for s in walk(graph, chosen) if distribution is poisson else chosen:
                for layer, loc in distribution(draw, made[s], by_section[s]):
                    out["loc"].append(short(loc))
                    out["section"].append(s)
                    out["layer"].append(layer)
                    out["type"].append(definitions["Synapse Types"][name])
                    out["swc"].append(swc)
                    out["distance"].append(short(distance(made[s], loc)))
    return out


tree = make_tree()
made = build(*tree)
result = {"start": START, "points": tree[0], "sections": tree[1], "edges": tree[2]}
result["poisson"] = {gid: distribute(gid, tree, made, poisson) for gid in GIDS}
result["uniform"] = {gid: distribute(gid, tree, made, uniform) for gid in GIDS[:1]}
print(json.dumps(result))
