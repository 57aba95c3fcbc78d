#!/usr/bin/env python3
"""Runs protocol files in NEURON and writes what it gives beside this script; README.md there describes the files.

    python3 tests/oracle/generate.py [NAME...]

Without names all of config/protocols and tests/oracle/protocols are run. The mechanisms are those of mechanisms/,
compiled by nrnivmodl in a temporary directory. Every protocol gets a process of its own, since NEURON keeps globals,
ions and seeds for as long as it lives.
"""
import argparse
import concurrent.futures
import csv
import math
import multiprocessing
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
EVERY = 40

# Keys of each kind of mapping; a name in it that this script does not know must not be skipped in silence.
KEYS = {
    "protocol": "celsius v_init dt tstop secondorder globals sections point_processes pointers calls plays events netcons "
    "record",
    "sections": "name L diam nseg Ra cm parent child_end mechanisms ions ion_styles",
    "point_processes": "name mech at params",
    "pointers": "name of to",
    "calls": "point procedure arguments",
    "plays": "to times values",
    "events": "target times weight delay",
    "netcons": "source target threshold delay weight record_spikes",
}


class Yaml(yaml.SafeLoader):
    """YAML 1.2, as mivc reads it: `on` is a word and `1e-4` a number."""


Yaml.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":float", ":timestamp"))]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Yaml.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))
Yaml.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][-+]?\d+)?$"),
    list("-+.0123456789"),
)


def read(path):
    protocol = yaml.load(path.read_text(), Yaml)

    def check(kind, mapping):
        unknown = sorted(set(mapping) - set(KEYS[kind].split()))
        if unknown:
            sys.exit(f"{path}: {kind}: unknown {', '.join(unknown)}; generate.py must learn it")

    check("protocol", protocol)
    for kind in KEYS.keys() & protocol.keys():
        for mapping in protocol[kind]:
            check(kind, mapping)
    return protocol


def reference(owner, name, suffix=""):
    """NEURON's reference to `name` or `name[i]` of a segment or a point process."""
    base, _, index = name.partition("[")
    found = getattr(owner, f"_ref_{base}{suffix}")
    return found[int(index[:-1])] if index else found


class Run:
    """One protocol in NEURON; what must not be collected before the end is in `keep`."""

    def __init__(self, h, protocol):
        self.h, self.sections, self.points, self.keep, self.spikes = h, {}, {}, [], {}
        for spec in protocol.get("sections", []):
            self.add_section(spec)
        for spec in protocol.get("point_processes", []):
            self.add_point(spec)
        for name, value in protocol.get("globals", {}).items():
            setattr(h, name, value)
        h.celsius, h.dt = protocol.get("celsius", 6.3), protocol.get("dt", 0.025)
        h.secondorder = protocol.get("secondorder", 0)
        self.connect_voltages(protocol.get("pointers", []))
        for spec in protocol.get("calls", []):
            getattr(self.points[spec["point"]], spec["procedure"])(*spec.get("arguments", []))
        for spec in protocol.get("plays", []):
            self.play(spec)
        for spec in protocol.get("events", []):
            self.send_events(spec)
        for spec in protocol.get("netcons", []):
            self.connect(spec)
        self.columns = [h.Vector().record(h._ref_t), *map(self.record, protocol["record"])]
        h.finitialize(protocol.get("v_init", -65.0))
        for _ in range(round(protocol["tstop"] / h.dt)):
            h.fadvance()

    def segment(self, place):
        return self.sections[place[0]](float(place[1]))

    def add_section(self, spec):
        section = self.sections[spec["name"]] = self.h.Section(name=spec["name"])
        section.L, section.diam, section.nseg = spec.get("L", 100.0), spec.get("diam", 500.0), spec.get("nseg", 1)
        section.Ra, section.cm = spec.get("Ra", 35.4), spec.get("cm", 1.0)
        if "parent" in spec:
            section.connect(self.segment(spec["parent"]), spec.get("child_end", 0))
        for mechanism, values in spec.get("mechanisms", {}).items():
            section.insert(mechanism)
            for name, value in (values or {}).items():
                one_each = value if isinstance(value, list) else [value] * section.nseg
                for segment, one in zip(section, one_each, strict=True):
                    setattr(segment, f"{name}_{mechanism}", one)
        for name, value in spec.get("ions", {}).items():
            for segment in section:
                setattr(segment, name, value)
        for ion, style in spec.get("ion_styles", {}).items():
            self.h.ion_style(f"{ion}_ion", *style, sec=section)

    def add_point(self, spec):
        point = self.points[spec["name"]] = getattr(self.h, spec["mech"])(self.segment(spec["at"]))
        for name, value in spec.get("params", {}).items():
            # Python's name of IClamp's `del`
            name = "delay" if (spec["mech"], name) == ("IClamp", "del") else name
            if isinstance(value, list):
                for index, one in enumerate(value):
                    getattr(point, name)[index] = one
            else:
                setattr(point, name, value)

    def connect_voltages(self, specs):
        """A variable of a point process follows a voltage: a transfer for each, numbered from 0."""
        if not specs:
            return
        context = self.h.ParallelContext()
        for number, spec in enumerate(specs):
            section, x, variable = spec["to"]
            if variable != "v":
                sys.exit(f"pointer {spec['name']} leads to {variable}; generate.py knows v")
            context.source_var(self.segment((section, x))._ref_v, number, sec=self.sections[section])
            point = self.points[spec["of"]]
            context.target_var(point, getattr(point, f"_ref_{spec['name']}"), number)
        context.setup_transfer()
        self.keep.append(context)

    def play(self, spec):
        times = self.h.Vector(spec["times"])
        self.keep.append(times)
        if "values" in spec:
            values = self.h.Vector(spec["values"])
            point, name = spec["to"].split(".")
            values.play(self.points[point], reference(self.points[point], name), times, 1)
            self.keep.append(values)
        else:
            self.points[spec["to"]].play(times)

    def netcon(self, netcon, delay, weights):
        netcon.delay = delay
        for index, weight in enumerate(weights):
            netcon.weight[index] = weight
        self.keep.append(netcon)
        return netcon

    def send_events(self, spec):
        netcon = self.netcon(self.h.NetCon(None, self.points[spec["target"]]), spec.get("delay", 0.0), spec["weight"])
        self.keep.append(self.h.FInitializeHandler(1, lambda: [netcon.event(time) for time in spec["times"]]))

    def connect(self, spec):
        target = self.points[spec["target"]] if "target" in spec else None
        if isinstance(spec["source"], str):
            netcon = self.h.NetCon(self.points[spec["source"]], target)
        else:
            section = self.sections[spec["source"][0]]
            netcon = self.h.NetCon(self.segment(spec["source"])._ref_v, target, sec=section)
            netcon.threshold = spec.get("threshold", 10.0)
        self.netcon(netcon, spec.get("delay", 1.0), spec.get("weight", []))
        if "record_spikes" in spec:
            netcon.record(self.spikes.setdefault(spec["record_spikes"], self.h.Vector()))

    def record(self, text):
        at_place = re.fullmatch(r"(\w+)\(([^)]+)\)\.(?:(\w+)\.)?(\w+(?:\[\d+\])?)", text)
        if at_place:
            section, x, mechanism, name = at_place.groups()
            suffix = f"_{mechanism}" if mechanism else ""
            return self.h.Vector().record(reference(self.segment((section, x)), name, suffix))
        point, name = text.split(".")
        return self.h.Vector().record(self.points[point], reference(self.points[point], name))


