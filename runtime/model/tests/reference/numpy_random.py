"""Numbers drawn by numpy's RandomState, for tests/numpy.rs: python3 numpy_random.py > numpy_random.json"""

import json
import random

import numpy as np
from numpy.random import RandomState

out = {"numpy": np.__version__}


def stream(name, seed, draw, count, **more):
    """`count` draws of one generator, and the uniform value that follows (it shows a slip in what was consumed)."""
    state = RandomState(seed)
    values = [draw(state) for _ in range(count)]
    out[name] = dict(more, seed=seed, values=values, next=state.random_sample())


stream("random_sample", 12345, lambda s: s.random_sample(), 700)
stream("key", [1, 2, 3], lambda s: s.random_sample(), 10)
stream("uniform", 7, lambda s: s.uniform(-1.0, 3.0), 20)
stream("exponential", 7, lambda s: s.exponential(3.7), 50)
stream("normal", 2**32 - 1, lambda s: s.normal(1.5, 2.0), 51)
stream("randint", 11, lambda s: [int(s.randint(0, h)) for h in (1, 2, 3, 7, 100, 1000, 2**31 - 1, 2**32, 2**40)], 20)
stream("permutation", 5, lambda s: s.permutation(13).tolist(), 10)
p = [0.1, 0.2, 0.3, 0.4]
stream("choice", 9, lambda s: int(s.choice(4, p=p)), 60, p=p)
stream("choices", 9, lambda s: s.choice(4, 5, p=p).tolist(), 10, p=p)
w = (np.arange(30) % 7 + 1.0) * (np.arange(30) != 4)
p = (w / w.sum()).tolist()
stream("choice_without_replacement", 10, lambda s: s.choice(30, 20, replace=False, p=p).tolist(), 10, p=p)

# One long stream over many (n, p), so that a slip in the number of draws shows in all that follows.
rng = random.Random(1)
cases = [(n, p) for n in (0, 1, 2, 5, 30, 59, 61, 100, 500, 5000, 100000, 10**6)
         for p in (0.0, 1e-12, 1e-3, 0.1, 0.3, 0.49, 0.5, 0.5000001, 0.9, 0.999, 1.0)]
cases += [(int(10 ** rng.uniform(0, 5.5)), rng.random()) for _ in range(100)]
cases += [(n, min(1.0, 30 * rng.uniform(0.98, 1.02) / n)) for n in (int(10 ** rng.uniform(1.5, 6)) for _ in range(50))]
state = RandomState(31337)
out["binomial"] = {"seed": 31337, "cases": [[n, p, state.binomial(n, p, 12).tolist()] for n, p in cases],
                   "next": state.random_sample()}

state = RandomState(99)
cases = []
for _ in range(40):
    d = rng.choice([1, 2, 3, 4, 10, 44, 80])
    w = np.array([(0.0 if d > 2 and rng.random() < 0.1 else 1.0) * rng.random() for _ in range(d)])
    w[rng.randrange(d)] += 0.1
    p = w / w.sum()
    n = rng.choice([0, 1, 5, 30, 100, 1000, 20000])
    cases.append([n, p.tolist(), state.multinomial(n, p).tolist()])
out["multinomial"] = {"seed": 99, "cases": cases, "next": state.random_sample()}

values = RandomState(8).random_sample(4100)
out["sums"] = {"seed": 8, "cases": [[n, float(values[:n].sum())] for n in [*range(0, 300), 1000, 1023, 4097]]}

out["python"] = []
for seed in (0, 1, 2**32 + 5):
    random.seed(seed)
    out["python"].append([seed, [random.random() for _ in range(10)]])

print("{" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in out.items()) + "}")
