"The tracker of the live pages computes what the package computes: JavaScript against Python's numbers"

import json
import os
import re
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path

import cv2
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import torch

from siamfc_nb import crops, otb, scales, tracking
from siamfc_nb.pretrained import load_weights, named_weights, pretrained_net, weights_digest
from siamfc_nb.xcorr import xcorr

root = Path(__file__).resolve().parent.parent


def numbers():
    "Inputs and what the package makes of them, small enough to read"
    rng, torch_rng = np.random.default_rng(0), torch.Generator().manual_seed(0)
    frame = cv2.GaussianBlur(rng.integers(0, 256, (48, 64, 3), dtype=np.uint8), (0, 0), 1.5)
    frame = cv2.normalize(frame, None, 0, 255, cv2.NORM_MINMAX)
    mean = cv2.mean(frame)[:3]
    squares = [((32, 24), 30, 31), ((3.3, 5.7), 41.2, 25), ((60.1, 47.9), 20.5, 63), ((-50, -50), 20, 9)]
    z, x = torch.randn(4, 3, 3, generator=torch_rng), torch.randn(4, 9, 9, generator=torch_rng)
    one = lambda a: torch.as_tensor(a)[None]
    flat = lambda a: np.asarray(a, float).ravel().tolist()
    three, dither = tracking.get_config('siamfc-3s'), tracking.get_config('siamfc-dither')
    def found(cfg, v):
        keep = torch.full((cfg.scales,), cfg.penalty); keep[cfg.scales//2] = 1
        n = v.shape[-1]
        return flat(tracking.locate(v, tracking.upsampling(n, cfg.up), tracking.cosine_window(n*cfg.up), keep,
                                    cfg.window))
    def moved(cfg, box, d, zoom, f):
        at = tracking.Targets.start([box], np.zeros(3), cfg.context)
        c, side = tracking.move(at.c, at.side, at.first, np.array([d]), np.array([zoom]), np.array([f]), cfg, 8)
        wh = at.size*(side/at.side)[:, None]
        return flat(np.c_[c-wh/2, wh])
    maps = [(c, torch.randn(c.scales, n, n, generator=torch_rng)) for c in (three, dither) for n in (5, 17)]
    maps += [(c, torch.full((c.scales, 17, 17), -2.)) for c in (three, dither)]
    moves = [(three, (10, 20, 30, 40), (1.5, -.25), 1.0375, 1.0375), (three, (1, 2, 9, 5), (0, 0), 1, 90),
             (dither, (5, 5, 8, 8), (-3, 2), 1/1.05, .99)]
    pairs = [((0, 0, 10, 10), (5, 5, 10, 10)), ((0, 0, 1, 1), (5, 5, 1, 1))]
    r, w = torch.randn(25, generator=torch_rng), tracking.cosine_window(5).flatten()
    return dict(
        frame=dict(data=frame.ravel().tolist(), width=64, height=48), mean=mean,
        contextSide=[dict(args=a, side=float(crops.context_side(*a))) for a in ((10, 20, .5), (35, 7, .25), (4, 4, 0))],
        crops=[dict(c=c, side=s, size=n, data=flat(crops.crop(frame, c, s, n).transpose(2, 0, 1))) for c, s,
        n in squares],
        xcorr=dict(z=dict(data=flat(z), dims=z.shape), x=dict(data=flat(x), dims=x.shape), gain=.5, bias=-1,
                   data=flat(.5*xcorr(one(z), one(x))-1)),
        upsampling=[dict(n=n, up=up, data=flat(tracking.upsampling(n, up))) for n, up in ((5, 4), (17, 16), (3, 1))],
        cosineWindow=dict(n=20, data=flat(tracking.cosine_window(20))),
        penalised=[dict(peak=p, penalty=k, out=float(tracking.penalised(torch.tensor(p), k))) for p in (2.,
        -2.) for k in (1, .9)],
        blended=[dict(r=flat(o), w=flat(w), influence=k, out=flat(tracking.blended(o, w, k))) for o in (r,
        0*r) for k in (0, .176, 1)],
        locate=[dict(v=[flat(o) for o in v], n=v.shape[-1], cfg=asdict(c), found=found(c, v)) for c, v in maps],
        resize=[dict(args=(s, 10, f, (.2, 5), d),
        out=float(tracking.resize(np.array([s]), np.array([10.]), f, (.2, 5), d)[0])) for s in (10.,
        49.) for f in (.1, 1.3) for d in (1, .5)],
        ditherSign=[float(scales.dither_sign(np.array(a))) for a in range(6)],
        scaleStep=[dict(peaks=p, sign=s, cfg=asdict(dither),
        out=float(scales.scale_step(np.array([p]), np.array([s]), dither)[0])) for p in ((1., 1.2, 1.1),
        (0., 0., 5.)) for s in (1., -1.)],
        move=[dict(box=b, d=d, zoom=z, f=f, cfg=asdict(c), stride=8, out=moved(c, b, d, z, f)) for c, b, d, z,
        f in moves],
        iou=[dict(a=a, b=b, out=float(otb.iou(a, b))) for a, b in pairs],
    )


@pytest.mark.parametrize('name', ['shipped', 'lite'])
def test_the_pages_networks_are_those_that_ship(name):
    said = (root/'nbs'/'_live'/f'phi_{name}.js').read_text().split(';\n')[0]
    about, weights = json.loads(said.removeprefix(f'siamfcData.nets.{name} = ')), named_weights(name)
    assert about['weights']==weights_digest(weights), 'other weights ship now: python nbs/_site.py live'
    net = load_weights(weights)
    assert (about['gain'], about['bias'], about['stride'])==(net.gain.item(), net.bias.item(), net.phi.stride)


@pytest.mark.skipif(not shutil.which('node'), reason='no Node here: apt-get install nodejs')
def test_javascript_tracker_is_the_package(tmp_path):
    fixture = tmp_path/'numbers.json'
    fixture.write_text(json.dumps(numbers()))
    cmd = ['node', '--test', '--test-reporter=tap', str(root/'tests'/'js'/'tracker.test.js')]
    p = subprocess.run(cmd, env=os.environ | {'FIXTURE': str(fixture)}, capture_output=True, text=True, timeout=120)
    assert p.returncode==0, p.stdout+p.stderr
    assert '# pass 16' in p.stdout and '# skipped 0' in p.stdout, p.stdout


# ---- figures of the lessons

def of_lesson(stem, *names, **known):
    "Functions of a lesson that are not in the package, from its cells; `plot_` ones and axes remember their arguments"
    from unittest.mock import MagicMock

    from siamfc_nb import deploy, drawing, embedding, report, scales, vot
    space, plotted = {}, {}
    for m in (otb, deploy, drawing, embedding, report, scales, vot): space |= vars(m)
    space |= {'np': np, 'plt': MagicMock(), 'net': pretrained_net(), **known}
    plotted['ax'] = MagicMock()
    space['plt'].subplots.return_value = None, plotted['ax']
    space |= {k: (lambda curves, *a, **kw: plotted.update(curves=curves, rest=a)) for k in ('plot_eao', 'plot_success')}
    for c in json.loads((root/'nbs'/f'{stem}.ipynb').read_text())['cells']:
        s = ''.join(c['source'])
        if c['cell_type']=='code' and any(s.startswith(f'def {n}(') or f'\ndef {n}(' in s for n in names):
            exec(s, space)
    return space, plotted

def figure_numbers(monkeypatch):
    "What the package, or a lesson, computes for settings of every live figure"
    from itertools import product

    from nbs import _site
    from siamfc_nb import figures, labels, training
    flat = lambda a: np.asarray(a, float).ravel().tolist()
    cases, (data, _) = {}, _site.lesson_data()
    def add(kind, by=1e-6, settings=None, **want):
        cases.setdefault(kind, []).append(dict(settings=settings, want=want, by=by))
    for R, k in product((0, 16, 48, 64), (4, 8, 16)):
        y = labels.mk_labels(R=R, k=k)
        plain, balanced = labels.background_loss(R, k)
        add('labels', settings=dict(R=R, k=k), y=flat(y), positive=int((y>0).sum()), plain=plain, balanced=balanced,
            curves=[list(labels.background_loss(r, k)) for r in range(0, 65, 4)])
    for lr0, lr1, epochs in product((-4, -2, 0), (-6, -1), (1, 7, 50)):
        add(
            'rate',
            1e-12,
            dict(lr0=lr0, lr1=lr1, epochs=epochs),
            rates=[training.lr_at(i, 1000, 10**lr0, 10**lr1, epochs) for i in range(1000)],
        )
    pixels, box = np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8), (20, 10, 30, 24)
    pixels = cv2.GaussianBlur(pixels, (0, 0), 2)
    for context, dx, dy in product((0, .5, 1.5), (-40, 0), (0, 30)):
        b = np.add(box, (dx, dy, 0, 0))
        add(
            'crops',
            1,
            dict(photo='noise', context=context, dx=dx, dy=dy),
            box=flat(b),
            side=float(crops.context_side(*b[2:], context)),
            exemplar=flat(crops.exemplar_crop(pixels, b, context=context).transpose(2, 0, 1)),
            search=flat(crops.search_crop(pixels, b, context=context).transpose(2, 0, 1)),
        )
    choice = data['choice']
    v, U = (
        torch.tensor(choice['maps']).view(3, choice['n'], choice['n']),
        tracking.upsampling(choice['n'], choice['up']),
    )
    for window, penalty in product((0, .176, .5, 1), (.8, .9745, 1)):
        s, dx, dy, peak = tracking.locate(
            v, U, tracking.cosine_window(), torch.tensor([penalty, 1, penalty]), window
        ).tolist()
        add('choice', 1e-4, dict(window=window, penalty=penalty), chosen=s, dx=dx, dy=dy, peak=peak)
    for dx, dy, scale in product((-50, 0, 10, 50), (0, -20), (.3, 1, 2)):
        a, b = np.array([30, 30, 40, 40.]), np.r_[50+dx-20*scale, 50+dy-20*scale, 40*scale, 40*scale]
        add(
            'overlap',
            1e-9,
            dict(dx=dx, dy=dy, scale=scale),
            iou=float(otb.iou(a, b)),
            error=float(otb.center_error(a, b)),
        )
    space, plotted = of_lesson('12_otb', 'show_drift')
    seen = {}
    def scores(runs): seen.update(otb.sequence_scores(runs)); return seen
    space['sequence_scores'] = scores
    for speed, shrink, frames in product((0, .5, 3), (0, 1.3), (50, 600)):
        space['show_drift'](speed, shrink, frames)
        add(
            'success',
            1e-9,
            dict(speed=speed, shrink=shrink, frames=frames),
            curve=flat(seen['success']),
            auc=seen['auc'],
            precision=seen['precision'],
            normed=seen['norm_precision'],
        )
    space, plotted = of_lesson('13_vot', 'show_tradeoff')
    for rate, seed, (lo, hi) in product((20, 150, 1000), (0, 5), ((108, 371), (300, 50))):
        space['show_tradeoff'](.55, rate, seed, lo, hi)
        [curve], [lengths] = plotted['curves'].values(), plotted['rest']
        add(
            'eao',
            1e-9,
            dict(overlap=0.55, rate=rate, seed=seed, shortest=lo, longest=hi),
            curve=flat(curve),
            lo=lengths[0],
            hi=lengths[1],
            eao=float(np.mean(curve[lengths[0] : lengths[1]+1])),
        )
    seen = []
    monkeypatch.setattr(figures, '_panel', lambda ax, p, *a, **kw: seen.append(p))
    moves = (((3, -5), 5, 2), ((-12, 0), 1, 6), ((0, 12), 11, 0), ((1, 1), 4, 1))
    for ((dy, dx), kernel, padding), mode in product(moves, ('zeros', 'reflect', 'replicate', 'circular')):
        seen.clear()
        figures.show_violation(dy, dx, kernel, padding, mode)
        plt.close('all')
        settings = dict(dy=dy, dx=dx, kernel=kernel, padding=padding, mode=mode)
        known = seen[3][~seen[3].isnan()]
        maps = dict(zip(('moved', 'h', 'later', 'off'), map(flat, seen)))
        add('violation', 1e-6, settings, **maps, N=seen[3].shape[-1],
            most=float(known.max()), valid=len(known), broken=int((known>1e-5).sum()))
    space, plotted = of_lesson('13_vot', 'rotated', 'show_rotated')
    for angle, side in product((0, 20, 45, 85, 90), (4, 5, 12, 31, 50)):
        space['show_rotated'](angle, side)
        ax = plotted['ax']
        exact, inside = map(float, re.findall(r'\d\.\d+', ax.set_title.call_args[0][0]))
        mask = flat(ax.imshow.call_args[0][0])
        add('rotated', .005001, dict(angle=angle, side=side), mask=mask, exact=exact, pixels=inside)
    ope = of_lesson('14_results', 'trackers')[0]['trackers']('otb_opencv', 'otb_speed', 'otb')
    space, plotted = of_lesson('14_results', 'overlaps', ope=ope, pd=pd)
    data['overlaps'] = _site.benchmark_overlaps()
    assert data['overlaps'].keys()==ope.keys()
    for tracker, sequence in product(('siamfc-3s', 'csrt'), ('Girl', 'Bolt2')):
        curve = space['overlaps'](tracker, sequence)
        settings = dict(tracker=tracker, sequence=sequence)
        add('sequence', 1e-9, settings, curve=flat(curve), mean=float(np.nanmean(curve)))
    space, plotted = of_lesson('15_speed', 'show_work')
    for scales_, search in product((1, 3, 9), (183, 255, 287)):
        space['show_work'](scales_, search)
        one, pyramid = plotted['ax'].barh.call_args[0][1]
        add('work', 1e-9, dict(scales=scales_, search=search), one=one, pyramid=pyramid)
    space, plotted = of_lesson('16_distillation', 'show_cost')
    for share in (.1, .25, .3, .95, 1):
        space['show_cost'](share)
        full, light = (c[0][1] for c in plotted['ax'].barh.call_args_list[-2:])
        add('cost', 1e-9, dict(share=share), full=full, light=light)
    rgba = np.dstack([pixels, np.full((60, 80), 255, np.uint8)])
    data['photos'] = dict(noise=dict(box=box, image=dict(data=rgba.ravel().tolist(), width=80, height=60)))
    return dict(cases=cases, data=data)

