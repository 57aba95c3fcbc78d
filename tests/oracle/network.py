#!/usr/bin/env python3
"""Runs the shipped network (config/Sample.yaml) in NEURON; writes its spikes and somatic voltages beside this script.

    python3 tests/oracle/network.py

It needs NEURON 9.0.2, h5py and PyYAML from pip, and a C++ compiler for nrnivmodl. The rules are MiV-Simulator's: cells
from trees, one point process for the synapses of one kind and source population in a segment, a spike detector at the
axon, delays from the distance, the second-order step.

sample.spikes.csv: every spike as gid, ms of simulated time.
sample.traces.csv: voltage, mV, of the middle of the soma of one cell of each kind, every 20th step.
"""
import csv
import pathlib
import shutil
import subprocess
import tempfile

import h5py
import numpy as np
import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DT, TSTOP, V_INIT = 0.025, 300.0, -70.0
TRACED = [16, 32, 40]
TREE = {"layer": "Point Layer", "x": "X Coordinate", "y": "Y Coordinate", "z": "Z Coordinate", "radius": "Radius",
        "parent": "Parent Point", "swc": "SWC Type", "source": "Source Section", "destination": "Destination Section",
        "section": "Section"}


def configuration(path):
    class Loader(yaml.SafeLoader):
        pass

    Loader.add_constructor("!include", lambda loader, node: configuration(path.parent / loader.construct_scalar(node)))
    return yaml.load(path.read_text(), Loader)


