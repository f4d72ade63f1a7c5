"Pairs: what is drawn and how often, on the CPU and for the GPU, in any process, from any step"
import multiprocessing as mp
from collections import Counter
from itertools import islice

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from siamfc_nb.curation import Crops, curate
from siamfc_nb.pairs import (Mixed, Pairs, augment, augment_batch, batches, chances, color_basis, draw_warp, images,
                             split)
from siamfc_nb.toyworld import toy_video


@pytest.fixture(scope="module")
def crops(tmp_path_factory):
    out = tmp_path_factory.mktemp("crops")
    curate([toy_video(s, n=30 if s else 90, objects=1+s % 3, size=(120, 160)) for s in range(6)], out)
    return Crops(out)


class Recorded(list):
    "Tracks that remember which crops were asked for"
    def __init__(self, crops): super().__init__(Track(t, self) for t in crops); self.seen = []


class Track:
    def __init__(self, t, to): self.t, self.to, self.video, self.frames = t, to, t.video, t.frames
    def __len__(self): return len(self.t)
    def __getitem__(self, i):
        self.to.seen.append((self.t.k, int(self.frames[i])))
        return np.zeros((303, 303, 3), np.uint8)


def draws(crops, n, **kw):
    r = Recorded(crops); ds = Pairs(r, **kw); r.seen.clear()
    for i in range(n): ds[i]
    return np.array(r.seen).reshape(n, 2, 2) # pair, exemplar or search, (track, frame)


@pytest.mark.parametrize("T", [1, 7, 100])
def test_one_object_and_at_most_T_frames(crops, T):
    d = draws(crops, 400, T=T, sizes=(9, 9))
    assert (d[:, 0, 0] == d[:, 1, 0]).all(), "both images show one object"
    gap = np.abs(np.diff(d[..., 1], axis=1)); assert gap.max() <= T and gap.max() > T*.6 or T > 89
    assert (gap > 0).mean() > .95


@pytest.mark.parametrize("by", ["video", "box"])
def test_uniform_over_videos_or_boxes(crops, by):
    n = 2000; got = Counter(draws(crops, n, by=by, sizes=(9, 9))[:, 0, 0].tolist()); want = chances(crops, by)*n
    chi2 = sum((got[k]-w)**2/w for k, w in enumerate(want))
    assert chi2 < len(want)+5*np.sqrt(2*len(want)), "drawn as often as the chances say"
    if by == "video":
        for v in {t.video for t in crops}: assert abs(sum(w for w, t in zip(want, crops) if t.video == v)-n/6) < 1e-6
    else: np.testing.assert_allclose(want/n, [len(t)/sum(map(len, crops)) for t in crops])


def test_each_stored_crop_is_decoded_once_per_use(crops):
    r = Recorded(crops); ds = Pairs(r); r.seen.clear()
    for i in range(50): ds[i]
    assert len(r.seen) == 100


def test_a_loop_over_pairs_ends_with_the_epoch(crops):
    for p in (Pairs(crops, n=5), Mixed([Pairs(crops, n=5), Pairs(crops, n=9, seed=1)])):
        got = list(islice(p, 20))
        assert len(got) == 5
        for i, pair in enumerate(got):
            for a, b in zip(pair, p[i]): np.testing.assert_array_equal(a, b)
    assert len(p[7]) == 2, "a pair has any number all the same: a run goes on behind its first epoch"


def test_mixed_sets_have_their_shares(crops):
    class Kind:
        def __init__(self, k): self.k, self.seed = k, 0
        def __len__(self): return 9
        def leader(self, i): return i
        def __getitem__(self, i): return self.k
    got = np.bincount([Mixed([Kind(0), Kind(1), Kind(2)], (1, 0, 3))[i] for i in range(2000)], minlength=3)/2000
    assert abs(got[0]-.25) < .04 and got[1] == 0
    for bad in ((1,), (0, 0, 0), (1, -1, 1)):
        with pytest.raises(ValueError, match="3 sets"): Mixed([Kind(0)]*3, bad)
    with pytest.raises(ValueError, match="by='frame'"): chances(crops, "frame")


@pytest.mark.parametrize("part", [0, .01, 1, 1.5])
def test_split_that_would_be_empty(crops, part):
    with pytest.raises(ValueError, match='both need one, .*--val'): split(crops, part)


def test_split_is_by_video_and_repeatable(crops):
    a, b = split(crops, .3, seed=4); a2, b2 = split(crops[::-1], .3, seed=4)
    assert {t.video for t in a}.isdisjoint(t.video for t in b) and len(a)+len(b) == len(crops)
    assert {t.video for t in b} == {t.video for t in b2} and len({t.video for t in b}) == 2


