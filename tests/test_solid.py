"The solid world and other sources: models that cannot be used, boxes of masks, a renderer that is not there"
import os
import re
import subprocess
import sys

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from siamfc_nb.cli import app
from siamfc_nb.curation import Crops
from siamfc_nb.data import solid, sources
from siamfc_nb.data.masks import mask_box
from siamfc_nb.data.readers import ilsvrc_vid
from siamfc_nb.toyworld import photos
from siamfc_nb.videos import write_video

def crate(folder, name, picture=True, sides=(1,1,1)):
    folder.mkdir(parents=True, exist_ok=True)
    (folder/f'{name}.mtl').write_text('newmtl side\nKd 1 1 1\n'+f'map_Kd {name}.png\n'*picture)
    if picture: cv2.imwrite(str(folder/f'{name}.png'), np.ascontiguousarray(photos()[len(name)%3][...,::-1]))
    vs = [f'v {sides[0]*x} {sides[1]*y} {sides[2]*z}' for x in (-1,1) for y in (-1,1) for z in (-1,1)]
    fs = [f'f {a}/1 {b}/2 {c}/4\nf {a}/1 {c}/4 {d}/3' for a,b,c,d in '1243 5786 1562 3487 1375 2684'.split()]
    (folder/f'{name}.obj').write_text('\n'.join([f'mtllib {name}.mtl', *vs, 'vt 0 0', 'vt 0 1', 'vt 1 0', 'vt 1 1',
                                                 'usemtl side', *fs])+'\n')
    return folder/f'{name}.obj'

def drawn():
    pytest.importorskip('pyvista'); pytest.importorskip('trimesh')
    try: solid.can_draw()
    except RuntimeError as e: pytest.skip(str(e))

# ---- without a renderer

def test_a_package_that_is_missing_is_a_sentence_and_the_flat_world_goes_on(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, 'pyvista', None); crate(tmp_path/'m', 'box')
    with pytest.raises(RuntimeError, match=r"siamfc_nb\[world\]"): solid.read_solid(tmp_path/'m'/'box.obj')
    r = CliRunner().invoke(app, ['toy', str(tmp_path/'t'), '--world', 'solid', '--models', str(tmp_path/'m')])
    assert r.exit_code==1 and 'siamfc_nb[world]' in r.output and 'Traceback' not in r.output
    r = CliRunner().invoke(app, ['toy', str(tmp_path/'t'), '--videos', '1', '--frames', '2'])
    assert r.exit_code==0, r.output

def test_a_process_that_cannot_draw_is_a_sentence(monkeypatch):
    "VTK ends the process where it finds no renderer: that must be another one"
    monkeypatch.setattr(solid, '_libraries', lambda: (None,None))
    monkeypatch.delenv('SIAMFC_NB_CAN_DRAW', raising=False)
    monkeypatch.setattr(solid, '_try_it', 'import os; os.kill(os.getpid(), 11)')
    with pytest.raises(RuntimeError, match='cannot draw here, VTK ended with status -11'): solid.Studio()
    assert 'SIAMFC_NB_CAN_DRAW' not in solid.os.environ
    monkeypatch.setattr(solid, '_try_it', 'pass'); monkeypatch.setenv('SIAMFC_NB_CAN_DRAW', ''); solid.can_draw()
    assert solid.os.environ['SIAMFC_NB_CAN_DRAW']=='1'

def test_a_driver_that_is_missing_is_a_sentence():
    if sys.platform!='linux': pytest.skip('Linux draws through EGL')
    drawn()
    env = {k: v for k,
           v in os.environ.items() if k!='SIAMFC_NB_CAN_DRAW'} | {'__EGL_VENDOR_LIBRARY_FILENAMES': '/dev/null'}
    r = subprocess.run([sys.executable, '-c', 'from siamfc_nb.data.solid import studio; studio()'], env=env, text=True,
                       capture_output=True)
    assert r.returncode==1 and 'libgl1-mesa-dri' in r.stderr

