"""Boxes and maps on a frame, pictures as bytes, and who needs matplotlib for it"""

import subprocess
import sys

import cv2
import matplotlib.pyplot as plt
import numpy as np
import pytest

from siamfc_nb.drawing import as_bytes, draw_boxes, palette, ramp, rgb, to_width

black = np.zeros((90, 120, 3), np.uint8)

def near(pixel, role): # lines have soft edges
    return np.abs(np.subtract(rgb(role), pixel.astype(int))).max()<40

@pytest.mark.parametrize('role', palette)
def test_a_box_has_the_colour_of_its_role(role):
    f = draw_boxes(black, {role: (20, 30, 40, 25)})
    assert all(near(f[y, x], role) for y, x in ((30, 40), (55, 40), (40, 20), (40, 60)))
    assert not f[33:53, 23:58].any() and not black.any()

def test_a_box_goes_with_the_width():
    f = draw_boxes(black, dict(truth=(20, 30, 40, 25)), width=240)
    assert f.shape==(180, 240, 3) and near(f[60, 80], 'truth') and near(f[110, 80], 'truth')

def test_absent_boxes_are_left_out():
    assert not draw_boxes(black, dict(truth=[np.nan]*4, prediction=[1, 2, np.inf, 4])).any()

def test_names_without_a_role_take_a_colour_a_label_and_a_line():
    box = (20, 40, 40, 25)
    f = draw_boxes(black, {'cat': box}, colours={'cat': '#ff0000'}, labels={'cat': 'cat?'}, lines={'cat': 3})
    assert (f[..., 0]>0).any() and not f[..., 1:].any() and min(f[39, 50, 0], f[41, 50, 0])>200 and f[:37].any()
    with pytest.raises(ValueError): draw_boxes(black, {'cat': box}) # nobody knows its colour

def test_a_score_map_stands_in_the_corner():
    f = draw_boxes(black, {}, scores=np.eye(17))
    assert f[4:26, 94:116].any(-1).all() and not f[:, :90].any()
    assert draw_boxes(black[:12], {}, scores=np.eye(17)).shape==(12, 120, 3)

def test_a_ramp_keeps_the_order():
    grey = cv2.cvtColor(ramp(np.arange(17)[None].repeat(17, 0), 17), cv2.COLOR_RGB2GRAY).astype(int)
    assert (np.diff(grey[0])>0).all() and (ramp(np.ones((3, 3)), 3)==ramp(np.zeros((3, 3)), 3)).all()

def test_pictures_as_bytes_come_back():
    smooth = to_width(np.random.default_rng(0).integers(0, 255, (6, 8, 3), np.uint8), 80)
    back = cv2.imdecode(np.frombuffer(as_bytes(smooth, 95), np.uint8), cv2.IMREAD_COLOR_RGB)
    assert back.shape==smooth.shape==(60, 80, 3) and np.abs(back.astype(int)-smooth).mean()<4
    fig = plt.subplots(figsize=(2, 1))[0]
    assert as_bytes(fig, dpi=50)[:4]==b'\x89PNG' and not plt.fignum_exists(fig.number)

@pytest.mark.parametrize('module', 'drawing equivariance embedding xcorr labels crops otb vot'.split())
def test_the_paper_s_modules_need_no_matplotlib(module):
    code = (f'import sys, siamfc_nb.{module}; '
            'print([m for m in ("matplotlib", "skimage", "sklearn") if m in sys.modules])')
    r = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)
    assert r.stdout.strip()=='[]', r.stdout + r.stderr