@pytest.mark.skipif(not shutil.which('node'), reason='no Node here: apt-get install nodejs')
def test_figures_of_lessons_compute_what_the_package_computes(tmp_path, monkeypatch):
    from nbs import _site
    fixture, numbers = tmp_path/'figures.json', figure_numbers(monkeypatch)
    assert set(numbers['cases'])==set(_site.figures.values())
    fixture.write_text(re.sub(r'\bNaN\b', 'null', json.dumps(numbers)))
    cmd = ['node', '--test', '--test-reporter=tap', str(root/'tests'/'js'/'figures.test.js')]
    p = subprocess.run(cmd, env=os.environ | {'FIGURES': str(fixture)}, capture_output=True, text=True, timeout=120)
    assert p.returncode==0 and '# pass 12' in p.stdout, p.stdout+p.stderr

def stored(name):
    "Data of a script of the pages"
    return {
        k: json.loads(v)
        for k, v in re.findall(
            r'^siamfcData\.(\w+) = (.+);$', (root/'nbs'/'_live'/f'{name}.js').read_text(), re.M
        )
    }

def test_stored_data_of_figures_are_the_lessons():
    from nbs import _site
    (data, photos), have = _site.lesson_data(), stored('lessons')
    np.testing.assert_allclose(
        have['choice'].pop('maps'),
        data['choice'].pop('maps'),
        atol=0.02,
        err_msg='other weights ship now: python nbs/_site.py live',
    )
    for k in ('choice', 'layers', 'camera'): assert have[k]==data[k]
    assert have['filters']==list(data['filters'])
    np.testing.assert_allclose(have['draws'], data['draws'], atol=1e-8)
    assert {k: o['box'] for k, o in stored('photos')['photos'].items()}=={k: list(o['box']) for k, o in photos.items()}