def fnv1a(values):
    """64-bit FNV-1a of the doubles' bytes, little end first."""
    state = 0xCBF29CE484222325
    for byte in struct.pack(f"<{len(values)}d", *values):
        state = (state ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{state:016x}"


def write(path, names, columns):
    rows = len(columns[0])
    with open(path, "w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["t", *names])
        for row in range(rows):
            if row % EVERY == 0 or row == rows - 1:
                writer.writerow(f"{column[row]:.17g}" for column in columns)
        for label, of_all in [("min", min), ("max", max)]:
            writer.writerow([label, *(f"{of_all(column):.17g}" for column in columns[1:])])
        writer.writerow(["fnv1a", *map(fnv1a, columns[1:])])


def generate(path, library):
    protocol = read(path)
    from neuron import h

    h.nrn_load_dll(str(library))
    run = Run(h, protocol)
    columns = [list(column) for column in run.columns]
    names = protocol["record"]
    for name, column in zip(names, columns[1:], strict=True):
        if not all(map(math.isfinite, column)):
            sys.exit(f"{path}: {name} is not finite")
    write(HERE / f"{path.stem}.csv", names, columns)
    if run.spikes:
        with open(HERE / f"{path.stem}.spikes.csv", "w", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(["label", "t"])
            for label, times in run.spikes.items():
                writer.writerows((label, f"{time:.17g}") for time in times)
    still = [name for name, column in zip(names, columns[1:]) if len(set(column)) == 1]
    return f"{path.stem}: {len(columns[0])} rows" + (f"; constant: {', '.join(still)}" if still else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="protocol, without .yaml")
    parser.add_argument("--mechanisms", type=pathlib.Path, default=ROOT / "mechanisms", help="other .mod files")
    arguments = parser.parse_args()
    os.environ["NEURON_MODULE_OPTIONS"] = "-nogui"
    found = [*(ROOT / "config/protocols").glob("*.yaml"), *(HERE / "protocols").glob("*.yaml")]
    paths = {path.stem: path for path in sorted(found)}
    unknown = sorted(set(arguments.names) - set(paths))
    if unknown:
        sys.exit(f"there is no protocol {', '.join(unknown)}")
    with tempfile.TemporaryDirectory() as directory:
        flat = pathlib.Path(directory) / "mechanisms"
        flat.mkdir()
        for mechanism in arguments.mechanisms.glob("**/*.mod"):
            if (flat / mechanism.name).exists():
                sys.exit(f"two files are called {mechanism.name}")
            shutil.copy(mechanism, flat)
        made = subprocess.run(["nrnivmodl", "mechanisms"], cwd=directory, capture_output=True, text=True)
        if made.returncode != 0:
            sys.exit(made.stdout + made.stderr)
        library = next(pathlib.Path(directory).glob("*/libnrnmech.so"))
        context = multiprocessing.get_context("spawn")
        with concurrent.futures.ProcessPoolExecutor(mp_context=context, max_tasks_per_child=1) as pool:
            runs = {name: pool.submit(generate, paths[name], library) for name in arguments.names or paths}
            failed = 0
            for name, run in runs.items():
                try:
                    print(run.result())
                except Exception as error:
                    failed += 1
                    print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
    sys.exit(f"{failed} protocols failed" if failed else 0)


if __name__ == "__main__":
    main()
