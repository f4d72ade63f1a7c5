"""Lessons as tests: what nbval does not know about nbdev, and the order of the checks"""

import configparser
import os
import re
import tempfile
from pathlib import Path

import nbval.kernel
import pytest
from filelock import FileLock

root = Path(__file__).parent

def one_at_a_time(start):
    "Kernels that start at the same moment may choose the same ports, and then one never answers"
    user = os.getuid() if os.name=='posix' else 0
    lock = Path(tempfile.gettempdir())/f'siamfc_nb-{user}.kernel.lock'
    def locked(*args, **kwargs):
        with FileLock(lock): return start(*args, **kwargs)
    return locked

nbval.kernel.start_new_kernel = one_at_a_time(nbval.kernel.start_new_kernel)

def tst_flags():
    ini = configparser.ConfigParser()
    ini.read(root/'settings.ini')
    return set(ini['DEFAULT']['tst_flags'].split())

def directives(source):
    "The `#|` lines that open a cell: `{'export': '', 'eval:': 'false'}`"
    res = {}
    for line in source.splitlines():
        m = re.match(r'#\|\s*(\S+)\s*(.*)', line)
        if not m: break
        res[m[1]] = m[2].strip()
    return res

def is_cell(item): return hasattr(item, 'cell') and hasattr(item, 'cell_num')

def adapt(item, flags):
    "A cell that nbdev does not run is skipped; a cell that nbdev has cleaned counts as run"
    d = directives(item.cell.source)
    if d.get('eval:')=='false' or flags & d.keys(): item.options['skip'] = True
    if item.cell.outputs and item.cell.execution_count is None: item.cell.execution_count = 1

@pytest.fixture(scope='session')
def toy_crops(tmp_path_factory):
    "A folder of crops, of six generated videos with two objects each"
    from siamfc_nb.curation import curate
    from siamfc_nb.toyworld import toy_video
    out = tmp_path_factory.mktemp('crops')/'toy'
    curate([toy_video(s, n=6, objects=2, size=(120,160)) for s in range(6)], out)
    return out

@pytest.fixture
def in_process(monkeypatch):
    "Jobs of an evaluation run in this process: for what does not depend on processes, each of which has to load torch"
    import cv2
    import torch

    from siamfc_nb.evaluation import jobs
    before = torch.get_num_threads(), cv2.getNumThreads()
    monkeypatch.setattr(jobs.Worker, '__call__', lambda self, job: jobs.perform(job))
    yield
    torch.set_num_threads(before[0])
    cv2.setNumThreads(before[1])

# what fails often first; then what takes long, beside which the rest runs
order = ('test_repo', 'ipynb', 'test_site', 'test_kills', 'test_evaluate', 'test_gpu', 'test_tracking', 'test_training',
         '')

def rank(item):
    if is_cell(item): return order.index('ipynb')
    name = item.path.stem
    return order.index(name) if name in order else order.index('')

@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    flags = tst_flags()
    for item in filter(is_cell, items): adapt(item, flags)
    items.sort(key=rank)