def test_chances_of_a_page_are_numpys():
    for seed, draws in enumerate(stored('lessons')['draws']):
        for rate in range(20, 1001, 10):
            want = np.random.default_rng(seed).geometric(1/rate, 60)
            np.testing.assert_array_equal(np.ceil(-np.array(draws)/np.log1p(-1/rate)), want)

def test_sliders_of_a_page_start_where_those_of_the_notebook_do():
    from nbs import _site
    def of(stem, k):
        cells = [
            ''.join(c['source'])
            for c in json.loads((root/'nbs'/f'{stem}.ipynb').read_text())['cells']
            if c['cell_type'] == 'code'
        ]
        code = [s for s in cells if s.startswith('interact(')][k-1]
        return {o['name']: o for o in _site.settable(code, [s for s in cells if not re.search('^[%!]', s, re.M)])}

    assert of('04_labels', 1) == {
        'R': dict(name='R', min=0, max=64, step=4, value=16),
        'k': dict(name='k', options=[4, 8, 16], value=8),
    }
    c = tracking.get_config('siamfc-3s')
    assert {k: o['value'] for k, o in of('10_tracking', 1).items()}==dict(window=c.window, penalty=c.penalty)
    assert of('05_crops', 1)['photo']['options']==['cat', 'rocket', 'cup', 'face']
    assert of('14_results', 1)['sequence']['value']=='Girl' and 'csrt' in of('14_results', 1)['tracker']['options']
    ones = '01_equivariance', '09_training', '10_tracking', '12_otb', '13_vot', '15_speed', '16_distillation'
    for stem, k in (*((o, 1) for o in ones), ('12_otb', 2), ('13_vot', 2)):
        for o in of(stem, k).values():
            if 'options' in o: continue
            n = (o['value']-o['min'])/o['step']
            assert o['min']<=o['value']<=o['max'] and abs(n-round(n))<1e-6, o # else a browser cuts it