@pytest.mark.parametrize('args,says', [(['--world','round'], 'flat, solid, cutouts or crowds'),
                                       (['--world','crowds'], 'needs --pictures'),
                                       (['--pictures','p'], 'belongs to --world solid'),
                                       (['--world','solid'], '--models'), (['--models','m'], '--world solid')])
def test_options_that_do_not_fit(tmp_path, args, says):
    r = CliRunner().invoke(app, ['toy', str(tmp_path/'t'), *args]); assert r.exit_code==1 and says in r.output

def test_a_laid_mask_has_the_box_of_its_corners():
    rng = np.random.default_rng(0)
    for _ in range(50):
        s = np.zeros((48,48,4), np.float32); m = np.zeros((48,48), np.uint8)
        cv2.fillPoly(m, [rng.integers(4, 44, (5,2)).astype(np.int32)], 1); s[m>0] = 1
        k,th = rng.uniform(.5,2), rng.uniform(0,6); c,d = k*np.cos(th), k*np.sin(th)
        A = np.array([[c,-d,0],[d,c,0]]); A[:,2] = np.array([150,150])-A[:,:2]@(24,24)
        mask = solid.lay(np.zeros((300,300,3), np.float32), s, A); p = solid.mask_corners(s[...,3])@A[:,:2].T+A[:,2]
        have,want = np.r_[p.min(0)+.5, np.ptp(p, axis=0)], mask_box(mask)
        assert np.abs(have[:2]-want[:2]).max()<=2 and np.abs(have[:2]+have[2:]-want[:2]-want[2:]).max()<=2

# ---- with one

@pytest.mark.parametrize('break_it,says', [
    (lambda f: crate(f, 'bare', picture=False), 'no picture on it'),
    (lambda f: (crate(f, 'lost'), (f/'lost.png').unlink()), 'no picture on it'),
    (lambda f: (f/'cut.obj').write_text('v 0 0\nf 1 2 3 4 5\n'), 'cut.obj'),
    (lambda f: (f/'empty.obj').write_bytes(b''), 'empty.obj'),
    (lambda f: (f/'cut.glb').write_bytes(b'glTF\x02\0\0\0'), 'not a model that can be read')])
def test_models_that_cannot_be_used(tmp_path, break_it, says):
    drawn(); break_it(tmp_path/'m' if (tmp_path/'m').mkdir() is None else None)
    with pytest.raises(ValueError, match=says): solid.solids(tmp_path/'m', tmp_path/'c')
    crate(tmp_path/'m', 'good'); good,out = solid.solids(tmp_path/'m', tmp_path/'c')
    assert [p.name for p in good]==['good.obj'] and len(out)==1

