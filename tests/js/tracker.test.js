// The page's tracker against the package: `node --test tests/js` with FIXTURE, the numbers that tests/test_live_page.py writes
const test = require('node:test'), assert = require('node:assert/strict'), {readFileSync} = require('node:fs');
const t = require('../../nbs/_live/tracker.js'), want = JSON.parse(readFileSync(process.env.FIXTURE, 'utf8'));

const near = (a, b, by, what = '') => {
  a = [...a]; assert.equal(a.length, b.length, what);
  const off = Math.max(...a.map((v, i) => Math.abs(v - b[i])));
  assert.ok(off <= by, `${what} off by ${off}`);
};
const rgba = ({data, width, height}) => {
  const out = new Uint8ClampedArray(4*width*height).fill(255);
  for (let i = 0; i < width*height; i++) for (let k = 0; k < 3; k++) out[4*i + k] = data[3*i + k];
  return {data: out, width, height};
};

test('contextSide', () => { for (const {args, side} of want.contextSide) near([t.contextSide(...args)], [side], 1e-9); });
test('meanColour', () => near(t.meanColour(rgba(want.frame)), want.mean, 1e-6));
test('crop is within a grey level of OpenCV', () => { for (const {c, side, size, data} of want.crops) near(t.crop(rgba(want.frame), c, side, size, want.mean), data, 1, `crop ${c} ${side}`); });
test('xcorr', () => { const {z, x, gain, bias, data} = want.xcorr; const r = t.xcorr(z, x, gain, bias); near(r.data, data, 1e-4); });
test('upsampling', () => { for (const {n, up, data} of want.upsampling) near(t.upsampling(n, up), data, 1e-6); });
test('cosineWindow', () => near(t.cosineWindow(want.cosineWindow.n), want.cosineWindow.data, 1e-7));
test('penalised', () => { for (const {peak, penalty, out} of want.penalised) near([t.penalised(peak, penalty)], [out], 1e-6); });
test('blended', () => { for (const {r, w, influence, out} of want.blended) near(t.blended(Float32Array.from(r), Float32Array.from(w), influence), out, 1e-6); });
test('locate', () => {
  for (const {v, n, cfg, found} of want.locate) {
    const r = t.locate(v.map(m => Float32Array.from(m)), n, t.upsampling(n, cfg.up), t.cosineWindow(n*cfg.up), cfg);
    near([r.chosen, r.dx, r.dy, r.peak], found, 1e-4);
  }
});
test('resize', () => { for (const {args, out} of want.resize) near([t.resize(...args)], [out], 1e-9); });
test('ditherSign and scaleStep', () => {
  near(want.ditherSign.map((_, age) => t.ditherSign(age)), want.ditherSign, 0);
  for (const {peaks, sign, cfg, out} of want.scaleStep) near([t.scaleStep(peaks, sign, cfg)], [out], 1e-9);
});
test('move', () => {
  for (const {box, d, zoom, f, cfg, stride, out} of want.move) near(t.move(t.Targets.start(box, [0, 0, 0], cfg.context), ...d, zoom, f, cfg, stride).box, out, 1e-9);
});
test('iou', () => { for (const {a, b, out} of want.iou) near([t.iou(a, b)], [out], 1e-12); });
test('a wrong box is refused in a sentence', async () => {
  assert.equal(t.wrongBox([1, 2, 3, 4], 20, 20), '');
  assert.match(t.wrongBox([1, 2, NaN, 4], 20, 20), /expected four finite numbers/);
  assert.match(t.wrongBox([1, 2, 0, 4], 20, 20), /at least 4 square pixels/);
  assert.match(t.wrongBox([30, 2, 3, 4], 20, 20), /wholly outside the frame of width 20/);
  const k = new t.Tracker(async () => ({data: new Float32Array(1), dims: [1, 1, 1]}), {gain: 1, bias: 0, stride: 8}, want.move[0].cfg);
  await assert.rejects(k.update(rgba(want.frame)), /update before init/);
  await assert.rejects(k.init(rgba(want.frame), [900, 0, 5, 5]), /wholly outside/);
});
test('a key moves a box, and shrinks it no further than can be tracked', () => {
  near(t.nudged([5, 6, 30, 40], [-1, 0], 2, false), [3, 6, 30, 40], 0);
  let box = [5, 6, 30, 40];
  for (let i = 0; i < 99; i++) box = t.nudged(t.nudged(box, [-1, 0], 1, true), [0, -1], 1, true);
  near(box, [5, 6, 2, 2], 0); assert.equal(t.wrongBox(box, 320, 240), '');
});
test('a peak lies left or right, above or below', () => {
  assert.equal(t.fromMiddle(-8.54, -3.2), '8.5 cells left of the middle and 3.2 cells above it');
  assert.equal(t.fromMiddle(2.7, 4.5), '2.7 cells right of the middle and 4.5 cells below it');
});