@pytest.mark.skipif(not shutil.which('node'), reason='no Node here: apt-get install nodejs')
@pytest.mark.parametrize('n', [0, 1, 6, 7, 8, 5000])
def test_a_page_unpacks_what_the_site_packs(n, tmp_path):
    from nbs import _site
    data = np.random.default_rng(n).integers(0, 256, n, dtype=np.uint8).tobytes()
    script = _site.inlined('x', data[::2]+data[1::2])
    assert not set(script[script.index('"')+1:-3]) & set('\0\n\r"\\\x7f') and script.encode().decode()==script
    (tmp_path/'x.js').write_text('globalThis.siamfcData = {};\n'+script, encoding='utf-8')
    code = f"""require({str(tmp_path/'x.js')!r}); require({str(root/'nbs'/'_live'/'live.js')!r});
      const {{unpack, interleave}} = siamfcLive;
      unpack(siamfcData.x).then(o => console.log(Buffer.from(interleave(o)).toString('hex')));"""
    p = subprocess.run(['node', '-e', code], capture_output=True, text=True, timeout=60, check=True)
    assert bytes.fromhex(p.stdout)==data

def sentences(script):
    "What a script says, as `zh.js` names it: templates with the tag t, each value a number in braces"
    for m in re.finditer(r'(?<![\w$])t`', script):
        i, said, n, depth = m.end(), '', 0, 0
        while depth or script[i]!='`':
            if not depth and script[i:i+2]=='${':
                said, n = said+f'{{{n}}}', n+1
            depth += (script[i]=='{')-(script[i]=='}')
            if not depth and script[i]!='}' and script[i:i+2]!='${': said += script[i]
            i += 1
        yield said

