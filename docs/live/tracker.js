// @ts-check
/**
 * The tracker around φ, for a page: what lessons 5, 10 and 10b build, under their names.
 * A classic script, not a module: a page opened from disk may not import one. Node's `require` takes it, too.
 *
 * @typedef {{data: Uint8ClampedArray|Uint8Array, width: number, height: number}} Frame  RGBA, as a canvas gives it
 * @typedef {[number, number, number, number]} Box  (x, y, w, h), pixels
 * @typedef {{data: Float32Array, dims: number[]}} Features  channels, rows, columns
 * @typedef {{scales: number, step: number, penalty: number, damping: number, window: number, up: number,
 *            context: number, exemplar: number, search: number, bounds: [number, number], scaling: string, gain: number, weights: string}} TrackConfig
 * @typedef {{chosen: number, dx: number, dy: number, peak: number, up: Float32Array, final: Float32Array}} Found
 * @typedef {(x: Float32Array, side: number) => Promise<Features>} Phi  an image (3, side, side), 0–255, to its features
 */
((/** @type {any} */ root) => {
const t = root.siamfcSay ?? String.raw;

/** Side of the square with the area (w+2p)(h+2p) of eq. (7), pixels of the frame
 * @param {number} w @param {number} h @param {number} context p as a part of the mean dimension */
function contextSide(w, h, context = .5) {
  const p2 = context*(w + h);
  return Math.sqrt((w + p2)*(h + p2));
}

/** Mean colour of a frame @param {Frame} frame @returns {number[]} */
function meanColour({data, width, height}) {
  const sum = [0, 0, 0];
  for (let i = 0; i < data.length; i += 4) for (let k = 0; k < 3; k++) sum[k] += data[i + k];
  return sum.map(s => s/(width*height));
}

/** A square of the frame, sampled bilinearly; beyond the frame lies `fill`
 * @param {Frame} frame @param {number[]} c centre @param {number} side of the square, pixels of the frame
 * @param {number} size of the crop @param {number[]} fill
 * @returns {Float32Array} (3, size, size), whole numbers 0–255 */
function crop({data, width, height}, c, side, size, fill) {
  const r = side/size, n = size*size, out = new Float32Array(3*n), border = fill.map(Math.round);
  const at = (x, y, k) => x >= 0 && y >= 0 && x < width && y < height ? data[4*(y*width + x) + k] : border[k];
  for (let i = 0; i < size; i++) {
    const y = c[1] - side/2 + (i + .5)*r - .5, y0 = Math.floor(y), v = y - y0;
    for (let j = 0; j < size; j++) {
      const x = c[0] - side/2 + (j + .5)*r - .5, x0 = Math.floor(x), u = x - x0;
      for (let k = 0; k < 3; k++) {
        const top = at(x0, y0, k)*(1 - u) + at(x0 + 1, y0, k)*u, below = at(x0, y0 + 1, k)*(1 - u) + at(x0 + 1, y0 + 1, k)*u;
        out[k*n + i*size + j] = Math.round(top*(1 - v) + below*v);
      }
    }
  }
  return out;
}

/** Cross-correlation of eq. (2): gain·⟨z, x⟩ + bias at each place where z fits into x
 * @param {Features} z @param {Features} x @returns {{data: Float32Array, n: number}} */
function xcorr(z, x, gain = 1, bias = 0) {
  const [C, h, w] = z.dims, [, H, W] = x.dims, n = H - h + 1, m = W - w + 1, out = new Float32Array(n*m);
  for (let c = 0; c < C; c++) for (let i = 0; i < h; i++) for (let j = 0; j < w; j++) {
    const k = z.data[(c*h + i)*w + j];
    if (k) for (let y = 0; y < n; y++) {
      const from = (c*H + y + i)*W + j;
      for (let t = 0; t < m; t++) out[y*m + t] += k*x.data[from + t];
    }
  }
  return {data: out.map(v => gain*v + bias), n};
}

/** Bicubic kernel @param {number} t distance, cells */
function cubic(t, a = -.5) {
  t = Math.abs(t);
  return t <= 1 ? ((a + 2)*t - (a + 3))*t*t + 1 : t < 2 ? ((a*t - 5*a)*t + 8*a)*t - 4*a : 0;
}

/** Matrix U, (up·n, n), with U v Uᵀ = bicubic up-sampling of v @param {number} n cells on a side @param {number} up factor */
function upsampling(n = 17, up = 16) {
  const U = new Float32Array(up*n*n);
  for (let i = 0; i < up*n; i++) {
    const row = Array.from({length: n}, (_, j) => cubic((i + .5)/up - .5 - j)), sum = row.reduce((a, b) => a + b);
    row.forEach((v, j) => U[i*n + j] = v/sum);
  }
  return U;
}

/** U v Uᵀ @param {Float32Array} U @param {Float32Array} v (n, n) @param {number} n */
function upsample(U, v, n) {
  const N = U.length/n, rows = new Float32Array(N*n), out = new Float32Array(N*N);
  for (let i = 0; i < N; i++) for (let k = 0; k < n; k++) if (U[i*n + k]) for (let j = 0; j < n; j++) rows[i*n + j] += U[i*n + k]*v[k*n + j];
  for (let j = 0; j < N; j++) for (let k = 0; k < n; k++) if (U[j*n + k]) for (let i = 0; i < N; i++) out[i*N + j] += rows[i*n + k]*U[j*n + k];
  return out;
}

/** Cosine (Hann) window, (n, n), sums to one @param {number} n */
function cosineWindow(n = 272) {
  const h = Array.from({length: n}, (_, i) => .5 - .5*Math.cos(2*Math.PI*(i + 1)/(n + 1))), sum = h.reduce((a, b) => a + b);
  return Float32Array.from({length: n*n}, (_, i) => h[Math.floor(i/n)]*h[i%n]/sum**2);
}

/** A peak after the penalty on a change of scale @param {number} peak @param {number} penalty 1 for the present scale */
function penalised(peak, penalty) { return peak - (1 - penalty)*Math.abs(peak); }

/** The map whose highest value is the place: scores from zero, summing to one, and the window
 * @param {Float32Array} r @param {Float32Array} w @param {number} influence */
function blended(r, w, influence) {
  let low = Infinity, sum = 0;
  for (const v of r) if (v < low) low = v;
  for (const v of r) sum += v - low;
  sum = Math.max(sum, 1e-2*w.length); // a map that is flat up to rounding stays flat, and the window decides
  return r.map((v, i) => (1 - influence)*(v - low)/sum + influence*w[i]);
}

/** Where the highest value stands; the first of equals @param {ArrayLike<number>} v */
function argmax(v) {
  let best = 0;
  for (let i = 1; i < v.length; i++) if (v[i] > v[best]) best = i;
  return best;
}

/** Scale and displacement of the target
 * @param {Float32Array[]} v scores of the scales, the present one in the middle @param {number} n cells on a side
 * @param {Float32Array} U @param {Float32Array} w @param {TrackConfig} cfg @returns {Found} */
function locate(v, n, U, w, cfg) {
  const ups = v.map(m => upsample(U, m, n)), peaks = ups.map(m => m[argmax(m)]), middle = (v.length - 1)/2;
  const chosen = argmax(peaks.map((p, i) => penalised(p, i === middle ? 1 : cfg.penalty)));
  const final = blended(ups[chosen], w, cfg.window), i = argmax(final), N = U.length/n;
  const flat = Math.max(...v[chosen]) - Math.min(...v[chosen]) <= 1e-4; // shows nothing: the target stays
  const cells = k => flat ? 0 : (k - (N - 1)/2)/(N/n);
  return {chosen, dx: cells(i%N), dy: cells(Math.floor(i/N)), peak: peaks[chosen], up: ups[chosen], final};
}

/** Carry out a change of scale @param {number} side @param {number} first the side at the start
 * @param {number} f factor of the scale that won @param {number[]} bounds parts of the first @param {number} damping */
function resize(side, first, f, bounds, damping = 1) {
  return Math.min(Math.max(side*(1 + damping*(f - 1)), bounds[0]*first), bounds[1]*first);
}

/** Sign of the dither: 1, −1, 1, −1 … from the third frame on, 0 before @param {number} age frames since the start */
function ditherSign(age) { return age > 1 ? 1 - 2*(age%2) : 0; }

/** Change of scale towards higher peaks, from three frames of a dithered search
 * @param {number[]} peaks @param {number} sign @param {TrackConfig} cfg */
function scaleStep(peaks, sign, cfg) {
  const [a, b, c] = peaks, mean = (Math.abs(a) + Math.abs(b) + Math.abs(c))/3;
  const q = sign*((c + a)/2 - b)/Math.max(mean, 1e-3);
  return cfg.step**Math.min(Math.max(cfg.gain*q/Math.log(cfg.step), -1), 1);
}

/** Where an object is, and where it was at the start */
class Targets {
  /** @param {number[]} c centre @param {number[]} size width and height @param {number} side @param {number} first
   * @param {number[]} fill @param {number} age @param {number[]} peaks */
  constructor(c, size, side, first, fill, age = 0, peaks = [0, 0]) {
    this.c = c; this.size = size; this.side = side; this.first = first; this.fill = fill; this.age = age; this.peaks = peaks;
  }
  /** @param {Box} box @param {number[]} fill @param {number} context */
  static start([x, y, w, h], fill, context) {
    const side = contextSide(w, h, context);
    return new Targets([x + w/2, y + h/2], [w, h], side, side, fill);
  }
  /** @returns {Box} */
  get box() { return [this.c[0] - this.size[0]/2, this.c[1] - this.size[1]/2, this.size[0], this.size[1]]; }
}

/** Carry out a displacement and a damped change of scale
 * @param {Targets} at @param {number} dx cells @param {number} dy @param {number} zoom factor of the region that was searched
 * @param {number} f factor of the scale that won @param {TrackConfig} cfg @param {number} stride pixels per cell */
function move(at, dx, dy, zoom, f, cfg, stride) {
  const cell = stride*at.side*zoom/cfg.exemplar, side = resize(at.side, at.first, f, cfg.bounds, cfg.damping), g = side/at.side;
  return new Targets([at.c[0] + dx*cell, at.c[1] + dy*cell], at.size.map(o => o*g), side, at.first, at.fill, at.age + 1, at.peaks);
}

/** What is wrong with a box, or '' @param {number[]} box @param {number} width of the frame @param {number} height */
function wrongBox(box, width, height) {
  const [x, y, w, h] = box, is = box.map(o => Math.round(o*10)/10).join(', ');
  if (box.length !== 4 || !box.every(Number.isFinite)) return t`box ${is}: expected four finite numbers (x, y, w, h)`;
  if (w <= 0 || h <= 0 || w*h < 4) return t`box ${is} covers too little: expected at least 4 square pixels`;
  if (x >= width || y >= height || x + w <= 0 || y + h <= 0) return t`box ${is} lies wholly outside the frame of width ${width} and height ${height}`;
  return '';
}

/** A box moved by an arrow key, or resized, but never to less than can be tracked
 * @param {number[]} box @param {number[]} d which way, right and down @param {number} by pixels @param {boolean} resized */
function nudged([x, y, w, h], d, by, resized) {
  const least = 2; // pixels
  return resized ? [x, y, Math.max(w + d[0]*by, least), Math.max(h + d[1]*by, least)] : [x + d[0]*by, y + d[1]*by, w, h];
}

/** Where a peak lies, in words @param {number} dx cells from the middle, to the right @param {number} dy and down */
function fromMiddle(dx, dy) {
  const side = (d, more, less) => `${Math.abs(d).toFixed(1)} cells ${d < 0 ? less : more}`;
  return `${side(dx, 'right', 'left')} of the middle and ${side(dy, 'below', 'above')} it`;
}

/** Overlap of two boxes @param {number[]} a @param {number[]} b */
function iou(a, b) {
  const over = k => Math.max(0, Math.min(a[k] + a[k + 2], b[k] + b[k + 2]) - Math.max(a[k], b[k])), both = over(0)*over(1);
  return both/(a[2]*a[3] + b[2]*b[3] - both);
}

/** SiamFC: track the object in a box of the first frame (§2.4, §4.1) */
class Tracker {
  /** @param {Phi} phi @param {{gain: number, bias: number, stride: number}} net @param {TrackConfig} cfg */
  constructor(phi, net, cfg) { this.phi = phi; this.net = net; this.cfg = cfg; }

  /** Settings that may change while it tracks @param {Partial<TrackConfig>} o */
  set(o) { this.cfg = {...this.cfg, ...o}; }

  /** Remember the target @param {Frame} frame @param {Box} box */
  async init(frame, box) {
    const why = wrongBox(box, frame.width, frame.height), {cfg} = this;
    if (why) throw new Error(why);
    const at = Targets.start(box, meanColour(frame), cfg.context);
    this.z = await this.phi(crop(frame, at.c, at.side, cfg.exemplar, at.fill), cfg.exemplar);
    this.at = at; this.scores = null; this.found = null;
  }

  /** Find the target in the next frame @param {Frame} frame @returns {Promise<{box: Box, peak: number}>} */
  async update(frame) {
    if (!this.z) throw new Error("update before init: call init(frame, box) with the target's box first");
    const {cfg, at, net} = this, dithered = cfg.scaling === 'dither', sign = dithered ? ditherSign(at.age) : 0, lean = cfg.step**sign;
    const factors = Array.from({length: cfg.scales}, (_, i) => cfg.step**(i - (cfg.scales - 1)/2)), maps = [];
    let n = 0;
    for (const f of factors) { // one after the other: a page has one thread
      const x = await this.phi(crop(frame, at.c, at.side*lean*f*cfg.search/cfg.exemplar, cfg.search, at.fill), cfg.search);
      const m = xcorr(this.z, x, net.gain, net.bias);
      n = m.n; maps.push(m.data);
    }
    const N = n*cfg.up;
    if (this.window?.length !== N*N) { this.U = upsampling(n, cfg.up); this.window = cosineWindow(N); }
    const found = locate(maps, n, this.U, this.window, cfg), peaks = [...at.peaks, found.peak], f = factors[found.chosen];
    this.at = dithered ? move(at, found.dx, found.dy, lean, scaleStep(peaks, sign, cfg), cfg, net.stride) : move(at, found.dx, found.dy, f, f, cfg, net.stride);
    this.at.peaks = peaks.slice(1);
    this.scores = maps; this.found = found;
    return {box: this.at.box, peak: found.peak};
  }
}

const siamfc = {contextSide, meanColour, crop, xcorr, cubic, upsampling, upsample, cosineWindow, penalised, blended, argmax, locate, resize, ditherSign, scaleStep,
  Targets, move, wrongBox, nudged, fromMiddle, iou, Tracker};
if (typeof module === 'object') module.exports = siamfc; else root.siamfc = siamfc;

})(globalThis);
