"The validation suite: layouts, absent targets, and what counts as a difference"
import json

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from siamfc_nb.cli import app
from siamfc_nb.data.labelled import Piece
from siamfc_nb.data.larger import uav123
from siamfc_nb.data.readers import image_folder, otb, write_otb
from siamfc_nb.evaluation.formats import write_boxes
from siamfc_nb.evaluation.suite import by_set, large, paired, sequences, suite
from siamfc_nb.toyworld import toy_video
from siamfc_nb.track.feeds import open_source
from siamfc_nb.videos import Video, VideoFile, write_video

def frames(folder, n):
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    back = rng.integers(0, 80, (60,80,3)).astype(np.uint8)
    thing = rng.integers(120, 255, (12,14,3)).astype(np.uint8)
    boxes = np.array([[10+2*i, 20+i, 14, 12] for i in range(n)], float)
    for i,(x,y,_,_) in enumerate(boxes.astype(int)):
        f = back.copy()
        f[y:y+12,x:x+14] = thing
        cv2.imwrite(str(folder/f'{i+1:06d}.jpg'), f)
    return boxes

@pytest.fixture
def uav(tmp_path):
    "Two sequences with the frames of one folder, and one with its own, its target absent in two frames"
    boxes = frames(tmp_path/'data_seq/UAV123/car1', 12)
    frames(tmp_path/'data_seq/UAV123/bike2', 8)
    anno = tmp_path/'anno/UAV123'
    anno.mkdir(parents=True)
    write_boxes(anno/'car1_1.txt', boxes[:5])
    write_boxes(anno/'car1_2.txt', boxes[5:])
    b = boxes[:8].copy()
    b[[3,4]] = np.nan
    write_boxes(anno/'bike2.txt', b)
    row = "struct('name','{}','path','F:\\data_seq\\UAV123\\{}\\','startFrame',{},'endFrame',{}," \
          "'nz',6,'ext','jpg','init_rect', [0,0,0,0])"
    (tmp_path/'configSeqs.m').write_text('seqs = {'+',...\n'.join(row.format(*o)
        for o in (('car1_1','car1',1,5), ('car1_2','car1',6,12), ('bike2','bike2',1,8)))+'};')
    return tmp_path,boxes

def test_uav123_has_the_ranges_of_its_parts(uav):
    root,boxes = uav
    vs = sequences(root)
    assert vs.names==['bike2','car1_1','car1_2'] and [len(v) for v in vs]==[8,5,7]
    assert np.allclose(vs['car1_2'].boxes, boxes[5:], atol=1e-3) # 0-based, as everywhere here
    x,y,w,h = boxes[5].astype(int)
    assert vs['car1_2'].frames[0][y:y+h,x:x+w].mean()>150
    assert np.isnan(vs['bike2'].boxes[[3,4]]).all()
    assert np.isfinite(vs['bike2'].boxes[[0,2,5]]).all()

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
    from siamfc_nb.data.lazy import LazyVideos
    from siamfc_nb.videos import Video
    def load(name, side):
        if side is None: raise ValueError('3 rows for 4 frames')
        b = np.full((4,4), np.nan)
        b[1:] = 5,5,side,side
        return Video(name, np.zeros((4,8,8,3), np.uint8), {'target': b})
    vs = LazyVideos({'V_A': (50,), 'V_B': (30,), 'IR_C': (50,), 'V_D': (None,), 'V_E': (np.nan,)}, load)
    assert large(vs).names==['V_A'] and large(vs, 20).names==['V_A','V_B']

def test_paired_difference_is_the_mean_and_covers_it():
    a,b = {'p': .5, 'q': .7, 'r': .9, 'only a': 1.}, {'p': .4, 'q': .7, 'r': .6, 'only b': 0.}
    r = paired(a, b)
    assert np.isclose(r['difference'], .4/3) and (r['sequences'],r['better'],r['worse'])==(3,2,0)
    assert r['interval'][0]>=0
    assert r['interval'][1]<=.3+1e-12
    assert r['interval'][0]<r['difference']<r['interval'][1]
    assert paired(b, a)['difference']==-r['difference'] and paired(a, b)==r # the same draws
    assert paired(a|{'q': None}, b)['sequences']==2 # a sequence without a figure does not count

