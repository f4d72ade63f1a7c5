"Studies of recipes, mined pairs, pairs of one kind: what they promise"
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from typer.testing import CliRunner

from siamfc_nb.lab import study
from siamfc_nb.lab.commands import lab
from siamfc_nb.crops import context_side, from_center, to_center
from siamfc_nb.curation import Crops, curate, stills
from siamfc_nb.train.mined import Mined, beside, margins, mine, mine_folder, mined_rows
from siamfc_nb.otb import iou
from siamfc_nb.pairs import Mixed, Pairs, category, chances
from siamfc_nb.data.readers import write_otb
from siamfc_nb.data.recordings import Unreadable
from siamfc_nb.train.runs import fewer, run_training, training_sets
from siamfc_nb.lab.study import Study, offered, mean_over, plan, run_study, worth, worth_by_set
from siamfc_nb.toyworld import toy_video
from siamfc_nb.tracking import Tracker
from siamfc_nb.train.settings import TrainConfig, shares_of
from siamfc_nb.videos import Video


@pytest.fixture(scope='module')
def made(tmp_path_factory):
    "Two folders of crops, and a suite of three sequences"
    d = tmp_path_factory.mktemp('made')
    for name,seeds in dict(real=range(6), more=range(6,12)).items():
        curate([toy_video(s, n=4, size=(120,160)) for s in seeds], d/name)
    for s in (20,21,22):
        write_otb(toy_video(s, n=4, objects=1, occlusion=0, size=(120,160)), d/'suite')
    return d

tiny = dict(n=4, batch=2, val=.34, n_val=4, device='cpu', workers=0, recipe='paper', tracker='ncc')
def mk(made, work, **kw): return Study([made/'real',made/'more'], [made/'suite'], work=work, **tiny|kw)

# ---- a study

def test_a_study_that_was_killed_goes_on_and_does_nothing_twice(made, tmp_path, monkeypatch):
    calls,kill = [],[2]
    def training(out, *args, **kw):
        calls.append(Path(out).relative_to(tmp_path).as_posix())
        if len(calls)==kill[0]: raise KeyboardInterrupt
        return run_training(out, *args, **kw)
    monkeypatch.setattr(study, 'run_training', training)
    s,changes,out = mk(made, tmp_path/'w', seeds=1),['more alone'],tmp_path/'r.json'
    with pytest.raises(KeyboardInterrupt): run_study(s, changes, out)
    first = json.loads(out.read_text())
    assert list(first['changes'])==['base'] and calls==['w/base/seed-0','w/more_alone/seed-0']
    logs = {p: p.stat().st_mtime_ns for p in (tmp_path/'w').rglob('log/ncc/*_000.json')}
    assert len(logs)==3
    calls.clear()
    kill[0] = 0
    res = run_study(s, changes, out)
    assert calls==['w/more_alone/seed-0']
    assert list(res)==['base','more alone']
    assert res['more alone']['shares']==[0,1]
    assert all(p.stat().st_mtime_ns==t for p,t in logs.items()), 'a finished sequence was tracked again'
    r = json.loads(out.read_text())
    assert r['changes']['base']==first['changes']['base'] and list(r['table'])==list(res)
    assert {'difference','interval','sequences','seeds','verdict'} <= r['changes']['more alone']['worth']['auc'].keys()
    assert r['about']['n']==4 and r['about']['sets'].keys()=={'suite'}
    assert worth_by_set(r)['more alone'].keys()=={'suite'}
    calls.clear()
    run_study(s, [], out)
    assert not calls
    assert list(json.loads(out.read_text())['changes'])==['base','more alone'], 'what was found before is gone'
    with pytest.raises(ValueError, match='steps is 2 there and 4 here'):
        run_study(mk(made, tmp_path/'w', n=8), [], tmp_path/'x.json')

def test_all_trainings_see_as_many_pairs_but_for_the_length(made, tmp_path):
    s = mk(made, tmp_path, n=64, recipe='ours')
    for c in offered(s):
        assert plan(s, c).steps==(int(32*float(c.partition('=')[2])) if c.startswith('length') else 32), c
    assert {'without real','real alone','patience=3','init=xavier','even=true','hard=0.1','alike=0.5','T=20','turn=0.2',
            'length=2'} < set(offered(s))
    assert 'init=he' not in offered(s)
    assert 'init=he' in offered(mk(made, tmp_path, changes=['init=xavier']))
    assert 'alike=0.5' not in offered(mk(made, tmp_path)) # the paper's loss has no other pairs as negatives