def test_what_a_script_says_is_found():
    assert [*sentences("say(t`a ${b.map(o => ({o}))} c ${d}`); x.at`no`; say(t`e`)")]==['a {0} c {1}', 'e']

@pytest.mark.skipif(not shutil.which('node'), reason='no Node here: apt-get install nodejs')
def test_all_that_live_parts_say_is_there_in_chinese():
    at = root/'nbs'/'_live'
    said = {s for k in ('tracker', 'live', 'track_it', 'figures') for s in sentences((at/f'{k}.js').read_text())}
    assert len(said)>50
    code = f"""require({str(at/'zh.js')!r});
      const values = [...Array(9).keys()].map(i => `<${{i}}>`);
      console.log(JSON.stringify({json.dumps(sorted(said))}.map(o => {{
        const parts = o.split(/\\{{\\d\\}}/);
        return siamfcSay(parts, ...values.slice(0, parts.length - 1)); }})));"""
    p = subprocess.run(['node', '-e', code], capture_output=True, text=True, timeout=60)
    assert p.returncode==0, p.stderr
    for en, zh in zip(sorted(said), json.loads(p.stdout)):
        assert sorted(re.findall(r'\{(\d)\}', en))==sorted(set(re.findall(r'<(\d)>', zh))), en
        assert re.search('[\u4e00-\u9fff。]', zh), en
    kept = re.findall(r"^  '(.*?)':(?: |$)", (at/'zh.js').read_text(), re.M)
    assert set(kept)==said, 'zh.js has a sentence that nobody says'

@pytest.mark.skipif(not shutil.which('node'), reason='no Node here: apt-get install nodejs')
def test_a_sentence_without_a_translation_stays_english():
    code = f"require({str(root/'nbs'/'_live'/'zh.js')!r}); console.log(siamfcSay`nobody translated ${{7}} of ${{9}}`)"
    p = subprocess.run(['node', '-e', code], capture_output=True, text=True, timeout=60)
    assert p.stdout=='nobody translated 7 of 9\n', p.stderr

@pytest.mark.parametrize('path', ['nbs/_live/track_it.js','siamfc_nb/app/give.js'])
def test_a_file_to_save_stays_until_the_browser_has_read_it(path):
    "Both in one way: some browsers read it after the click"
    script = (root/path).read_text()
    assert re.findall(r'(.*)URL\.revokeObjectURL\(url\)(.*?);', script)==[('    setTimeout(() => ',', 10000)')]
