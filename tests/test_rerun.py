"""Cells that a reader runs again, or after others, still hold"""

import importlib
import json
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from fastcore import test

nbs = Path(__file__).resolve().parent.parent/'nbs'

def cells(stem):
    "Sources of a lesson's cells of code"
    found = json.loads((nbs/f'{stem}.ipynb').read_text(encoding='utf-8'))['cells']
    return [''.join(c['source']) for c in found if c['cell_type']=='code']

def starting(stem, *begins):
    "The cells that begin so, in their order"
    found = [s for s in cells(stem) if s.startswith(begins)]
    assert len(found)==len(begins), f'{stem}: {begins}'
    return found

@pytest.mark.parametrize('seed', range(8))
def test_places_of_a_crop_are_right_for_any_draw(seed):
    import siamfc_nb.crops as crops
    space = dict(vars(crops), rng=np.random.default_rng(seed))
    for s in starting('05_crops', 'def blob_error(', 'errs = '): exec(s, space)
    assert max(space['errs'])<.05 # of a pixel, where the crop shows the whole blob

@pytest.mark.parametrize('seed', range(6))
def test_boxes_of_the_toy_world_are_exact_for_any_draw(seed):
    import siamfc_nb.toyworld as toyworld
    space = dict(vars(toyworld), replace=replace, rng=np.random.default_rng(seed))
    draw, check = starting('06b_toyworld', 'def measured_box(', 'assert np.median(diffs)')
    exec(draw, space)
    exec(check.partition('\n')[0], space)
    assert np.median(space['diffs'])<2 # a pixel per edge, as the page says

@pytest.mark.parametrize('stem', ('07_curation', 'data/shards'))
def test_each_cell_runs_twice(stem, monkeypatch):
    monkeypatch.setenv('MPLBACKEND', 'agg')
    all_cells = cells(stem)
    module = next(s.split()[2] for s in all_cells if s.startswith('#| default_exp '))
    space = {}
    for name in ('figures', module): space |= vars(importlib.import_module(f'siamfc_nb.{name}'))
    own = [s for s in all_cells if not s.startswith(('#| export', '#| default_exp')) and 'get_ipython' not in s]
    for s in own:
        if 'set_matplotlib_formats(' in s.splitlines()[0]: continue
        exec(s, space)
        exec(s, space)

def test_eight_pairs_are_learnt_by_heart_twice(monkeypatch):
    monkeypatch.setenv('MPLBACKEND', 'agg')
    space, lesson = {}, cells('09_training')
    again = lesson.index(starting('09_training', 'before = v')[0])
    for s in lesson[:again+1]:
        if 'get_ipython' not in s and 'set_matplotlib_formats(' not in s.splitlines()[0]: exec(s, space)
    first = space['losses']
    exec(lesson[again], space)
    assert first[0]>1>first[-1]>space['losses'][-1] # it goes on from there

@pytest.mark.parametrize('seed', (0, 34, 44, 59, 64))
def test_rings_that_padding_spoils_are_found_for_any_draw(seed):
    import siamfc_nb.equivariance as equivariance
    space = dict(vars(equivariance), nn=torch.nn, product=product, test_eq=test.test_eq)
    width = 'def ring_width(', 'widths = ' # the measurement that the page starts from
    kind, grad = torch.get_default_dtype(), torch.is_grad_enabled()
    torch.set_default_dtype(torch.float64); torch.set_grad_enabled(False); torch.manual_seed(seed)
    try:
        for s in starting('01_equivariance', 'def ring(', 'def stack(', *width): exec(s, space)
        first = next(s for s in cells('01_equivariance') if 'maps = {d:ring(' in s)
        exec(first, space)
    finally: torch.set_default_dtype(kind); torch.set_grad_enabled(grad)