@pytest.mark.parametrize('change,says', [('gray=1', 'NAME=VALUE'), ('steps=4', 'expected --pairs'),
    ('seed=1', 'expected --seeds'), ('without x', 'several folders'), ('length=0', 'length above 0'),
    ('length=nan', 'a number'), ('videos=0', 'at least 1'), ('recipe=best', 'paper, release, ours'),
    ('hard=2', 'share above 0'), ('alike=0.5', 'crossed above 0'), ('T=100', 'it changes nothing'), ('T=1', None),
    ('filters=24,64,96,96,64', None), ('T=1,filters=24, 64,96,96,64 ,hard=0.1', None), ('filters=24,64', 'filters')])
def test_changes_are_refused_before_anything_is_trained(made, tmp_path, change, says, monkeypatch):
    monkeypatch.setattr(study, 'learn', lambda *a: (_ for _ in ()).throw(RuntimeError('it trains')))
    with pytest.raises(RuntimeError if says is None else ValueError, match=says or 'it trains'):
        run_study(mk(made, tmp_path/'w'), [change], tmp_path/'r.json')

@pytest.mark.parametrize('wrong, says', [(dict(tracker='nobody'), 'unknown tracker'),
                                         (dict(roots=['nowhere']), 'nowhere')])
def test_what_judges_is_looked_at_before_anything_is_trained(made, tmp_path, wrong, says, monkeypatch):
    monkeypatch.setattr(study, 'learn', lambda *a: pytest.fail('it trains'))
    s = mk(made, tmp_path/'w')
    for k,v in wrong.items(): setattr(s, k, v)
    with pytest.raises((ValueError,OSError), match=says): run_study(s, [], tmp_path/'r.json')

def test_a_folder_without_a_share_is_never_drawn_and_still_validates(made):
    pairs,val,about = training_sets([made/'real',made/'more'], val=.34, n_val=4, shares=dict(real=0.))
    assert about['shares']==[0,1] and about['videos']==6
    assert about['validation_videos']
    assert {t.video for t in val.tracks}==set(about['validation_videos'])
    k = [int(np.searchsorted(pairs.cum, np.random.default_rng([0,i,1]).random(), 'right')) for i in range(200)]
    assert set(k)=={1}

def test_worth_by_hand():
    "Two sets that count the same, two seeds, and a sequence without a figure"
    sets = dict(a='A', b='A', c='B', d='B', e='B')
    def run(*auc): return {k: dict(auc=v, precision=v) for k,v in zip(sets, auc)}
    base = [run(.5,.5,.5,.5,np.nan), run(.5,.5,.5,.5,.5)]
    up = [run(.6,.6,.7,.7,.9), run(.6,.6,.9,.9,.9)]
    d = worth(up, base, sets)['auc']
    assert np.isclose(d['difference'], (.1+.3)/2)
    assert d['sequences']==4
    assert np.allclose(d['seeds'], [(.1+.2)/2,(.1+.4)/2])
    assert d['verdict']=='better'
    assert worth(base, up, sets)['auc']['verdict']=='worse'
    assert worth(base, base, sets)['auc']['verdict']=='cannot tell'
    mixed = [run(.9,.9,.9,.9,.9), run(.49,.49,.49,.49,.49)] # the mean is far above, and one seed is below
    d = worth(mixed, base, sets)['auc']
    assert d['interval'][0]>0 and d['verdict']=='cannot tell'
    assert 'e' not in mean_over(base, 'auc')

def test_worth_on_sets_whose_names_have_dots():
    seqs = {'a.1.p': .5, 'a.1.q': .6, 'b.p': .1, 'b.q': .2}
    up = {k: v+.1 for k,v in seqs.items()}
    changes = dict(base=dict(sequences=[seqs]), up=dict(sequences=[up]))
    r = worth_by_set(dict(about=dict(sets={'a.1': 'x', 'b': 'y'}), changes=changes))
    assert r=={'up': dict.fromkeys(('a.1','b'), '+0.100 [+0.100, +0.100]')}

def test_fewer_videos_are_nested_and_keep_their_weights():
    tracks = lambda name,n: [SimpleNamespace(video=f'{name}{k}', track='0') for k in range(n)]
    sets,seen = [tracks('a',5), tracks('b',20)],set()
    for n in (1,3,5,6,12,25):
        few,parts = fewer(sets, n)
        now = {t.video for s in few for t in s}
        assert len(now)==n and seen<=now
        seen = now
        assert n>5 or all(v[0]=='a' for v in now)
        chance = [p/max(len(s), 1) for p,s in zip(parts, few)] # of a video, shares being equal
        assert all(np.isclose(c, 1/len(s)) for c,s,f in zip(chance, sets, few) if f)

@pytest.mark.parametrize('name,asked,row', [('recipe', ('--change','T=1'), 'T=1'),
    ('data', ('--videos','2,9999'), 'videos=2')])
