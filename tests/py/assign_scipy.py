"""assign_scipy DIR - kompis assign against scipy on 200 square matrices; certificates by the rules.

Random sizes, ranges, signs, min and max, arcs in any order; some matrices have holes, some
are rectangular or leave nodes unmatched (then only the certificate speaks). Prints what
differs; exit 1 if anything does. KOMPIS names the binary.
"""
import hashlib
import os
import random
import subprocess
import sys

import numpy as np
from scipy.optimize import linear_sum_assignment

KOMPIS = os.environ["KOMPIS"]


def refute(problem, arcs, sources, sinks, certificate, maximum, unmatched):
    """What is wrong with a certificate (docs/matching.md), or None."""
    lines = [line.split(" ") for line in certificate.split("\n") if line and line[0] != "c"]
    n = sources + sinks
    want = ["p", "cert", "max" if maximum else "min", "unmatched" if unmatched else "perfect",
            str(n), str(len(arcs))]
    if lines[0] != want:
        return "p line"
    if lines[1] != ["d", hashlib.blake2b(problem.encode(), digest_size=32).hexdigest()]:
        return "digest"
    cost = int(lines[2][1])
    price, used, total = [0] * (n + 1), set(), 0
    pairs = 0
    for line in lines[3:]:
        if line[0] == "v":
            price[int(line[1])] = int(line[2])
            continue
        i, j = int(line[1]), int(line[2])
        if i in used or j in used or (i, j) not in arcs:
            return "not a matching"
        used |= {i, j}
        total += arcs[i, j]
        pairs += 1
    sign = -1 if maximum else 1
    if any(sign * (price[i] + price[j]) > sign * c for (i, j), c in arcs.items()):
        return "an arc beats its prices"
    signed = []
    if unmatched or sources > sinks:
        signed += range(1, sources + 1)
    if unmatched or sources < sinks:
        signed += range(sources + 1, n + 1)
    if any(sign * price[x] > 0 for x in signed):
        return "sign of a price"
    if not unmatched and pairs != min(sources, sinks):
        return "too few pairs"
    return None if total == cost == sum(price) else "sums"


def run(directory, problem, maximum, unmatched):
    path, proof = f"{directory}/x.asn", f"{directory}/x.cert"
    with open(path, "w") as f:
        f.write(problem)
    command = [KOMPIS, "assign", path, "--certificate", proof]
    command += ["--max"] * maximum + ["--unmatched"] * unmatched
    done = subprocess.run(command, capture_output=True, text=True)
    certificate = open(proof).read() if done.returncode == 0 else ""
    return done, certificate


def instance(r, round):
    sources = r.randint(1, 60)
    sinks = sources if round < 200 else r.randint(1, 60)
    low, high = r.choice([(1, 100), (-50, 50), (0, 1), (1, 10 ** 6), (-10 ** 12, 10 ** 12)])
    holes = r.choice([0, 0, 0.2])
    arcs = {}
    for i in range(1, sources + 1):
        for j in range(1, sinks + 1):
            if i == j or r.random() >= holes:
                arcs[i, sources + j] = r.randint(low, high)
    order = list(arcs.items())
    r.shuffle(order)
    text = f"c round {round}\np asn {sources + sinks} {len(arcs)}\n"
    text += "".join(f"n {i}\n" for i in range(1, sources + 1))
    text += "".join(f"a {i} {j} {c}\n" for (i, j), c in order)
    return text, arcs, sources, sinks


def optimum(arcs, sources, sinks, maximum):
    far = 10 ** 14 * (-1 if maximum else 1)
    m = np.full((sources, sinks), far, dtype=np.float64)
    for (i, j), c in arcs.items():
        m[i - 1, j - sources - 1] = c
    rows, columns = linear_sum_assignment(m, maximize=maximum)
    return sum(arcs[i + 1, j + 1 + sources] for i, j in zip(rows, columns))


def main(directory):
    r = random.Random(5)
    wrong = 0
    for round in range(300):
        text, arcs, sources, sinks = instance(r, round)
        maximum, unmatched = r.random() < 0.5, round >= 200 and r.random() < 0.7
        done, certificate = run(directory, text, maximum, unmatched)
        if done.returncode:
            print(f"round {round}: exit {done.returncode}: {done.stderr.strip()}")
            wrong += 1
            continue
        why = refute(text, arcs, sources, sinks, certificate, maximum, unmatched)
        cost = int(done.stdout.split("\n")[0].split(" ")[1])
        if round < 200 and cost != optimum(arcs, sources, sinks, maximum):
            why = "not scipy's optimum"
        # The twin: a certificate with one price lowered or raised must be refuted.
        spoilt = certificate + "v 1 1000003\n"
        if not refute(text, arcs, sources, sinks, spoilt, maximum, unmatched):
            why = why or "a spoilt certificate passes"
        if why:
            print(f"round {round}: {why}")
            wrong += 1
    return 1 if wrong else 0


sys.exit(main(sys.argv[1]))