def test_interval_holds_the_true_difference_about_as_often_as_it_says():
    rng,inside = np.random.default_rng(1),0
    for s in range(200):
        x = rng.normal(.02, .05, 40)
        r = paired(dict(enumerate(x)), dict.fromkeys(range(40), 0.), n=500, seed=s)
        inside += r['interval'][0]<=.02<=r['interval'][1]
    assert .88<=inside/200<=.99

def test_command_compares_with_an_earlier_run(uav, in_process, tmp_path):
    root,_ = uav
    go = lambda *a: CliRunner().invoke(app, ['eval','videos',str(root),'--tracker','ncc, ncc-like:Stay',*map(str, a)])
    (tmp_path/'ncc-like.py').write_text('class Stay:\n    def init(self, f, b): self.b = b\n    def update(self, f): '
                                        'return self.b\n')
    import os
    here = os.getcwd()
    os.chdir(tmp_path)
    try:
        r = go('--work', tmp_path/'w', '--out', tmp_path/'a.json')
        assert r.exit_code==0, r.output
        again = go('--work', tmp_path/'w', '--out', tmp_path/'b.json', '--against', tmp_path/'a.json')
    finally: os.chdir(here)
    a,b = (json.loads((tmp_path/n).read_text())['differences'] for n in ('a.json','b.json'))
    d = a['trackers']['ncc-like:Stay']['auc']
    assert a['against']=='ncc' and d['sequences']==3 and d['difference']<0 and d['worse']==3
    assert again.exit_code==0
    assert set(b['trackers'])=={'ncc','ncc-like:Stay'}
    assert all(o['auc']['difference']==0 for o in b['trackers'].values())
    bad = go('--against', tmp_path/'none.json')
    assert bad.exit_code==1 and '--against: no file' in bad.output and 'Error' not in bad.output

@pytest.mark.parametrize('changed, args, says', [
    (dict(), ('--frames', 3), 'of whole sequences, these are of the first 3 frames'),
    (dict(about=dict(frames=3)), (), 'of the first 3 frames of each sequence, these are of whole'),
    (dict(), ('--tracker', 'siamfc-lite'), 'a.json is of ncc: expected one of siamfc-lite'),
    (dict(trackers=dict(ncc=dict(sequences=dict(other={})))), (), 'has 0 of these 3 sequences: expected two or more'),
])
def test_what_cannot_be_compared_is_refused_before_anything_is_tracked(uav, tmp_path, changed, args, says):
    found = dict(about=dict(frames=None), trackers=dict(ncc=dict(sequences={n: {} for n in uav123(uav[0]).names})))
    (tmp_path/'a.json').write_text(json.dumps(found|changed))
    r = CliRunner().invoke(app, ['eval','videos',str(uav[0]),'--tracker','ncc','--work',str(tmp_path/'w'),
                                 '--against',str(tmp_path/'a.json'),*map(str, args)])
    assert r.exit_code==1 and says in ' '.join(r.output.split()) and not (tmp_path/'w').exists(), r.output

# ---- several sets

def davis_tree(root, names):
    for n in names:
        boxes = frames(root/'JPEGImages'/'480p'/n, 4)
        (root/'Annotations'/'480p'/n).mkdir(parents=True)
        for i,(x,y,w,h) in enumerate(boxes.astype(int)):
            m = np.zeros((60,80), np.uint8)
            m[y:y+h,x:x+w] = 255
            cv2.imwrite(str(root/'Annotations'/'480p'/n/f'{i+1:06d}.png'), m)

def test_of_davis_only_what_training_held_out(tmp_path, monkeypatch):
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path/'cache'))
    davis_tree(tmp_path/'D', ('bear','cows','mine'))
    assert sequences(tmp_path/'D').names==['cows'] # of the weights that ship
    (tmp_path/'w').mkdir()
    (tmp_path/'w'/'training.json').write_text('{"validation_videos": ["bear", "gone"]}')
    vs = sequences(tmp_path/'D', tmp_path/'w'/'last.safetensors')
    assert vs.names==['bear'] and tuple(vs[0].boxes[1])==(12,21,14,12)
    (tmp_path/'w'/'training.json').write_text('{"validation_videos": ["gone"]}')
    with pytest.raises(FileNotFoundError, match='none of the 1 videos of DAVIS that training held out'):
        sequences(tmp_path/'D', tmp_path/'w'/'last.safetensors')