def test_the_commands(made, tmp_path, name, asked, row, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(study, 'judged', lambda s, w,
                        to: ({f'{n}{i}': dict(auc=.5, precision=.5) for n in 'ab' for i in (1,2)},
                             dict(a1='a', a2='a', b1='b', b2='b'), {}))
    def learn(s, p, seed, to):
        return to/'w', dict(step=p.steps), training_sets(s.crops, s.still, s.val, seed, s.n_val, p.videos, p.shares,
            **p.drawn)[2]
    monkeypatch.setattr(study, 'learn', learn) # the trainings are another test's
    args = ['ablate', name, made/'real', made/'more', '--suite', made/'suite', *asked, '--pairs', 4, '--batch', 2,
            '--seeds', 1, '--val', .34, '--val-pairs', 4, '--recipe', 'paper', '--tracker', 'ncc', '--workers', 0,
            '--device', 'cpu']
    r = CliRunner().invoke(lab, list(map(str, args)))
    assert r.exit_code==0, r.output
    d = json.loads((tmp_path/'runs/results'/f"{dict(recipe='recipes', data='table3')[name]}.json").read_text())
    assert list(d['changes'])==['base',row]
    assert 'cannot tell' in r.output
    assert len(d['changes'][row]['auc'])==3
    if name=='recipe': return
    assert {k: o['videos'] for k,o in d['changes'].items()}=={'base': 10, 'videos=2': 2}
    assert 'more' not in d['changes'][row]['tracks']
    from siamfc_nb.lab.study import show_table3
    assert len(show_table3(d).axes)==2

# ---- mined pairs

@pytest.mark.parametrize('seed', range(4))
def test_what_is_mined_has_the_look_alike_in_the_search_image_and_never_the_target_at_its_place(tmp_path, seed):
    rng = np.random.default_rng(seed)
    w,h = int(rng.integers(12,20)),int(rng.integers(40,56))
    patch,back = rng.integers(0, 255, (h,w,3)).astype(np.uint8),rng.integers(60, 120, (160,240,3)).astype(np.uint8)
    side = context_side(w, h)
    dx = int(rng.integers(w+2, int(60*side/127)))*int(rng.choice([-1,1])) # within the score map
    def frame(i, twin):
        f = back.copy()
        x,y = 110+i,50+i
        for d in (0,dx)[:1+twin]: f[y:y+h,x+d:x+d+w] = patch
        return f
    twin = [i in (3,5,6) for i in range(8)]
    boxes = np.array([[110+i,50+i,w,h] for i in range(8)], float)
    curate([Video('v', [frame(i, t) for i,t in enumerate(twin)], {'target': boxes})], tmp_path/'c')
    rows = mine(Crops(tmp_path/'c')[0], Tracker.pretrained('siamfc-3s', 'cpu'), -2)
    assert [r['x'] for r in rows]==[3,5,6] and {r['z'] for r in rows}=={0}
    for r in rows:
        (cx,cy,*_),s = to_center(boxes[r['x']]),side/127 # a pixel of the search image, in pixels of the frame
        there = from_center([cx+s*r['place'][0], cy+s*r['place'][1], w, h])
        alike = boxes[r['x']]+[dx,0,0,0]
        assert iou(there[None], alike[None])[0]>.4 and iou(there[None], boxes[r['x']][None])[0]<=.2
        assert np.all(abs(np.array(r['place']))+np.array(
            [w,h])/s/2<=127.5+.5), 'the look-alike sticks out of the search image'

@pytest.mark.parametrize('size', [(40,40),(20,80),(90,30),(63.5,63.5)])
def test_beside_is_beside_for_any_map(size):
    "Wherever the peak of a random map lies, a box there overlaps the target's by a fifth at most"
    rng = np.random.default_rng(0)
    v = rng.normal(0, 1, (50,17,17))
    m,place = margins(v, beside(size))
    at = from_center(np.c_[place, np.repeat([size], 50, 0)])
    target = from_center(np.array([[0,0,*size]]))
    assert (iou(at, np.repeat(target, 50, 0))<=.2+1e-9).all() and (abs(place)<=64).all()
    on = np.hypot(*np.meshgrid(*[8*(np.arange(17)-8)]*2))<=16
    assert np.allclose(m, [a[beside(size)].max()-a[on].max() for a in v])

def test_mined_pairs_are_drawn_and_those_of_validation_videos_are_not(made, tmp_path):
    crops = Crops(made/'real')
    pairs = [dict(video=t.video, track=t.track, z=int(t.frames[0]), x=int(t.frames[-1]), place=[40,0], margin=0.)
             for t in crops if len(t)>1]
    (tmp_path/'mined').mkdir()
    (tmp_path/'mined/real.json').write_text(json.dumps(dict(asked={}, pairs=pairs)))
    p,_,about = training_sets([made/'real',made/'more'], val=.34, n_val=4, mined=tmp_path/'mined',
                              shares=dict(mined=2.))
    last = p.sets[-1]
    assert isinstance(last, Mined)
    assert about['shares']==[1,1,2]
    assert about['tracks']['mined']==len(last.tracks)>0
    assert {t.video for t in last.tracks}.isdisjoint(about['validation_videos'])
    assert about['validation_videos']
    for i in range(20):
        t,(a,b) = last.pick(i, np.random.default_rng(i))
        assert (a,b)==(0,len(t)-1)
    with pytest.raises(ValueError, match='no pair of more'):
        mined_rows(tmp_path/'mined', dict(more=Crops(made/'more')))
    with pytest.raises(FileNotFoundError, match='siamfc mine'): mined_rows(tmp_path/'none', {})

def test_a_file_of_other_weights_is_not_taken_for_ones_own(made, tmp_path):
    t = Tracker.pretrained('siamfc-3s', 'cpu')
    a = mine_folder(made/'real', tmp_path, t, 'a', -20)
    assert a['pairs'] and mine_folder(made/'real', tmp_path, None, 'a', -20)==a
    with pytest.raises(ValueError, match="digest is 'a' there and 'b' here: choose another --out"):
        mine_folder(made/'real', tmp_path, t, 'b', -20)

def test_a_track_is_left_out_for_a_damaged_crop_alone(made, tmp_path, monkeypatch):
    def broken(e):
        def mine(t, *_): raise e
        monkeypatch.setattr('siamfc_nb.train.mined.mine', mine)
    broken(Unreadable('truncated'))
    d = mine_folder(made/'real', tmp_path/'a', None, 'a')
    assert set(d['damaged'])=={'truncated'} and not d['pairs']
    broken(ValueError('shapes differ'))
    with pytest.raises(ValueError, match='shapes differ'): mine_folder(made/'real', tmp_path/'b', None, 'a')
    assert not (tmp_path/'b').exists()

def test_a_link_to_a_folder_has_one_name_whoever_reads_it(made, tmp_path, monkeypatch):
    "And the present folder has its own; stills of the same name are no place to look for mined pairs"
    (tmp_path/'crops').mkdir()
    link = tmp_path/'crops'/'mine'
    link.symlink_to(made/'real', target_is_directory=True)
    t = Tracker.pretrained('siamfc-3s', 'cpu')
    found = mine_folder(link, tmp_path/'mined', t, 'a', -20)
    assert found['pairs'] and [p.name for p in (tmp_path/'mined').iterdir()]==['mine.json']
    curate(stills([toy_video(s, n=4, size=(120,160)) for s in (0,1)]), tmp_path/'stills'/'mine')
    for given in (link, f'{link}/.', tmp_path/'stills'/'..'/'crops'/'mine'):
        p,_,about = training_sets([given], tmp_path/'stills'/'mine', val=0, mined=tmp_path/'mined')
        assert [o['name'] for o in about['folders']]==['mine','mine','mined'] and len(p.sets[-1].tracks)>0
    monkeypatch.chdir(made/'real') # which is where a link leads
    assert training_sets(['.'], val=0)[2]['tracks'].keys()=={'real'} and shares_of(['./=2'])==dict(real=2.)

# ---- pairs by their number

def test_pairs_of_one_kind_stand_in_one_batch_and_come_from_one_set(made):
    sets = [Pairs(Crops(made/n), n=64, seed=k, alike=1., even=True) for k,n in enumerate(('real','more'))]
    mix = Mixed(sets)
    def which(i): # set and track, as `Mixed` and `Pairs` draw them
        k = next(k for k,p in enumerate(sets) if np.array_equal(mix[i][0], p[i][0]))
        return k,sets[k].pick(i, np.random.default_rng([sets[k].seed,i]))[0]
    for i in range(0, 16, 2):
        (ka,a),(kb,b) = which(i),which(i+1)
        assert ka==kb and category(a)==category(b)=='toy' and a.video!=b.video
    assert [p.draw(i)[2][0] for p in sets for i in range(8)]==([False]*3+[True])*4

def test_a_kind_with_one_video_is_drawn_as_ever(made):
    a,b = (Pairs(Crops(made/'real'), n=8, alike=x) for x in (0.,1.))
    b.kind = np.arange(len(b.kind))
    assert [b.like(k, np.random.default_rng(0)) for k in range(3)]==[0,1,2]
    assert a.leader(1)==1 and b.leader(1)==0 and np.allclose(a.cum[-1], chances(a.tracks).sum())

def test_alike_needs_a_loss_that_compares(made, tmp_path):
    pairs,_,about = training_sets([made/'real'], val=0, alike=.5)
    with pytest.raises(ValueError, match='alike=0.5 needs crossed above 0'):
        run_training(tmp_path/'x', pairs, None, about|dict(pairs=dict(alike=.5)), TrainConfig(steps=1, batch=2))
    assert not (tmp_path/'x').exists()
