"""Makes the reference files beside it with NEURON 9 (pip install neuron) and a C++ compiler (for nrnivmodl).

    python3 generate.py

Each case is a list of operations. One that reads ends with what NEURON answered; the last one, "dump", holds the state
of all sections and nodes. The tests of this crate repeat the operations on a `cable::Model` and compare; they need
neither NEURON nor this script. Every case runs in its own process, because NEURON's flags and origin of distances are
global.
"""

import json
import os
import random
import subprocess
import sys
import tempfile

MODS = {
    # Plain range variables, one of them an array.
    "lk": "NEURON { SUFFIX lk NONSPECIFIC_CURRENT i RANGE g, e, w }\n"
    "PARAMETER { g = .001 e = -70 }\nASSIGNED { v i w[3] }\nBREAKPOINT { i = g*(v - e) }\n",
    # Users of the calcium ion, from the weakest claim to the strongest.
    "cacur": "NEURON { SUFFIX cacur USEION ca WRITE ica RANGE p }\n"
    "PARAMETER { p = 0 }\nASSIGNED { ica }\nBREAKPOINT { ica = p }\n",
    "carev": "NEURON { SUFFIX carev USEION ca READ eca WRITE ica RANGE g }\n"
    "PARAMETER { g = 0 }\nASSIGNED { v eca ica }\nBREAKPOINT { ica = g*(v - eca) }\n",
    "cain": "NEURON { SUFFIX cain USEION ca READ cai, cao RANGE c }\n"
    "ASSIGNED { cai cao c }\nBREAKPOINT { c = cai + cao }\n",
    "caacc": "NEURON { SUFFIX caacc USEION ca READ ica WRITE cai RANGE d }\n"
    "PARAMETER { d = 1 }\nASSIGNED { ica }\nSTATE { cai }\n"
    "BREAKPOINT { SOLVE s METHOD cnexp }\nDERIVATIVE s { cai' = -d*ica }\n",
    "nawr": "NEURON { SUFFIX nawr USEION na WRITE ena, nao RANGE x }\n"
    "ASSIGNED { ena nao x }\nINITIAL { ena = 50 nao = 140 }\n",
    # Point processes: without and with an ion.
    "tag": "NEURON { POINT_PROCESS tag RANGE n, q NONSPECIFIC_CURRENT i }\n"
    "PARAMETER { n = 0 }\nASSIGNED { v i q[2] }\nBREAKPOINT { i = 0 }\n",
    "catag": "NEURON { POINT_PROCESS catag USEION ca READ cai RANGE n NONSPECIFIC_CURRENT i }\n"
    "PARAMETER { n = 0 }\nASSIGNED { cai i }\nBREAKPOINT { i = 0*cai }\n",
}

TEMPLATE = """
begintemplate RefCell
public soma, dend, twig, more, less
create soma, dend[2], twig[1]
proc more() { create twig[2] }
proc less() { create dend[1] }
endtemplate RefCell
"""


