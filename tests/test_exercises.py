"""Build it: the solutions pass, and five functions track a clip as the package does

What is told of wrong ones is held by the page of the checks itself."""

import json
import re
from functools import partial
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

import siamfc_nb.crops
import siamfc_nb.labels
import siamfc_nb.otb
import siamfc_nb.tracking
import siamfc_nb.xcorr
from siamfc_nb.data.readers import clips
from siamfc_nb.exercises import checks, judge, put_together
from siamfc_nb.tracking import Tracker

page = Path(__file__).resolve().parent.parent/'nbs'/'17_build_it.ipynb'
cells = [(c['cell_type'], ''.join(c['source'])) for c in json.loads(page.read_text(encoding='utf-8'))['cells']]
folded = re.compile(r'<details><summary>(.+?)</summary>\n\n(.*)\n\n</details>', re.S)
package = dict(xcorr=siamfc_nb.xcorr.xcorr, mk_labels=siamfc_nb.labels.mk_labels, crop=siamfc_nb.crops.crop,
               locate=siamfc_nb.tracking.locate, iou=siamfc_nb.otb.iou)

def told():
    "Function = what the page folds away under it: titles, and the solution's code"
    res,name = {},None
    for kind,s in cells:
        if kind=='markdown' and (m := re.match(r'## `(\w+)`', s)): res[name := m[1]] = []
        elif kind=='markdown' and (m := folded.fullmatch(s)): res[name].append((m[1],m[2]))
        elif kind=='markdown' and s.startswith('## '): name = None
    return res

def solutions():
    res = {}
    for name,hints in told().items():
        [code] = re.findall(r'```python\n(.+?)\n```', dict(hints)['Solution'], re.S)
        res[name] = code
    return res

def run(fill):
    "The page from top to bottom, with code in the place of its empty functions; all that it defines"
    space = {}
    for kind,s in cells:
        if kind!='code': continue
        if (m := re.match(r'def (\w+)\(', s)) and m[1] in fill: s = fill[m[1]]
        exec(s, space)
    return space

@pytest.fixture
def quiet(monkeypatch):
    monkeypatch.setenv('MPLBACKEND', 'agg')
    import matplotlib.pyplot as plt
    yield
    plt.close('all')

# ---- the page

def test_page_has_the_five_functions_empty_with_hints_one_by_one():
    assert list(told())==list(checks)
    for name,hints in told().items():
        titles = [t for t,_ in hints]
        assert titles==[f'Hint {k}' for k in range(1, len(titles))]+['Solution'] and len(titles)>=3, name
        assert not any('```' in text for t,text in hints if t!='Solution'), f'{name}: a hint is no solution'
    bodies = [s for kind,s in cells if kind=='code' and s.startswith('def ')]
    assert len(bodies)==5 and all(s.endswith('\n    raise NotImplementedError') for s in bodies)

def test_page_as_it_stands_says_what_is_missing(quiet):
    done = run({})['done']
    assert not done and done.text=='Not yet written: xcorr, mk_labels, crop, locate, iou'

def test_solutions_of_the_page_track_the_clip_as_the_package_does(quiet):
    space = run(solutions())
    for name in checks: assert judge(space[name]), judge(space[name]).text
    done,video = space['done'],next(iter(clips()))
    frames = list(islice(video.frames, len(done.boxes)))
    boxes,_ = Tracker.pretrained('siamfc-3s', 'cpu').track(frames, video.boxes[0])
    ours = siamfc_nb.otb.iou(boxes[1:], video.boxes[1:len(boxes)]).mean()
    assert len(done.boxes)==25 and done.overlap==pytest.approx(ours, abs=.01) and ours>.5
    assert done.loss<np.log(2) and f'mean IoU of {done.overlap:.2f}' in done.text
    np.testing.assert_allclose(done.boxes, boxes, atol=.5)

def test_one_that_is_missing_is_named_and_nothing_is_tracked():
    def locate(*args): raise NotImplementedError
    done = put_together(**package | dict(locate=locate))
    assert (done.text,done.boxes)==('Not yet written: locate',None)
    done = put_together(**package | dict(iou=lambda a, b: 1.))
    assert done.text=='Wrong: iou' and not done

# ---- the checks

@pytest.mark.parametrize('name', checks)
def test_the_package_passes(name):
    verdict = judge(package[name])
    assert verdict and verdict.text==f'{name}: right, all {len(checks[name])} checks pass'

def test_a_mistake_in_the_code_is_told_with_its_line():
    def iou(a, b): return a.nothing # the list has no such attribute
    assert "it raises AttributeError: 'list' object has no attribute 'nothing', in the line `def iou" in judge(iou).text
    def crop(*args): pass
    assert judge(crop).text.endswith(': it returns nothing.')

def test_frames_are_not_changed():
    frame = np.random.default_rng(0).integers(0, 256, (50,60,3), dtype=np.uint8)
    before = frame.copy()
    space = {}
    exec('import cv2\nimport numpy as np\n'+solutions()['crop'], space)
    got = space['crop'](frame, (0,0), 40, 20)
    assert (frame==before).all() and got[0,0]==pytest.approx(cv2.mean(frame)[:3], abs=1)

def test_what_torch_cannot_do_is_a_mistake_and_not_an_empty_function():
    def mk_labels(sz=17, k=8, R=16):
        u = torch.arange(sz)-sz//2 # whole numbers, which `hypot` refuses with a NotImplementedError of its own
        return torch.where(k*torch.hypot(u[:,None], u)<=R, 1., -1.)
    verdict = judge(mk_labels)
    assert verdict.state=='wrong' and 'hypot' in verdict.text

def test_what_is_called_instead_of_named_is_refused():
    with pytest.raises(TypeError, match='without calling it'): judge(package['mk_labels']())
    with pytest.raises(ValueError, match='has no checks'): judge(partial(package['iou'], [0,0,1,1]))
    assert judge(partial(package['iou']), 'iou')