def test_a_damaged_cache_is_read_again(tmp_path):
    pytest.importorskip('pyvista')
    pytest.importorskip('trimesh')
    p = crate(tmp_path/'m', 'box')
    n = len(solid.cached_solid(p, tmp_path/'c').faces)
    f, = (tmp_path/'c'/'solids').iterdir()
    good = f.read_bytes()
    for cut in (b'', good[:len(good)//2], good[:300]+bytes(100)+good[400:]):
        f.write_bytes(cut)
        solid.cached_solid.cache_clear()
        assert len(solid.cached_solid(p, tmp_path/'c').faces)==n
        with np.load(f) as d: assert len(d['faces'])==n, 'it is whole again'

def test_a_folder_without_models(tmp_path):
    with pytest.raises(FileNotFoundError, match='no file .obj'): solid.solids(tmp_path)

@pytest.mark.parametrize('break_it,says', [
    (lambda f: crate(f, 'bare', picture=False), 'none of the 1 models.*no picture on it'),
    (lambda f: (f.mkdir(), (f/'cut.obj').write_text('v 0 0\nf 1 2 3 4 5\n')), 'none of the 1 models.*cut.obj'),
    (lambda f: f.mkdir(), 'no models here'), (lambda f: None, 'no models here')])
def test_command_says_what_models_it_cannot_use_and_the_flat_world_goes_on(tmp_path, break_it, says):
    drawn()
    break_it(tmp_path/'m')
    go = lambda *a: CliRunner().invoke(app, ['toy', str(tmp_path/'t'), '--videos', '1', '--frames', '2', *a])
    r = go('--world', 'solid', '--models', str(tmp_path/'m'))
    assert r.exit_code==1 and len(r.output.strip().splitlines())==1 and re.search(says, r.output), r.output
    assert not (tmp_path/'t').exists() and go().exit_code==0

def test_command_says_what_pictures_it_cannot_use(tmp_path):
    drawn(); crate(tmp_path/'m', 'box'); (tmp_path/'p').mkdir(); (tmp_path/'p'/'a.jpg').write_bytes(b'x')
    r = CliRunner().invoke(app, ['toy', str(tmp_path/'t'), '--world', 'solid', '--models', str(tmp_path/'m'),
                                 '--pictures', str(tmp_path/'p')])
    assert r.exit_code==1 and 'holds no picture' in r.output

def test_models_with_too_many_triangles_or_too_little_contrast_are_left_out(tmp_path):
    drawn(); crate(tmp_path/'m', 'box')
    with pytest.raises(ValueError, match='12 triangles: expected 11 or fewer'):
        solid.solids(tmp_path/'m', tmp_path/'c', most=11)
    with pytest.raises(ValueError, match='nearly of one colour'): solid.solids(tmp_path/'m', tmp_path/'c', least=200)
    r = CliRunner().invoke(app, ['toy', str(tmp_path/'t'), '--world', 'solid', '--models', str(tmp_path/'m'),
                                 '--triangles', '11'])
    assert '12 triangles' in r.output

def test_gltf_looks_as_obj(tmp_path):
    drawn(); import trimesh
    p = crate(tmp_path, 'box', sides=(1,.6,.4)); trimesh.load_scene(p).export(tmp_path/'same.glb')
    R = solid.rotation(.5, .3, .1); a,b = (solid.studio().view(solid.read_solid(o), R) for o in (p,tmp_path/'same.glb'))
    assert ((a[...,3]>0)!=(b[...,3]>0)).mean()<.01 and np.abs(a[...,:3].astype(int)-b[...,:3]).mean()<6

def test_a_world_is_seeded_and_its_boxes_are_those_of_what_is_seen(tmp_path):
    drawn(); ms = [crate(tmp_path/f'm{k}', f'box{k}', sides=s) for k,s in enumerate(((1,1,1), (.4,1,.4)))]
    make = lambda s, **kw: solid.SolidWorld(s, ms, n=5, cache=tmp_path/'c', noise=0, **kw)
    a,b = make(1),make(1); assert all((a[i]==b[i]).all() for i in range(5)) and (make(2)[0]!=a[0]).any()
    seen = 0
    for seed in range(3, 9):
        w = make(seed, objects=1, distractors=0, occlusion=0, blur=0); w.bodies[0].shadow = 0
        bare = make(seed, objects=1, distractors=0, occlusion=0, blur=0); bare.order = []
        w.drawn.clear(); bare.drawn.clear()
        for i in range(5):
            m,box = np.abs(w.render(i).astype(int)-bare.render(i)).max(-1)>40, w.tracks['0'][i]
            if not np.isfinite(box).all() or (box[:2]<4).any() or box[0]+box[2]>316 or box[1]+box[3]>236: continue
            x,y,x1,y1 = *box[:2],*(box[:2]+box[2:]); ys,xs = np.nonzero(m); seen += 1
            assert xs.min()>=x-2 and xs.max()<=x1+2 and ys.min()>=y-2 and ys.max()<=y1+2 and m.sum()>.2*box[2]*box[3]
    assert seen

def test_command_writes_ilsvrc(tmp_path):
    drawn(); crate(tmp_path/'m'/'a', 'box'); crate(tmp_path/'m'/'b', 'bare', picture=False)
    r = CliRunner().invoke(app, ['toy', str(tmp_path/'t'), '--videos', '1', '--frames', '3', '--world', 'solid',
                                 '--models', str(tmp_path/'m')])
    assert r.exit_code==0 and '1 model; 1 left out' in r.output, r.output
    v = ilsvrc_vid(tmp_path/'t', cache=False)[0]; assert v.name=='solid_000000' and len(v)==3

# ---- other sources

def test_cutouts():
    im = np.full((90,120,3), 252, np.uint8); cv2.rectangle(im, (30,20), (80,70), (40,90,160), -1); im[40:44,50:60] = 255
    m = sources.cutout(im); assert tuple(mask_box(m))==(30,20,51,51) and m[42,55] # white within it belongs to it
    assert sources.cutout(np.full((90,120,3), 255, np.uint8)) is None
    small = np.full((90,120,3), 255, np.uint8); small[40:44,50:54] = 0; assert sources.cutout(small) is None
    grey = im.copy(); grey[:] = 128; assert sources.cutout(grey) is None

def test_command_cuts_cutouts_before_pictures(tmp_path):
    (tmp_path/'p').mkdir()
    o = np.full((150,180,3), 255, np.uint8)
    cv2.rectangle(o, (50,40), (120,110), (40,90,160), -1)
    cv2.imwrite(str(tmp_path/'p'/'object.png'), o)
    cv2.imwrite(str(tmp_path/'p'/'behind.jpg'), np.random.default_rng(0).integers(0, 200, (150,180,3)).astype(np.uint8))
    go = lambda out, *a: CliRunner().invoke(app, ['curate', 'cutouts', str(tmp_path/'p'), str(tmp_path/out),
                                                  '--collages', '2', '--every', '10', *a])
    r = go('c'); assert r.exit_code==0, r.output
    ts = Crops(tmp_path/'c'); assert 4<=len(ts)<=6 and {t.video for t in ts}=={'cutout_000000','cutout_000001'}
    assert set(ts.table['class'].to_pylist())=={'p'} # the name of the object's folder
    r = go('d', '--split', 'val'); assert r.exit_code==1 and 'has no splits' in r.output

def test_crowds_show_small_objects_of_one_class(tmp_path):
    for n,colour in (('red',(200,40,40)), ('blue',(40,60,200))):
        (tmp_path/n).mkdir()
        for k in range(3):
            o = np.full((150,180,3), 255, np.uint8)
            cv2.rectangle(o, (50-5*k,40), (120,110), colour[::-1], -1)
            cv2.imwrite(str(tmp_path/n/f'{k}.png'), o)
    cv2.imwrite(str(tmp_path/'behind.jpg'), np.random.default_rng(0).integers(0, 200, (300,400,3)).astype(np.uint8))
    vs = sources.crowds(tmp_path, 6, frames=4)
    assert list(vs.names)==[f'crowd_{s:06d}' for s in range(6)]
    for k,v in enumerate(vs):
        own = [c for _,c in sorted(v.info['classes'].items())][1:] # the first is of any class
        assert 2<=len(own)<=4 and set(own)=={('blue','red')[k%2]}
        side = np.concatenate([b[np.isfinite(b).all(1),2:].max(1) for b in v.tracks.values()]); assert side.max()<240*.6
    again = sources.crowds(tmp_path, 6, frames=4)[5]
    assert (again.frames[3]==vs[5].frames[3]).all()
    assert all(np.array_equal(again.tracks[k], b, equal_nan=True) for k,b in vs[5].tracks.items())
    r = CliRunner().invoke(app,
                           ['curate', 'crowds', str(tmp_path), str(tmp_path/'c'), '--collages', '2', '--every', '10'])
    assert r.exit_code==0 and {t.video for t in Crops(tmp_path/'c')}=={'crowd_000000','crowd_000001'}, r.output

def test_grabcut_finds_what_stands_in_the_middle_or_nothing():
    rng = np.random.default_rng(0)
    im = rng.integers(60, 90, (150,200,3)).astype(np.uint8)
    cv2.ellipse(im, (110,80), (50,35), 0, 0, 360, (220,80,40), -1)
    m = sources.grabcut(im); assert np.abs(mask_box(m)-(60,45,101,71)).max()<=4 and (m==sources.grabcut(im)).all()
    small = im.copy()
    small[:] = 75
    cv2.circle(small, (100,70), 8, (220,80,40), -1)
    assert sources.grabcut(small) is None # covers too little
    two = im.copy()
    two[:] = 75
    two[20:60,20:70] = two[90:130,130:180] = (220,80,40)
    assert sources.grabcut(two) is None # in two pieces
    assert sources.grabcut(np.zeros((20,300,3), np.uint8)) is None
    assert sources.grabcut(np.zeros((1,3,3), np.uint8)) is None

def test_command_makes_stills_of_pictures(tmp_path):
    for c in ('ball','face','BACKGROUND_Google'): (tmp_path/'p'/c).mkdir(parents=True)
    im = np.full((150,200,3), 80, np.uint8); cv2.ellipse(im, (110,80), (50,35), 0, 0, 360, (220,80,40), -1)
    white = np.full((150,200,3), 255, np.uint8); white[30:120,40:160] = (30,60,120)
    for n,o in {'ball/a.png': im, 'face/a.jpg': white, 'ball/none.png': np.full((150,200,3), 80, np.uint8),
                'BACKGROUND_Google/b.png': im}.items():
        cv2.imwrite(str(tmp_path/'p'/n), o)
    (tmp_path/'p'/'face'/'cut.jpg').write_bytes(b'\xff\xd8')
    r = CliRunner().invoke(app, ['curate', 'pictures', str(tmp_path/'p'), str(tmp_path/'out')])
    says = '2 crops','1 no object stands out','1 unreadable video'
    assert r.exit_code==0 and all(o in r.output for o in says), r.output
    t = Crops(tmp_path/'out', 1).table.to_pydict()
    assert dict(zip(t['video'], t['class']))=={'ball/a.png':'ball', 'face/a.jpg':'face'}
    # in the middle of another picture, 2.5 times as large
    b = {v: np.array(o)-(150,112,0,0) for v,o in zip(t['video'], t['box'])}
    assert np.abs(b['face/a.jpg']-(40,30,120,90)).max()<=2 and np.abs(b['ball/a.png']-(60,45,101,71)).max()<=4
    assert t['frame_size'][0]==[375,500]

def test_a_picture_lies_in_the_middle_of_another():
    im,other = np.full((40,60,3), 200, np.uint8), np.full((30,30,3), 20, np.uint8)
    f,(x,y) = sources.surround(im, other)
    # a soft edge
    assert f.shape==(100,150,3) and (x,y)==(45,30) and (f[:29]==20).all()
    assert (f[y+10:y+30,x+10:x+50]==200).all() and 20<f[y,x+30,0]<200
    m = np.zeros((40,60), bool); m[10:30,20:40] = 1; f,_ = sources.surround(im, other, m)
    assert (f[y+14:y+26,x+24:x+36]==200).all() and (f[y:y+9]==20).all() and (f!=sources.surround(im, other)[0]).any()
    assert sources.surround(im, other, times=1)[0].shape==im.shape

def test_pictures_are_the_same_each_time_and_need_others(tmp_path):
    (tmp_path/'c').mkdir()
    white = np.full((150,200,3), 255, np.uint8)
    white[30:120,40:160] = (30,60,120)
    cv2.imwrite(str(tmp_path/'c'/'a.png'), white)
    v, = sources.object_pictures(tmp_path)
    with pytest.raises(ValueError, match='none of .* other pictures'): v.frames[0]
    cv2.imwrite(str(tmp_path/'c'/'b.png'), np.random.default_rng(0).integers(0, 200, (150,200,3)).astype(np.uint8))
    a,b = (sources.object_pictures(tmp_path)['c/a.png'].frames[0] for _ in range(2))
    assert (a==b).all() and a.shape==(375,500,3)
    with pytest.raises(IndexError): v.frames[1]

def test_segtrack_has_a_track_for_each_mask_file(tmp_path):
    for o in ('Video','Truth'): (tmp_path/o).mkdir()
    ms = [[np.zeros((64,96,3), np.uint8) for _ in range(5)] for _ in range(2)]
    for i in range(5): ms[0][i][10:30,10+2*i:40+2*i] = 255; ms[1][i][40:60,60:80] = 255; ms[0][i][60,5] = 255
    write_video(tmp_path/'Video'/'bmx.mp4', [a//3+b//4+40 for a,b in zip(*ms)])
    write_video(tmp_path/'Truth'/'bmx.mp4', ms[0])
    write_video(tmp_path/'Truth'/'bmx2.mp4', ms[1][:4])
    write_video(tmp_path/'Truth'/'bmx6.mp4', ms[1])
    v, = sources.segtrack(tmp_path); assert set(v.tracks)=={'1','2','6'}
    # the speck is none of it
    assert np.abs(v.tracks['1']-[[10+2*i,10,30,20] for i in range(5)]).max()<=1
    assert np.isnan(v.tracks['2'][4]).all()
    (tmp_path/'Truth'/'bmx.mp4').unlink()
    with pytest.raises(FileNotFoundError, match='no SegTrack here'): sources.segtrack(tmp_path)

def test_drones_say_what_is_wrong(tmp_path, monkeypatch):
    d = tmp_path/'Data'/'Video_V'
    d.mkdir(parents=True)
    write_video(d/'V_BIRD_001.mp4', [np.zeros((64,96,3), np.uint8)]*4)
    (d/'V_BIRD_001_LABELS.mat').write_bytes(b'x')
    v = sources.drones(tmp_path)[0]
    import types
    rows = lambda r: monkeypatch.setitem(sys.modules, 'mcos_decoder',
                                         types.SimpleNamespace(load_groundtruth=lambda p: r))
    rows([None, (11,21,5,6), None, (12,21,5,6), (13,21,5,6)])
    b = sources._drone_tracks(v.sources or d/'V_BIRD_001_LABELS.mat', 4)['tracks']['target']
    assert tuple(b[0])==(10,20,5,6) and np.isnan(b[1]).all() # the row before the first frame goes
    rows([None]*7)
    with pytest.raises(ValueError, match='7 rows for 4 frames'): _ = sources.drones(tmp_path)[0].boxes
    monkeypatch.setitem(sys.modules, 'mcos_decoder', None)
    with pytest.raises(RuntimeError, match='mcos-decoder'): _ = sources.drones(tmp_path)[0].boxes

def test_crowds_in_the_layout_of_otb_are_those_that_training_sees(tmp_path):
    from siamfc_nb.data import sources
    from siamfc_nb.evaluation.suite import sequences
    for k,c in enumerate(('red','green')):
        (tmp_path/'p'/c).mkdir(parents=True)
        for j in range(2):
            im = np.full((140,160,3), 255, np.uint8)
            cv2.circle(im, (80,70), 40+5*j, [(40,40,200),(40,200,40)][k], -1)
            cv2.imwrite(str(tmp_path/'p'/c/f'{j}.png'), im)
    rng = np.random.default_rng(0)
    # of smooth noise, which JPEG keeps
    cv2.imwrite(str(tmp_path/'p'/'back.png'),
                cv2.GaussianBlur(rng.integers(0, 255, (150,200,3)).astype(np.uint8), (0,0), 3))
    args = ['toy', tmp_path/'t', '--world', 'crowds', '--pictures', tmp_path/'p', '--layout', 'otb', '--videos', 2,
            '--first', 5, '--frames', 4]
    r = CliRunner().invoke(app, list(map(str, args))); assert r.exit_code==0, r.output
    vs = sequences(tmp_path/'t'); assert vs.names==['crowd_000005','crowd_000006'] and [len(v) for v in vs]==[4,4]
    want = sources.crowds(tmp_path/'p', 7, 4)
    for v in vs:
        assert any(np.allclose(v.boxes, b, atol=1e-3, equal_nan=True) for b in want[v.name].tracks.values())
        assert abs(v.frames[2].astype(float)-want[v.name].frames[2]).mean()<12 # but for the JPEG
