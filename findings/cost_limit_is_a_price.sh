#!/usr/bin/env bash
# Guess: `cost_limit` of lap, "an upper limit for a cost of a single assignment", forbids pairs above it; of the others it makes the best assignment, as scipy does if pairs above the limit are struck out.
# What happens: the limit is also the price of leaving a row and a column alone, half of it for each, for the cost matrix is enlarged by cells of half the limit. Two pairs under the limit are given up for
#   one if that one and the price cost less. The camera jerks by 30 pixels, two targets of 100 pixels stand 45 apart, and the limit is an overlap of .5: both pairs have .54, and scipy makes
#   both. lap makes one, of the first target and the second one's box, which overlap by .74: a name is exchanged, a track is lost, a box is left over. With a limit of .7 lap makes both.
# Versions: lap 0.5.13, lapx 0.11.1, scipy 1.17.1, numpy 2.4.6; seen 2026-11-30.
# Who is hurt: whoever exchanges one solver for the other in a tracker by detection (ByteTrack's matching has lap, SORT's often scipy, and some have a switch for it), or tunes
#   the limit as a mere threshold: raising it also makes more of the pairs that were allowed before.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
cat > match.py <<'EOF'
import importlib.metadata
import sys

import lap
import numpy as np
from scipy.optimize import linear_sum_assignment

apart, jerk = 45., 30.
tracks = np.array([0, apart]); boxes = tracks-jerk # left edges of boxes of 100 by 100; box k is of target k
shift = abs(tracks[:, None]-boxes); overlap = np.maximum(0, 100-shift)/(100+shift); cost = 1-overlap


def with_scipy(limit):
    """Assign at the least cost where pairs above the limit cost far more than all others."""
    return [(int(i), int(j)) for i, j in zip(*linear_sum_assignment(np.where(cost > limit, 1e3, cost))) if cost[i, j] <= limit]


def filtered(limit): return [(int(i), int(j)) for i, j in zip(*linear_sum_assignment(cost)) if cost[i, j] <= limit]


def with_lap(limit): return [(i, int(j)) for i, j in enumerate(lap.lapjv(cost, extend_cost=True, cost_limit=limit)[1]) if j >= 0]


print(sys.argv[1], importlib.metadata.version(sys.argv[1]), "· overlaps of targets and boxes:", *overlap.round(2).tolist())
seen = {limit: (with_scipy(limit), filtered(limit), with_lap(limit)) for limit in (.5, .7)}
for limit, (a, b, c) in seen.items(): print(f"cost limit {limit}: pairs of scipy {a}, of scipy filtered afterwards {b}, of {sys.argv[1]} {c}")
both = [(0, 0), (1, 1)]
if seen[.5] != (both, both, [(0, 1)]) or seen[.7] != (both, both, both): sys.exit("limits are kept otherwise now")
EOF
for k in lap==0.5.13 lapx==0.11.1; do
    python3 -m venv "${k%%=*}"; "${k%%=*}/bin/pip" install -q --disable-pip-version-check "$k" scipy==1.17.1 numpy==2.4.6
    "${k%%=*}/bin/python" match.py "${k%%=*}"
done