class Player:
    """Does operations in NEURON; gives them back with the answers."""

    def __init__(self):
        from neuron import h

        self.h = h
        h.load_file("stdlib.hoc")
        h("objref ref_cell_[9]")
        h("strdef ref_name_")
        self.points = []

    def hoc(self, text):
        if not self.h(text):
            raise RuntimeError(text)

    def section(self, name):
        """By the name that hoc gives it."""
        return next(sec for sec in self.h.allsec() if sec.name() == name)

    def value(self, section, text):
        """An expression in a section as hoc evaluates it."""
        self.hoc(f"{section} {{ hoc_ac_ = {text} }}")
        return self.h.hoc_ac_

    def play(self, operations):
        return [self.one(list(operation)) for operation in operations]

    def one(self, op):
        kind, rest = op[0], op[1:]
        number = repr
        if kind == "create":
            name = rest[0]
            self.hoc(f"create {name}")
        elif kind == "cell":
            # A hoc object with its sections; "more" and "less" replace its twig by two and its two dend by one.
            self.hoc(f"ref_cell_[{rest[0]}] = new RefCell()")
        elif kind == "cell_more":
            self.hoc(f"ref_cell_[{rest[0]}].more()")
        elif kind == "cell_less":
            self.hoc(f"ref_cell_[{rest[0]}].less()")
        elif kind == "delete":
            self.hoc(f"{rest[0]} delete_section()")
        elif kind == "connect":
            child, end, parent, x = rest
            self.section(child).connect(self.section(parent)(x), end)
        elif kind in ("nseg", "L", "Ra", "rallbranch"):
            self.hoc(f"{rest[0]} {{ {kind} = {number(rest[1])} }}")
        elif kind == "pt3dadd":
            self.hoc(f"{rest[0]} {{ pt3dadd({', '.join(map(number, rest[1:]))}) }}")
        elif kind == "pt3dchange":
            self.hoc(f"{rest[0]} {{ pt3dchange({', '.join(map(number, rest[1:]))}) }}")
        elif kind == "pt3dclear":
            self.hoc(f"{rest[0]} {{ pt3dclear() }}")
        elif kind == "pt3dconst":
            self.hoc(f"hoc_ac_ = pt3dconst({rest[0]})")
        elif kind == "define_shape":
            self.hoc("define_shape()")
        elif kind == "insert":
            self.hoc(f"{rest[0]} {{ insert {rest[1]} }}")
        elif kind == "set":
            section, x, name, value = rest
            place = "" if x is None else f"({number(x)})"
            # hoc writes elements of arrays x[2](0.5).
            self.hoc(f"{section} {{ {name}{place} = {number(value)} }}")
        elif kind == "style":
            section, ion, numbers = rest
            self.hoc(f"{section} {{ hoc_ac_ = ion_style(\"{ion}\", {', '.join(map(str, numbers))}) }}")
        elif kind == "point":
            mechanism, section, x = rest
            point = getattr(self.h, mechanism)(self.section(section)(x))
            point.n = len(self.points)
            self.points.append(point)
        elif kind == "origin":
            self.hoc(f"{rest[0]} {{ hoc_ac_ = distance(0, {number(rest[1])}) }}")
        elif kind == "get":
            section, x, name = rest[:3]
            place = "" if x is None else f"({number(x)})"
            return [*op[:4], self.value(section, f"{name}{place}")]
        elif kind in ("area", "ri", "distance", "lambda_f"):
            section, x = rest[:2]
            return [*op[:3], self.value(section, f"{kind}({number(x)})")]
        elif kind == "style_of":
            return [*op[:3], self.value(rest[0], f"ion_style(\"{rest[1]}\")")]
        elif kind == "dump":
            return ["dump", self.dump()]
        else:
            raise RuntimeError(f"unknown operation {op}")
        return op

    def dump(self):
        h = self.h
        short = lambda name: name.replace("RefCell", "c")
        sections = []
        for sec in h.allsec():
            parent = sec.parentseg()
            one = {
                "name": short(sec.name()),
                "nseg": sec.nseg,
                "parent": None if parent is None else [short(parent.sec.name()), h.parent_connection(sec=sec)],
                "pt3d": [
                    [sec.x3d(i), sec.y3d(i), sec.z3d(i), sec.diam3d(i), sec.arc3d(i)] for i in range(sec.n3d())
                ],
            }
            sections.append((sec, one))
        # Values first: finitialize computes reversal potentials. Geometry last: reading it may compute it.
        names = ("g_lk", "e_lk", "p_cacur", "g_carev", "d_caacc", "eca", "cai", "cao", "ena", "nao")
        for sec, one in sections:
            # SectionRef counts children in sibling order.
            ref = h.SectionRef(sec=sec)
            one["children"] = [short(ref.child[i].name()) for i in range(int(ref.nchild()))]
            one["segments"] = []
            for seg in sec:
                values = {name: getattr(seg, name) for name in names if hasattr(seg, name)}
                if sec.has_membrane("lk"):
                    values["w_lk[2]"] = seg.lk.w[2]
                points = [[point.hname().split("[")[0], point.n] for point in seg.point_processes()]
                one["segments"].append({"x": seg.x, "cm": seg.cm, "v": seg.v, "values": values, "points": points})
            one["end_v"] = sec(1 - h.section_orientation(sec=sec)).v
        lines = self.matrix()
        for sec, one in sections:
            one["L"] = sec.L
            for seg, values in zip(sec, one["segments"]):
                values["diam"] = seg.diam
                values["area"] = seg.area()
                values["ri"] = seg.ri()
                values["a"] = h.fmatrix(seg, 1)
                values["b"] = h.fmatrix(seg, 3)
            end = sec(1 - h.section_orientation(sec=sec))
            one["end"] = {"ri": end.ri(), "a": h.fmatrix(end, 1), "b": h.fmatrix(end, 3)}
        places = []
        for point in self.points:
            seg = point.get_segment()
            places.append([short(seg.sec.name()), seg.x])
        return {"sections": [one for _, one in sections], "places": places, "matrix": lines}

    def matrix(self):
        """(a, b) of all nodes in NEURON's order as fmatrix prints them: six digits."""
        self.h.finitialize()
        sys.stdout.flush()
        with tempfile.TemporaryFile() as out:
            saved = os.dup(1)
            os.dup2(out.fileno(), 1)
            self.h.fmatrix()
            import ctypes

            ctypes.CDLL(None).fflush(None)
            sys.stdout.flush()
            os.dup2(saved, 1)
            os.close(saved)
            out.seek(0)
            rows = [line.split() for line in out.read().decode().splitlines() if line.strip()]
        return [[float(row[2]), float(row[1])] for row in rows]


