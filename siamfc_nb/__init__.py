__version__ = "0.1.0"

import os

# A thread that spins while it waits takes a core from one that works. OpenMP reads this once, when torch is imported.
if 'OMP_WAIT_POLICY' not in os.environ:
    os.environ['OMP_WAIT_POLICY'] = 'passive'
    os.environ.setdefault('GOMP_SPINCOUNT', '1000') # microseconds, as between two layers, are still waited for
# numpy's and OpenCV's read these when they are imported
os.environ.setdefault('OPENBLAS_THREAD_TIMEOUT', '4') # 2⁴ ticks of the processor; 2²⁶ if not set
os.environ.setdefault('OPENCV_THREAD_POOL_ACTIVE_WAIT_WORKER', '0')

# The front door: each name loads its module when it is asked for
_home = {'Tracker': 'tracking', 'MultiTracker': 'multi', 'VideoFile': 'videos'}
__all__ = ['Tracker', 'MultiTracker', 'VideoFile']

def __getattr__(name):
    if name not in _home: raise AttributeError(f"module 'siamfc_nb' has no attribute {name!r}")
    from importlib import import_module
    return getattr(import_module(f'siamfc_nb.{_home[name]}'), name)

def __dir__(): return sorted({*globals(), *__all__})