def test_grey_share_and_what_grey_is(crops):
    ds = Pairs(crops, grey=.25, color=0, stretch=0, shift=0)
    grey = [[(im[..., 0] == im[..., 1]).all() and (im[..., 1] == im[..., 2]).all() for im in ds[i]] for i in range(300)]
    assert all(a == b for a, b in grey), "both images or neither"
    assert abs(np.mean(grey)-.25) < 4*np.sqrt(.25*.75/300)


def test_cpu_and_gpu_augmentation_give_the_same_images(crops):
    "The same draws, two implementations: each image agrees, so the distributions do, too"
    kw = dict(stretch=.1, shift=20, turn=.3, color=.3, flip=.5, grey=.5, worse=.3)
    (z, x), (zr, xr) = (next(iter(batches(Pairs(crops, raw=r, **kw), 64, workers=0))) for r in (False, True))
    for cpu, raw, n in ((z, zr, 127), (x, xr, 255)):
        a, b = images(cpu, n), images(raw, n)
        assert a.shape == b.shape == (64, 3, n, n) and a.dtype == b.dtype
        d = (a-b).abs().flatten(1); assert d.mean() < .6 and (d.mean(1) < 1).all(), d.mean(1)
        for f in (lambda o: o.mean((2, 3)), lambda o: o.std((2, 3)), lambda o: o.diff(dim=3).abs().mean((2, 3))):
            torch.testing.assert_close(f(a), f(b), atol=1., rtol=.03)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_augmentation_on_the_gpu(crops):
    raw = next(iter(batches(Pairs(crops, raw=True), 16, workers=0)))[1]
    assert (images(raw, 255, "cuda").cpu()-images(raw, 255)).abs().mean() < .1


@pytest.mark.parametrize("flip", [False, True])
def test_a_shift_moves_the_content(flip):
    c = np.zeros((303, 303, 3), np.uint8); c[140:164, 150:160] = 255
    M = draw_warp(np.random.default_rng(0), 303, 255, 0, 0, flip=flip); M2 = M.copy(); M2[:, 2] += (7, -5)
    a, b = augment(c, M, 255), augment(c, M2, 255)
    np.testing.assert_array_equal(np.roll(b, (-5, 7*(-1 if flip else 1)), (0, 1))[20:-20, 20:-20], a[20:-20, 20:-20])


def test_a_batch_of_augmentations_is_each_by_itself(crops):
    rng = np.random.default_rng(0)
    c = torch.from_numpy(np.stack([crops[k][0] for k in range(3)]))
    M = torch.from_numpy(np.stack([draw_warp(rng, 303, 127) for _ in c]))
    color, grey = torch.from_numpy(rng.normal(0, 9, (3, 3))), torch.tensor([True, False, True])
    together = augment_batch(c, M, 127, color, grey)
    for i in range(3):
        torch.testing.assert_close(together[i], augment_batch(c[i:i+1], M[i:i+1], 127, color[i:i+1], grey[i:i+1])[0])


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_from_any_step_on_any_number_of_workers(crops, workers):
    ds = Pairs(crops, 40, seed=3)
    # 40 pairs are five steps: this goes into the second epoch
    want = [[ds[i][1] for i in range(8*s, 8*s+8)] for s in range(3, 7)]
    got = [x.numpy() for _, x in batches(ds, 8, 3, 7, workers)]
    np.testing.assert_array_equal(np.array(want), np.array(got))


def test_epochs_show_other_pairs(crops):
    ds = Pairs(crops, 16); assert len(ds) == 16
    assert not any(np.array_equal(ds[i][1], ds[i+16][1]) for i in range(16))
    assert not np.array_equal(ds[0][1], Pairs(crops, 16, seed=1)[0][1])


def test_a_worker_that_is_not_forked(crops):
    "Where processes are spawned, the dataset travels by pickle, and without the crops in it"
    ds = Pairs(crops, 16)
    x, = [b[1] for b in DataLoader(ds, 16, num_workers=1, multiprocessing_context=mp.get_context("spawn"))]
    np.testing.assert_array_equal(x[5].numpy(), ds[5][1])


def test_a_batch_larger_than_the_set(crops):
    with pytest.raises(ValueError, match="batch of 8 is larger than the set of 7"): batches(Pairs(crops, 7))


def test_color_basis_is_the_covariance(crops):
    B = color_basis(crops, 256)
    px = np.concatenate([t[int(i)][::16, ::16].reshape(-1, 3) for t in crops for i in np.linspace(
        0, len(t)-1, 20)]).astype(float)
    C = np.cov(px.T); assert np.abs(B@B.T-C).max()/np.abs(C).max() < .35, "a sample of the same colours"