def in_process(operations):
    """Plays a case in a process of its own."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        status = 1
        try:
            player = Player()
            player.hoc(TEMPLATE)
            answer = json.dumps(player.play(operations))
            with os.fdopen(writer, "w") as pipe:
                pipe.write(answer)
            status = 0
        except BaseException as error:  # the parent reports it
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
        finally:
            sys.stderr.flush()
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    if status != 0:
        return None
    return json.loads(text)


def reads(section, xs=(0.0, 0.1, 0.5, 0.9, 1.0)):
    out = [["get", section, None, "L"], ["get", section, None, "diam"]]
    for x in xs:
        out += [["area", section, x], ["ri", section, x], ["get", section, x, "diam"]]
    out.append(["lambda_f", section, 100.0])
    return out


def by_hand():
    """Cases that say what they are about."""
    points = [(0, 0, 0, 4), (5, 0, 0, 4), (5, 0, 0, 2), (20, 0, 0, 1), (37, 3, 0, 3)]
    cases = {}
    cases["frusta with a jump of diameter"] = (
        [["create", "s0"], ["nseg", "s0", 2], ["Ra", "s0", 150.0]]
        + [["pt3dadd", "s0", *map(float, p)] for p in points]
        + reads("s0")
        + [["dump"]]
    )
    for old, new in [(1, 4), (3, 5), (5, 2), (3, 2), (4, 3), (7, 3), (6, 9), (2, 5), (9, 4)]:
        ops = [["create", "s0"], ["create", "s1"], ["connect", "s1", 0, "s0", 1.0]]
        for s in ("s0", "s1"):
            ops += [["nseg", s, old], ["insert", s, "lk"], ["insert", s, "carev"]]
            for i in range(old):
                x = (i + 0.5) / old
                ops += [
                    ["set", s, x, "diam", 1.0 + i],
                    ["set", s, x, "cm", 1.0 + i / 8],
                    ["set", s, x, "g_lk", 0.001 * (i + 1)],
                    ["set", s, x, "w_lk[2]", i + 10.0],
                    ["set", s, x, "eca", 100.0 + i],
                    ["set", s, x, "v", -60.0 - i],
                    ["point", "tag", s, x],
                    ["point", "tag", s, x],
                ]
            ops += [["point", "tag", s, 0.0], ["point", "tag", s, 1.0], ["point", "catag", s, 0.3]]
            ops.append(["nseg", s, new])
            ops += [["get", s, (i + 0.5) / new, "v"] for i in range(new)]
        cases[f"nseg from {old} to {new}"] = ops + [["dump"]]
    # Interior connections, both orientations, distances from several origins.
    tree = [["create", f"s{i}"] for i in range(7)]
    tree += [["nseg", "s0", 3], ["nseg", "s1", 2], ["nseg", "s2", 5], ["nseg", "s4", 4]]
    tree += [
        ["connect", "s1", 0, "s0", 0.5], ["connect", "s2", 0, "s0", 1.0], ["connect", "s3", 0, "s0", 0.0],
        ["connect", "s4", 0, "s2", 0.3], ["connect", "s5", 1, "s2", 1.0], ["connect", "s6", 0, "s5", 0.0],
    ]
    for i in range(7):
        tree += [["L", f"s{i}", 30.0 + 11.7 * i], ["set", f"s{i}", None, "diam", 1.5 + i / 3], ["Ra", f"s{i}", 80.0 + i]]
    tree += [["rallbranch", "s1", 2.0]]
    far = []
    for origin in [("s0", 0.0), ("s0", 0.5), ("s4", 0.6), ("s6", 1.0), ("s3", 1.0)]:
        far.append(["origin", *origin])
        for i in range(7):
            far += [["distance", f"s{i}", x] for x in (0.0, 0.25, 0.5, 1.0)]
    every = [r for i in range(7) for r in reads(f"s{i}", (0.0, 0.3, 0.5, 1.0))]
    cases["a branched cell with interior connections"] = tree + far + every + [["dump"]]
    cases["the same with the shape defined"] = (
        tree + [["define_shape"]] + far + every + [["define_shape"], ["define_shape"], ["dump"]]
    )
    varying = [["create", "s0"], ["nseg", "s0", 5]] + [
        ["set", "s0", (i + 0.5) / 5, "diam", 1.0 + i] for i in range(5)
    ]
    cases["define_shape makes diam piecewise linear"] = (
        varying + reads("s0") + [["define_shape"]] + reads("s0") + [["nseg", "s0", 3]] + reads("s0") + [["dump"]]
    )
    ions = [["create", "s0"], ["nseg", "s0", 2]]
    for mechanism in ("cacur", "carev", "cain", "caacc", "nawr"):
        ions += [["insert", "s0", mechanism], ["style_of", "s0", "ca_ion"], ["style_of", "s0", "na_ion"]]
    cases["ion styles are promoted"] = ions + [["dump"]]
    cases["a style set by hand stays until a claim on the ion"] = [
        ["create", "s0"], ["insert", "s0", "carev"], ["style", "s0", "ca_ion", [3, 2, 1, 1, 0]],
        ["style_of", "s0", "ca_ion"], ["insert", "s0", "cacur"], ["style_of", "s0", "ca_ion"],
        ["insert", "s0", "cain"], ["style_of", "s0", "ca_ion"], ["insert", "s0", "caacc"],
        ["style_of", "s0", "ca_ion"], ["dump"],
    ]
    # Cells are hoc objects: their sections stand together, whenever they are created.
    cells = []
    for cell in range(3):
        cells += [
            ["cell", cell],
            ["connect", f"RefCell[{cell}].dend[0]", 0, f"RefCell[{cell}].soma", 1.0],
            ["connect", f"RefCell[{cell}].dend[1]", 0, f"RefCell[{cell}].soma", 0.0],
            ["set", f"RefCell[{cell}].soma", None, "diam", 10.0 + cell],
            ["set", f"RefCell[{cell}].dend[0]", None, "diam", 2.0 + cell],
            ["set", f"RefCell[{cell}].dend[1]", None, "diam", 3.0 + cell / 7],
        ]
    cells += [["cell_more", 0], ["cell_more", 1], ["set", "RefCell[0].twig[1]", None, "diam", 0.7]]
    cells += [["connect", "RefCell[1].twig[0]", 0, "RefCell[1].dend[1]", 0.5], ["cell_less", 1], ["create", "s0"]]
    cells += [["define_shape"], ["dump"]]
    cases["several cells"] = cells
    cases["3-D points, then other diameters and lengths"] = (
        [["create", "s0"], ["nseg", "s0", 3]]
        + [["pt3dadd", "s0", *map(float, p)] for p in points]
        + [["set", "s0", 0.5, "diam", 7.0]] + reads("s0")
        + [["L", "s0", 50.5], ["get", "s0", None, "L"], ["area", "s0", 0.5], ["get", "s0", None, "L"]]
        + [["set", "s0", None, "diam", 2.5]] + reads("s0")
        + [["pt3dconst", 1], ["set", "s0", None, "diam", 9.0], ["L", "s0", 9.0]] + reads("s0")
        + [["pt3dconst", 0], ["pt3dchange", "s0", 2, 5.5], ["pt3dchange", "s0", 3, 20.0, 1.0, 2.0, 3.0]]
        + reads("s0")
        + [["pt3dclear", "s0"]] + reads("s0")
        + [["Ra", "s0", 100.0]] + reads("s0")
        + [["dump"]]
    )
    return cases


def at_random(seed, operations):
    """A random history of a few sections."""
    rng = random.Random(seed)
    n = rng.randint(2, 7)
    names = [f"s{i}" for i in range(n)]
    ops = [["create", name] for name in names]
    parent = {}
    near_end = {}
    inserted = {name: set() for name in names}
    points3d = {name: 0 for name in names}
    # After a change of nodes NEURON might measure from one that is gone.
    origin = False
    number = lambda low, high: round(rng.uniform(low, high), rng.choice([0, 1, 3, 9])) or low
    place = lambda: rng.choice([0.0, 1.0, 0.5, 0.25, round(rng.random(), 3)])
    inner = lambda: rng.choice([0.5, 0.1, 0.9, round(rng.uniform(0.01, 0.99), 3)])

    def above(name):
        while name is not None:
            yield name
            name = parent.get(name)

    for _ in range(operations):
        s = rng.choice(names)
        kind = rng.choices(
            ["connect", "nseg", "L", "Ra", "diam", "add", "change", "clear", "shape", "read", "distance", "insert",
             "set", "point", "const", "style", "morphology"],
            [10, 10, 6, 4, 12, 4, 5, 1, 4, 16, 8, 6, 8, 8, 1, 2, 8],
        )[0]
        if kind == "connect":
            other = rng.choice(names)
            if s not in above(other):
                parent[s] = other
                origin = False
                near_end[s] = rng.choice([0, 0, 0, 1])
                ops.append(["connect", s, near_end[s], other, place()])
        elif kind == "nseg":
            ops.append(["nseg", s, rng.randint(1, 9)])
            origin = False
        elif kind == "L":
            ops.append(["L", s, number(5.0, 300.0)])
        elif kind == "Ra":
            ops.append([rng.choice(["Ra", "Ra", "rallbranch"]), s, number(1.0, 300.0)])
        elif kind == "diam":
            ops.append(["set", s, rng.choice([None, inner(), place()]), "diam", number(0.2, 20.0)])
        elif kind == "add":
            ops.append(["pt3dadd", s, *(number(-90.0, 90.0) for _ in range(3)), number(0.1, 9.0)])
            points3d[s] += 1
            if points3d[s] == 1:
                ops.append(["pt3dadd", s, *(number(-90.0, 90.0) for _ in range(3)), number(0.1, 9.0)])
                points3d[s] += 1
        elif kind == "morphology" and points3d[s] == 0:
            at = [number(-50.0, 50.0) for _ in range(3)]
            for _ in range(rng.randint(2, 8)):
                ops.append(["pt3dadd", s, *at, number(0.1, 9.0)])
                points3d[s] += 1
                if rng.random() < 0.9 or points3d[s] == 1:
                    at = [x + number(0.5, 30.0) for x in at]
        elif kind == "change" and points3d[s] > 0:
            i = rng.randrange(points3d[s])
            if rng.random() < 0.3:
                ops.append(["pt3dchange", s, i, number(0.1, 9.0)])
            else:
                ops.append(["pt3dchange", s, i, *(number(-90.0, 90.0) for _ in range(3)), number(0.1, 9.0)])
        elif kind == "clear" and points3d[s] > 0:
            ops.append(["pt3dclear", s])
            points3d[s] = 0
        elif kind == "shape":
            ops.append(["define_shape"])
            for name in names:
                # At least; the exact number is not needed.
                points3d[name] = max(points3d[name], 2)
        elif kind == "read":
            ops.append(rng.choice([
                ["area", s, place()], ["ri", s, place()], ["get", s, place(), "diam"], ["get", s, None, "diam"],
                ["get", s, None, "L"], ["lambda_f", s, 100.0], ["get", s, place(), "v"],
            ]))
        elif kind == "distance":
            if not origin or rng.random() < 0.3:
                ops.append(["origin", s, place()])
                origin = True
            else:
                ops.append(["distance", s, place()])
        elif kind == "insert":
            mechanism = rng.choice(["lk", "cacur", "carev", "cain", "nawr"])
            inserted[s].add(mechanism)
            ops += [["insert", s, mechanism], ["style_of", s, "ca_ion"], ["style_of", s, "na_ion"]]
        elif kind == "set":
            choices = ["v", "cm"] + (["g_lk", "e_lk", "w_lk[2]"] if "lk" in inserted[s] else [])
            choices += ["eca"] if "carev" in inserted[s] else []
            ops.append(["set", s, rng.choice([None, place()]), rng.choice(choices), number(0.5, 90.0)])
        elif kind == "point":
            # Not at the parent: when nodes of the parent change, NEURON loses the place of such a point.
            ops.append(["point", "tag", s, rng.choice([inner(), 1.0 - near_end.get(s, 0)])])
        elif kind == "const":
            ops += [["pt3dconst", 1], ["set", s, None, "diam", 3.0], ["L", s, 44.0], ["define_shape"], ["pt3dconst", 0]]
            for name in names:
                points3d[name] = max(points3d[name], 2)
        elif kind == "style" and inserted[s] & {"carev", "cain"}:
            ops.append(["style", s, "ca_ion", [rng.randint(0, 3), rng.randint(0, 3), *(rng.randint(0, 1) for _ in range(3))]])
    return ops + [["dump"]]


def write(path, cases):
    """One operation a line, so that differences can be read."""
    with open(path, "w") as out:
        out.write("{\n")
        for i, (name, ops) in enumerate(cases.items()):
            out.write(f" {json.dumps(name)}: [\n")
            out.write(",\n".join("  " + json.dumps(op, separators=(",", ":")) for op in ops))
            out.write("\n ]" + (",\n" if i + 1 < len(cases) else "\n"))
        out.write("}\n")


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    target = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else here
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 16
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    with tempfile.TemporaryDirectory() as work:
        for name, text in MODS.items():
            with open(os.path.join(work, name + ".mod"), "w") as out:
                out.write(text)
        subprocess.run(["nrnivmodl"], cwd=work, check=True, capture_output=True)
        os.chdir(work)
        import neuron  # loads the mechanisms of this directory

        assert neuron.h("hoc_ac_ = 1")
        hand = {}
        for name, ops in by_hand().items():
            played = in_process(ops)
            if played is None:
                raise SystemExit(f"NEURON refuses: {name}")
            hand[name] = played
        write(os.path.join(target, "by_hand.json"), hand)
        histories, refused = {}, 0
        seed = first
        while len(histories) < count:
            played = in_process(at_random(seed, 60))
            if played is None:
                refused += 1
            else:
                histories[f"history {seed}"] = played
            seed += 1
        write(os.path.join(target, "histories.json"), histories)
        print(f"{len(hand)} cases, {count} histories, {refused} refused by NEURON")


if __name__ == "__main__":
    main()
