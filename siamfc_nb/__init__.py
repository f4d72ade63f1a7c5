__version__ = "0.1.0"

import os

# A thread that spins while it waits takes a core from one that works. OpenMP reads this once, when torch is imported.
if 'OMP_WAIT_POLICY' not in os.environ:
    os.environ['OMP_WAIT_POLICY'] = 'passive'
    os.environ.setdefault('GOMP_SPINCOUNT', '1000') # microseconds, as between two layers, are still waited for
