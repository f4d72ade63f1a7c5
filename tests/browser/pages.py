"What the tests of pages have in common: the site's pages, the live ones at work, and waiting"

import os
import time
from pathlib import Path

import numpy as np
import pytest

root = Path(__file__).resolve().parents[2]
site = Path(os.environ.get('SITE', root/'docs')).resolve()

def url(page): return (site/page).as_uri()

def until(f, seconds=60):
    "Wait for a condition, with time for slow machines"
    end = time.time()+seconds
    while time.time()<end:
        if (r := f()): return r
        time.sleep(.1)
    pytest.fail(f'not within {seconds} s: {f.__doc__ or f}')

# ---- of the tracker

ready = "document.getElementById('track-it').liveState?.ready"
state = "document.getElementById('track-it').liveState"

def opened(new_page, clip='juice_box', config='siamfc-lite', **kw):
    p = new_page(**kw)
    p.goto(url('track_it.html'))
    p.wait_for_function(ready)
    if clip!='juice_box':
        p.locator('[data-live=clip]').select_option(clip)
        p.wait_for_function(f'{ready} && {state}.clip.truth===siamfcData.clips.{clip}.truth')
    if config!='siamfc-lite':
        p.locator('[data-live=config]').select_option(config)
        p.wait_for_function("document.querySelector('[data-live=status]').textContent.startsWith('Ready')")
    return p

def tracked(p, n):
    "Boxes of the next `n` frames, and those before"
    for _ in range(n): assert p.evaluate(f'{state}.step()'), p.locator('[data-live=status]').inner_text()
    return np.array(p.evaluate(f'{state}.rows.map(r => r.box)'))

# ---- of its one frame

where = "document.getElementById('where-is-it').liveState"

def asked(new_page, **kw):
    p = new_page(**kw)
    p.goto(url('where_is_it.html'))
    p.wait_for_function(f'{where}?.ready')
    at_rest(p)
    return p

def at_rest(p): p.evaluate(f'(async () => {{ while ({where}.running) await {where}.running }})()')
