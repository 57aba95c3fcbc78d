#!/usr/bin/env python3
"""Runs config/protocols/*.yaml in NEURON and writes every 20th row of the traces beside this script.

Only built-in mechanisms, sections, point processes, events and spike records are covered.
"""
import csv
import pathlib
import re

import yaml
from neuron import h

HERE = pathlib.Path(__file__).parent
h.load_file("stdrun.hoc")


def variable(sections, points, text):
    match = re.fullmatch(r"(\w+)\((.+)\)\.(?:(\w+)\.)?(\w+)", text)
    if match:
        section, x, mechanism, name = match.groups()
        name = f"{name}_{mechanism}" if mechanism else name
        return [getattr(sections[section](float(x)), f"_ref_{name}")]
    point, name = text.split(".")
    return [points[point], getattr(points[point], f"_ref_{name}")]


def run(protocol):
    sections, points = {}, {}
    for spec in protocol["sections"]:
        section = sections[spec["name"]] = h.Section(name=spec["name"])
        section.L, section.diam, section.nseg = spec["L"], spec["diam"], spec.get("nseg", 1)
        if "parent" in spec:
            parent, x = spec["parent"]
            section.connect(sections[parent](x))
        for mechanism, values in spec["mechanisms"].items():
            section.insert(mechanism)
            for name, value in values.items():
                setattr(section, f"{name}_{mechanism}", value)
    for spec in protocol["point_processes"]:
        section, x = spec["at"]
        point = points[spec["name"]] = getattr(h, spec["mech"])(sections[section](x))
        for name, value in spec["params"].items():
            setattr(point, name, value)
    keep = []
    for spec in protocol["events"]:
        netcon = h.NetCon(None, points[spec["target"]])
        netcon.delay, netcon.weight[0] = 0, spec["weight"][0]
        keep += [netcon, h.FInitializeHandler(1, lambda n=netcon, s=spec: [n.event(t) for t in s["times"]])]
    columns = [h.Vector().record(h._ref_t)]
    columns += [h.Vector().record(*variable(sections, points, text)) for text in protocol["record"]]
    h.celsius = protocol["celsius"]
    h.finitialize(-65)
    for _ in range(round(protocol["tstop"] / h.dt)):
        h.fadvance()
    return list(zip(*columns))


for path in sorted((HERE / "../../config/protocols").glob("*.yaml")):
    protocol = yaml.safe_load(path.read_text())
    rows = run(protocol)
    with open(HERE / f"{path.stem}.csv", "w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["t", *protocol["record"]])
        for number, row in enumerate(rows):
            if number % 20 == 0 or number == len(rows) - 1:
                writer.writerow(f"{value:.17g}" for value in row)
