"The validation suite: layouts, absent targets, and what counts as a difference"
import json

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from siamfc_nb.cli import app
from siamfc_nb.evaluate import write_boxes
from siamfc_nb.larger import uav123
from siamfc_nb.suite import large, paired, sequences

def frames(folder, n):
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0); back = rng.integers(0, 80, (60,80,3)).astype(np.uint8); thing = rng.integers(120, 255, (12,14,3)).astype(np.uint8)
    boxes = np.array([[10+2*i, 20+i, 14, 12] for i in range(n)], float)
    for i,(x,y,_,_) in enumerate(boxes.astype(int)):
        f = back.copy(); f[y:y+12,x:x+14] = thing; cv2.imwrite(str(folder/f'{i+1:06d}.jpg'), f)
    return boxes

@pytest.fixture
def uav(tmp_path):
    "Two sequences with the frames of one folder, and one with its own, its target absent in two frames"
    boxes = frames(tmp_path/'data_seq/UAV123/car1', 12); frames(tmp_path/'data_seq/UAV123/bike2', 8)
    anno = tmp_path/'anno/UAV123'; anno.mkdir(parents=True)
    write_boxes(anno/'car1_1.txt', boxes[:5]); write_boxes(anno/'car1_2.txt', boxes[5:])
    b = boxes[:8].copy(); b[[3,4]] = np.nan; write_boxes(anno/'bike2.txt', b)
    row = "struct('name','{}','path','F:\\data_seq\\UAV123\\{}\\','startFrame',{},'endFrame',{},'nz',6,'ext','jpg','init_rect', [0,0,0,0])"
    (tmp_path/'configSeqs.m').write_text('seqs = {'+',...\n'.join(row.format(*o) for o in (('car1_1','car1',1,5), ('car1_2','car1',6,12), ('bike2','bike2',1,8)))+'};')
    return tmp_path,boxes

def test_uav123_has_the_ranges_of_its_parts(uav):
    root,boxes = uav; vs = sequences(root)
    assert vs.names==['bike2','car1_1','car1_2'] and [len(v) for v in vs]==[8,5,7]
    assert np.allclose(vs['car1_2'].boxes, boxes[5:], atol=1e-3) # 0-based, as everywhere here
    x,y,w,h = boxes[5].astype(int); assert vs['car1_2'].frames[0][y:y+h,x:x+w].mean()>150
    assert np.isnan(vs['bike2'].boxes[[3,4]]).all() and np.isfinite(vs['bike2'].boxes[[0,2,5]]).all()

@pytest.mark.parametrize('break_it,says', [
    (lambda r: (r/'data_seq/UAV123/car1/000007.jpg').unlink(), 'has 6 of the frames 6 to 12'),
    (lambda r: write_boxes(r/'anno/UAV123/car1_2.txt', np.ones((3,4))), 'has 3 rows for 7 frames'),
    (lambda r: (r/'anno/UAV123/car1_2.txt').write_text('a,b\n'), 'car1_2.txt')])
def test_uav123_says_what_is_wrong(uav, break_it, says):
    break_it(uav[0])
    with pytest.raises(ValueError, match=says): _ = uav123(uav[0])['car1_2'].boxes

def test_a_folder_of_something_else(tmp_path):
    with pytest.raises(FileNotFoundError, match="expected .*groundtruth_rect"): sequences(tmp_path)
    with pytest.raises(FileNotFoundError, match='folder of sequences'): sequences(tmp_path/'none')

def test_large_keeps_visible_clips_with_labels_and_targets_that_are_large():
    from siamfc_nb.readers import LazyVideos
    from siamfc_nb.videos import Video
    def load(name, side):
        if side is None: raise ValueError('3 rows for 4 frames')
        b = np.full((4,4), np.nan); b[1:] = 5,5,side,side
        return Video(name, np.zeros((4,8,8,3), np.uint8), {'target': b})
    vs = LazyVideos({'V_A': (50,), 'V_B': (30,), 'IR_C': (50,), 'V_D': (None,), 'V_E': (np.nan,)}, load)
    assert large(vs).names==['V_A'] and large(vs, 20).names==['V_A','V_B']

def test_paired_difference_is_the_mean_and_covers_it():
    a,b = {'p': .5, 'q': .7, 'r': .9, 'only a': 1.}, {'p': .4, 'q': .7, 'r': .6, 'only b': 0.}
    r = paired(a, b)
    assert np.isclose(r['difference'], .4/3) and (r['sequences'],r['better'],r['worse'])==(3,2,0)
    assert r['interval'][0]>=0 and r['interval'][1]<=.3+1e-12 and r['interval'][0]<r['difference']<r['interval'][1]
    assert paired(b, a)['difference']==-r['difference'] and paired(a, b)==r # the same draws
    assert paired(a|{'q': None}, b)['sequences']==2 # a sequence without a figure does not count

def test_interval_holds_the_true_difference_about_as_often_as_it_says():
    rng,inside = np.random.default_rng(1),0
    for s in range(200):
        x = rng.normal(.02, .05, 40); r = paired(dict(enumerate(x)), dict.fromkeys(range(40), 0.), n=500, seed=s)
        inside += r['interval'][0]<=.02<=r['interval'][1]
    assert .88<=inside/200<=.99

def test_command_compares_with_an_earlier_run(uav, tmp_path):
    root,_ = uav; go = lambda *a: CliRunner().invoke(app, ['eval','videos',str(root),'--tracker','ncc,ncc-like:Stay',*map(str, a)])
    (tmp_path/'ncc-like.py').write_text('class Stay:\n    def init(self, f, b): self.b = b\n    def update(self, f): return self.b\n')
    import os
    here = os.getcwd(); os.chdir(tmp_path)
    try:
        r = go('--work', tmp_path/'w', '--out', tmp_path/'a.json'); assert r.exit_code==0, r.output
        again = go('--work', tmp_path/'w', '--out', tmp_path/'b.json', '--against', tmp_path/'a.json')
    finally: os.chdir(here)
    a,b = (json.loads((tmp_path/n).read_text())['differences'] for n in ('a.json','b.json'))
    d = a['trackers']['ncc-like:Stay']['auc']; assert a['against']=='ncc' and d['sequences']==3 and d['difference']<0 and d['worse']==3
    assert again.exit_code==0 and set(b['trackers'])=={'ncc','ncc-like:Stay'} and all(o['auc']['difference']==0 for o in b['trackers'].values())
    bad = go('--against', tmp_path/'none.json'); assert bad.exit_code==1 and '--against' in bad.output