def test_a_suite_has_the_sequences_of_its_sets_and_no_more_frames_than_asked_for(uav, tmp_path, monkeypatch):
    root,boxes = uav
    write_otb(toy_video(5, n=9, objects=1, occlusion=0), tmp_path/'toys')
    vs,sets = suite([root, tmp_path/'toys'], frames=6)
    assert {v.name: len(v) for v in vs}=={f'{root.name}.bike2': 6, f'{root.name}.car1_1': 5, f'{root.name}.car1_2': 6,
        'toys.toy_000005': 6}
    assert set(sets.values())=={root.name,'toys'}
    assert np.allclose(vs[f'{root.name}.car1_2'].boxes, boxes[5:11], atol=1e-3)
    one,_ = suite([root])
    assert one.names==sequences(root).names
    assert (one['car1_1'].frames[2]==sequences(root)['car1_1'].frames[2]).all()
    with pytest.raises(ValueError, match='two folders are called toys'):
        suite([tmp_path/'toys', tmp_path/'toys'])

def test_first_frames_of_a_file_go_to_another_process(tmp_path):
    import pickle
    write_video(tmp_path/'v.mp4', [np.full((64,96,3), 20*i, np.uint8) for i in range(8)])
    f = Piece(VideoFile(tmp_path/'v.mp4'), n=3)
    assert len(f)==3==len(list(f)) and f[-1].mean()==pytest.approx(40, abs=3) and len(f[1:])==2
    with pytest.raises(IndexError): f[3]
    assert (pickle.loads(pickle.dumps(f))[1]==f[1]).all()

def test_each_set_counts_the_same_and_is_drawn_from_alone():
    rng = np.random.default_rng(2)
    sets = {k: 'a' if k<40 else 'b' for k in range(44)}
    a = {k: .1+rng.normal(0,.02) if k<40 else -.2 for k in sets}
    r = paired(a, dict.fromkeys(sets, 0.), sets=sets)
    m = np.mean([a[k] for k in range(40)])
    assert r['difference']==pytest.approx((m-.2)/2) and r['sequences']==44
    lo,hi = r['interval']
    se = np.std([a[k] for k in range(40)])/40**.5/2 # the four of b are equal: only a varies
    assert lo<r['difference']<hi and hi-lo==pytest.approx(2*1.96*se, rel=.1)
    assert paired(a, dict.fromkeys(sets, 0.))['difference']==pytest.approx(np.mean(list(a.values())))

def test_figures_of_each_set():
    s = dict(sequences={'p': dict(auc=.5, precision=1.), 'q': dict(auc=.7, precision=0.),
                        'r': dict(auc=.1, precision=.2), 'no truth': dict(auc=None, precision=None)})
    rows = by_set({'t': s}, {'p':'A', 'q':'A', 'r':'B', 'no truth':'B', 'left out':'B'})
    assert rows['A']['t']['auc'][0]==pytest.approx(.6)
    assert rows['B']['t']['sequences']==1
    assert rows['all']['t']['auc'][0]==pytest.approx((.6+.1)/2)
    assert list(by_set({'t': s}, dict.fromkeys('pq', 'A')))==['A']
    assert by_set({'t': s}, {'left out': 'C'})['C']['t']=={'sequences': 0}

def test_command_measures_several_sets_and_goes_on(uav, in_process, tmp_path):
    root,_ = uav
    for s in (5,6): write_otb(toy_video(s, n=9, objects=1, occlusion=0), tmp_path/'toys')
    go = lambda *a: CliRunner().invoke(app, ['eval','videos',str(root),str(tmp_path/'toys'),'--tracker',
        'ncc,siamfc-3s-random','--frames','4','--device','cpu','--work',str(tmp_path/'w'),*map(str, a)])
    r = go('--out', tmp_path/'a.json')
    assert r.exit_code==0, r.output
    d = json.loads((tmp_path/'a.json').read_text())
    assert list(d['sets'])==[root.name,'toys','all']
    assert d['about']['frames']==4
    assert set(d['about']['sets'])=={root.name,'toys'}
    assert d['sets']['all']['ncc']['auc'][0]==pytest.approx(
        np.mean([d['sets'][s]['ncc']['auc'][0] for s in (root.name,'toys')]))
    assert d['differences']['trackers']['siamfc-3s-random']['auc']['difference']==pytest.approx(
        d['sets']['all']['siamfc-3s-random']['auc'][0]-d['sets']['all']['ncc']['auc'][0])
    assert f'{root.name} (3)' in r.output and 'toys (2)' in r.output
    logs = {p: p.stat().st_mtime_ns for p in (tmp_path/'w').rglob('*.json')}
    again = go('--out', tmp_path/'b.json')
    assert again.exit_code==0, again.output
    assert {p: p.stat().st_mtime_ns for p in logs}==logs
    assert json.loads((tmp_path/'b.json').read_text())['sets']==d['sets'] # nothing ran again
    bad = go('--frames', 1)
    assert bad.exit_code==1 and '--frames 1' in bad.output
    other = go('--frames', 5)
    assert other.exit_code==1 and 'something else' in other.output # other frames, another folder