def mechanisms():
    """Compiles the shipped mechanisms; returns the library."""
    folder = pathlib.Path(tempfile.mkdtemp())
    for source in ROOT.glob("mechanisms/**/*.mod"):
        shutil.copy(source, folder)
    subprocess.run(["nrnivmodl", "."], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return str(next(folder.glob("*/libnrnmech.so")))


def rows(group, start):
    """gid to values of a cell attribute."""
    values, pointer = group["Attribute Value"][:], group["Attribute Pointer"][:].astype(int)
    return {start + int(cell): values[pointer[i]:pointer[i + 1]] for i, cell in enumerate(group["Cell Index"][:])}


def template_arguments(gid, tree):
    packed, sections, at = tree["section"], {}, 1
    while at < len(packed):
        sections[len(sections)] = packed[at + 1:at + 1 + packed[at]].astype(np.uint32)
        at += 1 + int(packed[at])
    joints = []
    for source, destination in zip(tree["source"], tree["destination"]):
        joint = tree["parent"][sections[int(destination)][0]]
        joints.append(list(sections[int(source)]).index(joint))
    return (gid, sections, tree["layer"], tree["source"], tree["destination"], np.array(joints, dtype=np.uint32),
            tree["x"], tree["y"], tree["z"], tree["radius"], tree["swc"])


def spike_place(h, cell):
    """The first segment of the axon 100 um or more from the soma; without an axon the initial segment or the soma.

    As in MiV-Simulator the distance holds the whole axon section besides the way to the segment.
    """
    for section in cell.axon_list:
        before, reference = 0, h.SectionRef(sec=section)
        while reference.has_parent():
            before, reference = before + reference.sec.L, h.SectionRef(sec=reference.parent)
        for segment in section:
            if before + segment.x * section.L >= 100:
                return segment
    for name, x in (("axon_list", 1.0), ("ais_list", 0.5), ("soma_list", 0.5)):
        found = list(getattr(cell, name, []))
        if found:
            return found[-1](x)
    raise SystemExit("a cell without soma")


def destinations(projection, start, source_start, velocity):
    """gid and its edges as (synapse, source gid, delay in ms), in the order of synapses."""
    pointer = projection["Edges/Destination Pointer"][:].astype(int)
    blocks = projection["Edges/Destination Block Pointer"][:].astype(int)
    source = projection["Edges/Source Index"][:].astype(int) + source_start
    delay = np.maximum(projection["Connections/distance"][:] / velocity, 2 * DT).astype(np.float32)
    synapse = projection["Synapses/syn_id"][:].astype(int)
    for block, first in enumerate(projection["Edges/Destination Block Index"][:]):
        for row in range(blocks[block], min(blocks[block + 1], len(pointer) - 1)):
            edges = range(pointer[row], pointer[row + 1])
            gid = start + int(first) + row - blocks[block]
            yield int(gid), sorted((int(synapse[edge]), int(source[edge]), float(delay[edge])) for edge in edges)


def main():
    library = mechanisms()
    from neuron import h

    h.nrn_load_dll(library)
    h.load_file("stdrun.hoc")
    config = configuration(ROOT / "config/Sample.yaml")
    data = ROOT / "config/datasets/Sample"
    cells_file = h5py.File(data / config["Cell Data"])
    connections_file = h5py.File(data / config["Connection Data"])
    generator, definitions = config["Connection Generator"], config["Definitions"]
    names = {number: name for name, number in definitions["Populations"].items()}
    start = {names[int(row["Population"])]: int(row["Start"]) for row in cells_file["H5Types/Populations"][:]}
    context = h.ParallelContext()
    h.dt, h.celsius, h.secondorder = DT, config["Global Parameters"]["celsius"], 2
    h.nrn_netrec_state_adjust = 1
    cells, keep, spike_times, spike_gids = {}, [], h.Vector(), h.Vector()

    def register(gid, cell, detector):
        detector.delay = 2 * DT
        cells[gid] = cell
        context.set_gid2node(gid, 0)
        context.cell(gid, detector)
        context.spike_record(gid, spike_times, spike_gids)

    for name in sorted(config["Cell Types"]):
        kind, group = config["Cell Types"][name], cells_file[f"Populations/{name}"]
        if "Trees" in group:
            h.load_file(str(ROOT / f"templates/{kind['template']}.hoc"))
            columns = {key: rows(group[f"Trees/{column}"], start[name]) for key, column in TREE.items()}
            for gid in sorted(columns["section"]):
                tree = {key: column[gid] for key, column in columns.items()}
                cell = getattr(h, kind["template"])(*template_arguments(gid, tree))
                place = spike_place(h, cell)
                detector = h.NetCon(place._ref_v, None, sec=place.sec)
                detector.threshold = -30
                register(gid, cell, detector)
        else:
            trains = rows(group["Input Spikes A Diag/Spike Train"], start[name])
            for gid in sorted(trains):
                cell = getattr(h, kind["template"])()
                register(gid, cell, h.NetCon(cell, None))
                late = np.float32(config["Stimulus"]["Equilibration Duration"])
                times = h.Vector((np.sort(trains[gid]) + late).astype(float))
                cell.play(times)
                keep.append(times)
        h.define_shape()

    # Point processes are made cell by cell: their order in a segment is the order in which currents are added up.
    for population, projections in sorted(connections_file["Projections"].items()):
        attributes = cells_file[f"Populations/{population}/Synapse Attributes"]
        section_of, loc_of = (rows(attributes[name], start[population]) for name in ("syn_secs", "syn_locs"))
        incoming = {}
        for source_name in sorted(projections, key=definitions["Populations"].get):
            velocity = generator["Connection Velocity"][source_name]
            for gid, edges in destinations(projections[source_name], start[population], start[source_name], velocity):
                incoming.setdefault(gid, []).append((source_name, edges))
        for gid, projected in sorted(incoming.items()):
            sections = list(cells[gid].sections)
            for source_name, edges in projected:
                shared = {}
                for synapse, source, delay in edges:
                    section_number, place = int(section_of[gid][synapse]), float(loc_of[gid][synapse])
                    section, place = sections[section_number], min(max(place, 0.05), 0.95)
                    segment = min(int(place * section.nseg), section.nseg - 1)
                    parameters = generator["Synapses"][population][source_name]["mechanisms"]
                    for label, values in parameters.items():
                        mechanism = generator["Synapse Mechanisms"][label]
                        rule = generator["Synapse Parameter Rules"][mechanism]
                        key = (section_number, segment, label)
                        if key not in shared:
                            shared[key] = getattr(h, mechanism)(section(place))
                        netcon = context.gid_connect(source, shared[key])
                        netcon.delay = delay
                        for parameter, value in values.items():
                            if parameter in rule["mech_params"]:
                                setattr(shared[key], parameter, value)
                            else:
                                netcon.weight[rule["netcon_params"][parameter]] = value
                        keep.append(netcon)
                keep.append(shared)

    somata = [list(cells[gid].soma_list)[0](0.5)._ref_v for gid in TRACED]
    columns = [h.Vector().record(reference) for reference in [h._ref_t, *somata]]
    context.set_maxstep(10)
    # Twice, as run-network does: what INITIAL blocks leave behind in globals is then the same.
    h.finitialize(V_INIT)
    h.finitialize(V_INIT)
    context.psolve(TSTOP)

    with open(HERE / "sample.spikes.csv", "w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["gid", "t"])
        for t, gid in sorted(zip(spike_times, spike_gids)):
            writer.writerow([int(gid), f"{t:.12g}"])
    with open(HERE / "sample.traces.csv", "w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["t", *TRACED])
        for values in list(zip(*columns))[::20]:
            writer.writerow(f"{value:.17g}" for value in values)


main()