def test_one_sequence_is_measured_and_compared_with_nothing(in_process, tmp_path):
    write_otb(toy_video(5, n=9, objects=1, occlusion=0), tmp_path/'toys')
    r = CliRunner().invoke(app, ['eval','videos',str(tmp_path/'toys'),'--tracker','ncc,siamfc-3s-random','--frames','4',
        '--device','cpu','--work',str(tmp_path/'w'),'--out',str(tmp_path/'a.json')])
    assert r.exit_code==0 and 'nothing to compare on: it takes two sequences' in r.output, r.output
    d = json.loads((tmp_path/'a.json').read_text())
    assert d['sets']['toys']['ncc']['sequences']==1 and d['differences']=={'against': 'ncc', 'trackers': {}}

def test_links_are_sets_by_their_own_names(tmp_path):
    "Two folders of one name, which you tell apart by links; and what a set is called is where it lies"
    for k,s in enumerate('ab'):
        write_otb(toy_video(5+k, n=9, objects=1, occlusion=0), tmp_path/s/'test')
        (tmp_path/s.upper()).symlink_to(tmp_path/s/'test', target_is_directory=True)
    vs,sets = suite([tmp_path/'A', tmp_path/'b'/'..'/'B'])
    assert set(sets.values())=={'A','B'} and vs.names==['A.toy_000005','B.toy_000006']
    (tmp_path/'mine').symlink_to(tmp_path/'a'/'test'/'toy_000005'/'img', target_is_directory=True)
    assert image_folder(tmp_path/'mine').name==open_source(tmp_path/'mine').name=='mine'

# ---- generated sequences

def test_command_writes_sequences_of_otb(tmp_path):
    go = lambda *a: CliRunner().invoke(app, ['toy', str(tmp_path/'t'), '--videos', '2', '--frames', '3', *a])
    r = go('--layout', 'otb', '--first', '10000')
    assert r.exit_code==0, r.output
    vs = otb(tmp_path/'t')
    assert vs.names==['toy_010000','toy_010001']
    v = toy_video(10001, n=3)
    seen = max((np.isfinite(b[:,0])[0], np.isfinite(b[:,0]).sum()) for b in v.tracks.values())
    b = vs[1].boxes
    assert (np.isfinite(b[:,0])[0], np.isfinite(b[:,0]).sum())==seen
    assert any(np.allclose(b, o, atol=1e-3, equal_nan=True) for o in v.tracks.values())
    assert np.abs(vs[1].frames[2].astype(int)-v.frames[2]).mean()<6 # a JPEG
    at = (tmp_path/'t'/'toy_010000'/'groundtruth_rect.txt').stat().st_mtime_ns
    assert go('--layout', 'otb', '--first', '10000').exit_code==0
    assert (tmp_path/'t'/'toy_010000'/'groundtruth_rect.txt').stat().st_mtime_ns==at
    assert not list((tmp_path/'t').glob('.*'))
    for a,says in ((('--layout','vot'),'--layout vot'), (('--first','-1'),'--first -1')):
        r = go(*a)
        assert r.exit_code==1 and says in r.output

def test_a_video_without_a_target_is_not_written(tmp_path):
    v = Video('none', np.zeros((2,8,8,3), np.uint8), {'a': np.full((2,4), np.nan)})
    with pytest.raises(ValueError, match='no frame with a target'): write_otb(v, tmp_path)
    assert not list(tmp_path.iterdir())
