// @ts-check
/**
 * The sliders of lessons that need no kernel. `numbers` says what a figure computes, and a test holds it to the package's values;
 * `draw` makes pictures of it. Sliders, and where they start, come from the lesson's own `interact(...)`.
 *
 * @typedef {Record<string, any>} Settings  values of the sliders, by name
 * @typedef {{name: string, options?: any[], min?: number, max?: number, step?: number, value: any}} Slider
 * @typedef {{say: string, views: (string|HTMLElement)[]}} Drawn  a sentence with the numbers, and pictures: SVG or a canvas
 */
((/** @type {any} */ root) => {
const siamfc = root.siamfc ?? require('./tracker.js'), t = root.siamfcSay ?? String.raw;

const range = (n, from = 0, by = 1) => Array.from({length: n}, (_, i) => from + i*by);
const mean = v => v.reduce((a, b) => a + b, 0)/v.length;
const softplus = x => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const even = x => { const n = Math.round(x); return n - x === .5 && n%2 ? n - 1 : n; }; // halves to even numbers, as numpy rounds
const thresholds = range(21).map(i => i/20);

// ---- Numbers

/** Labels of eq. (6), row by row @param {number} R pixels @param {number} k pixels per cell @param {number} n cells on a side */
function labels(R, k, n = 17) {
  const u = range(n, -(n - 1)/2);
  return u.flatMap(y => u.map(x => k*Math.hypot(y, x) <= R ? 1 : -1));
}

/** Losses of v = −3 everywhere: plain, and balanced, which is NaN where all cells are of one class */
function backgroundLoss(R, k) {
  const y = labels(R, k), share = y.filter(o => o > 0).length/y.length, [pos, neg] = [softplus(3), softplus(-3)];
  return [share*pos + (1 - share)*neg, share > 0 && share < 1 ? (pos + neg)/2 : NaN];
}

/** Learning rate of §4.1: geometric, constant within an epoch */
function rateAt(step, steps, lr0, lr1, epochs) {
  const e = Math.min(Math.floor(step*epochs/steps), epochs - 1);
  return lr0*(lr1/lr0)**(e/Math.max(epochs - 1, 1));
}

/** Distance of the middles of two boxes, in `unit` of width and height @param {number[]} a @param {number[]} b */
function centreError(a, b, unit = [1, 1]) {
  const [x, y] = [0, 1].map(i => (a[i] + (a[i + 2] - 1)/2)/unit[i] - (b[i] + (b[i + 2] - 1)/2)/unit[i]);
  return Math.sqrt(x*x + y*y);
}

/** Expected average overlap of sequences of 0, 1, 2 … `length` frames, whose trackers fail for good @param {number[]} lost in these frames */
function eaoCurve(lost, overlap, length) {
  return [NaN, NaN, ...range(length - 1, 2).map(n => mean(lost.map(k => overlap*Math.min(n - 1, k - 1)/(n - 1))))];
}

/** Translation of §2.1; NaN is what nothing moves into @param {ArrayLike<number>} x (n, n) */
function translate(x, n, dy, dx) {
  return Float64Array.from({length: n*n}, (_, i) => {
    const a = Math.floor(i/n) - dy, b = i%n - dx;
    return a >= 0 && b >= 0 && a < n && b < n ? x[a*n + b] : NaN;
  });
}

/** Where a cell beyond an edge takes its value from, by the name that torch has for it; null is a zero */
const beyond = {
  zeros: (i, n) => i < 0 || i >= n ? null : i,
  reflect: (i, n) => i < 0 ? -i : i >= n ? 2*(n - 1) - i : i,
  replicate: (i, n) => Math.min(Math.max(i, 0), n - 1),
  circular: (i, n) => (i + n)%n,
};

/** A layer with one kernel of slopes from left to right @param {ArrayLike<number>} x (n, n) */
function sloped(x, n, kernel, padding, mode) {
  const N = n + 2*padding - kernel + 1, out = new Float64Array(N*N), w = range(kernel).map(j => (kernel > 1 ? 2*j/(kernel - 1) - 1 : -1)/kernel);
  const from = range(N + kernel - 1, -padding).map(i => beyond[mode](i, n));
  for (let i = 0; i < N; i++) for (let j = 0; j < N; j++) for (let a = 0; a < kernel; a++) for (let b = 0; b < kernel; b++) {
    const y = from[i + a], u = from[j + b];
    if (y !== null && u !== null) out[i*N + j] += w[b]*x[y*n + u];
  }
  return {data: out, n: N};
}

/** Corners of a box, turned about its middle @param {number[]} c @param {number} side @param {number} angle radians */
function turned([x, y], side, angle) {
  const [u, v] = [Math.cos(angle)*side/2, Math.sin(angle)*side/2];
  return [[-1, -1], [1, -1], [1, 1], [-1, 1]].map(([a, b]) => [x + a*u - b*v, y + a*v + b*u]);
}

/** Signed area of a polygon @param {number[][]} p corners in order */
function area(p) { return p.reduce((sum, [x, y], i) => sum + x*p[(i + 1)%p.length][1] - p[(i + 1)%p.length][0]*y, 0)/2; }

/** The part of polygon `p` within the convex polygon `q` (Sutherland and Hodgman) @param {number[][]} p @param {number[][]} q */
function cut(p, q) {
  const s = Math.sign(area(q));
  return q.reduce((left, a, k) => {
    const b = q[(k + 1)%q.length], d = left.map(o => s*((b[0] - a[0])*(o[1] - a[1]) - (b[1] - a[1])*(o[0] - a[0]))); // above 0 on the inner side
    return left.flatMap((o, i) => {
      const j = (i || left.length) - 1, r = d[j]/(d[j] - d[i]), met = d[i]*d[j] < 0 ? [left[j].map((v, c) => v + (o[c] - v)*r)] : [];
      return d[i] >= 0 ? [...met, o] : met;
    });
  }, p);
}

/** Overlap of two convex polygons, exactly */
function polygonOverlap(p, q) {
  const both = Math.abs(area(cut(q, p)));
  return both/(Math.abs(area(p)) + Math.abs(area(q)) - both);
}

/** Pixels of a polygon with rounded corners, filled row by row between its sides
 * @param {number[][]} p @param {number[]} window left, top, right and bottom of the pixels to look at */
function pixelMask(p, [left, top, right, bottom]) {
  const w = right - left + 1, out = new Uint8Array(w*(bottom - top + 1));
  for (let y = top; y <= bottom; y++) {
    const x = p.flatMap(([a, b], i) => {
      const [c, d] = p.at(i - 1);
      return Math.min(b, d) <= y && y <= Math.max(b, d) ? [Math.trunc(a - left + (d === b ? 0 : (y - b)/(d - b)*(c - a)))] : [];
    }).sort((a, b) => a - b);
    for (let k = 0, closed = false; k + 1 < x.length; k++) { // of two equal nodes the first is passed over, unless they are the last
      closed = !closed && !(x[k] === x[k + 1] && k + 2 < x.length);
      if (closed) for (let u = Math.max(x[k], 0); u <= Math.min(x[k + 1], w - 1); u++) out[(y - top)*w + u] = 1;
    }
  }
  return out;
}

/** Operations of each convolution for one image @param {{kernel: number, stride: number, groups: number}[]} layers  no groups: a pool */
function convFlops(layers, filters, size) {
  const res = [];
  let n = size, channels = 3;
  for (const {kernel, stride, groups} of layers) {
    n = Math.floor((n - kernel)/stride) + 1;
    if (!groups) continue;
    const nf = filters[res.length];
    res.push(2*nf*n*n*channels/groups*kernel**2);
    channels = nf;
  }
  return res;
}

/** @type {Record<string, (s: Settings, data: any) => any>} */
const numbers = {
  violation({dy, dx, kernel, padding, mode}, {camera: {pixels, n}}) {
    const x = pixels.map(v => v/255), moved = translate(x, n, dy, dx), h = sloped(moved, n, kernel, padding, mode), plain = sloped(x, n, kernel, padding, mode);
    const later = translate(plain.data, plain.n, dy, dx), off = h.data.map((v, i) => Math.abs(v - later[i])), valid = off.filter(Number.isFinite);
    return {moved, n, h: h.data, later, off, N: h.n, most: Math.max(0, ...valid), valid: valid.length, broken: valid.filter(v => v > 1e-5).length};
  },
  rotated({angle, side}) {
    const a = turned([40, 40], side, 0), b = turned([40, 40], side, angle*Math.PI/180), window = [10, 10, 70, 70];
    // on the grid of pixels, a box ends a pixel before its right and lower edge
    const [l, w] = [even(40 - side/2), even(side)], box = [[l, l], [l + w - 1, l], [l + w - 1, l + w - 1], [l, l + w - 1]];
    const near = b.map(o => o.map(even)), [p, q] = [box, near].map(o => pixelMask(o, [0, 0, 79, 79]));
    const both = p.filter((v, i) => v && q[i]).length, either = p.filter((v, i) => v || q[i]).length;
    return {a, b, mask: pixelMask(near, window), window, exact: polygonOverlap(a, b), pixels: both/either};
  },
  sequence({sequence, tracker}, {overlaps}) {
    const curve = (overlaps[tracker].sequences[sequence]?.overlaps ?? '').split(' ').filter(Boolean).map(o => o === '-' ? NaN : o/100);
    return {curve, mean: mean(curve.filter(Number.isFinite))};
  },
  work({scales, search}, {layers, filters}) {
    const one = convFlops(layers, filters, search).reduce((a, b) => a + b)/1e9;
    return {one, pyramid: scales*one};
  },
  cost({share}, {layers, filters}) {
    const narrow = filters.map(n => Math.max(2*even(n*share/2), 2));
    return {narrow, full: convFlops(layers, filters, 255).map(v => v/1e9), light: convFlops(layers, narrow, 255).map(v => v/1e9)};
  },
  labels({R, k}) {
    const y = labels(R, k), [plain, balanced] = backgroundLoss(R, k), radii = range(17, 0, 4);
    return {y, positive: y.filter(o => o > 0).length, plain, balanced, radii, curves: radii.map(r => backgroundLoss(r, k))};
  },
  rate: ({lr0, lr1, epochs}) => ({rates: range(1000).map(i => rateAt(i, 1000, 10**lr0, 10**lr1, epochs))}),
  crops({photo, context, dx, dy}, {photos}) {
    const {image, box: [x, y, w, h]} = photos[photo], side = siamfc.contextSide(w, h, context), c = [x + dx + w/2, y + dy + h/2];
    const fill = siamfc.meanColour(image), cut = (side, n) => siamfc.crop(image, c, side, n, fill);
    return {side, box: [x + dx, y + dy, w, h], exemplar: cut(side, 127), search: cut(side*255/127, 255)};
  },
  choice({window, penalty}, {choice: {maps, n, up}}) {
    const U = siamfc.upsampling(n, up), flat = siamfc.cosineWindow(n*up), v = maps.map(m => Float32Array.from(m));
    return {...siamfc.locate(v, n, U, flat, {penalty, window}), n, N: n*up};
  },
  overlap({dx, dy, scale}) {
    const truth = [30, 30, 40, 40], box = [50 + dx - 20*scale, 50 + dy - 20*scale, 40*scale, 40*scale];
    return {truth, box, iou: siamfc.iou(truth, box), error: centreError(truth, box)};
  },
  success({speed, shrink, frames}) {
    const truth = [100, 100, 40, 40], boxes = range(frames).map(i => {
      const k = Math.exp(-shrink*i/100);
      return [100 + speed*i + 20 - 20*k, 100 + 20 - 20*k, 40*k, 40*k];
    });
    const ious = boxes.map(b => siamfc.iou(b, truth)), errors = boxes.map(b => centreError(b, truth)), normed = boxes.map(b => centreError(b, truth, [40, 40]));
    const within = (v, t) => v.filter(o => o <= t).length/v.length, curve = thresholds.map(t => ious.filter(o => o > t).length/frames);
    return {curve, auc: mean(curve), precision: within(errors, 20), normed: mean(range(51).map(i => within(normed, i/100)))};
  },
  eao({overlap, rate, seed, shortest, longest}, {draws}) {
    const lost = draws[seed].map(e => Math.ceil(-e/Math.log1p(-1/rate))), curve = eaoCurve(lost, overlap, 400);
    const [lo, hi] = [Math.min(shortest, longest), Math.max(shortest, longest)];
    return {curve, lo, hi, eao: mean(curve.slice(lo, hi + 1))};
  },
};

// ---- Pictures

const xml = s => String(s).replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`);
const short = v => +v.toPrecision(6) + '';

/** Axes with lines, as SVG
 * @param {{x: number[], y: number[], xlabel: string, ylabel: string, label: string, log?: boolean, span?: number[], marks?: number[][], xticks?: number[],
 *   lines: {x: ArrayLike<number>, y: ArrayLike<number>, colour: string, dash?: string, step?: boolean}[]}} o */
function plot({x: [x0, x1], y: [y0, y1], xlabel, ylabel, label, log = false, span, lines, marks = [], xticks = range(5).map(i => x0 + (x1 - x0)*i/4)}) {
  const W = 420, H = 240, [l, r, t, b] = [56, 20, 10, 40], lg = v => log ? Math.log10(v) : v;
  const X = v => l + (v - x0)/(x1 - x0)*(W - l - r), Y = v => H - b - (lg(v) - lg(y0))/(lg(y1) - lg(y0))*(H - b - t);
  const yticks = log ? range(Math.round(lg(y1) - lg(y0)) + 1, lg(y0)).map(e => 10**e) : range(5).map(i => y0 + (y1 - y0)*i/4);
  const path = (/** @type {any} */ {x, y, step}) => Array.from(x, (v, i) => [v, y[i]]).filter(p => p.every(Number.isFinite))
    .map(([u, v], i, all) => `${i ? 'L' : 'M'}${X(u).toFixed(1)} ${step && i ? `${Y(all[i - 1][1]).toFixed(1)}L${X(u).toFixed(1)} ` : ''}${Y(v).toFixed(1)}`).join('');
  return `<svg viewBox="0 0 ${W} ${H}" role="img" aria-label="${xml(label)}" font-size="12" fill="currentColor" stroke="none">`
    + (span ? `<rect x="${X(span[0])}" y="${t}" width="${X(span[1]) - X(span[0])}" height="${H - b - t}" opacity=".12"/>` : '')
    + yticks.map(v => `<path d="M${l} ${Y(v)}H${W - r}" stroke="currentColor" opacity=".15"/><text x="${l - 6}" y="${Y(v) + 4}" text-anchor="end">${log ? v.toExponential(0).replace('+', '') : short(v)}</text>`).join('')
    + xticks.map(v => `<text x="${X(v)}" y="${H - b + 16}" text-anchor="middle">${short(v)}</text>`).join('')
    + `<path d="M${l} ${t}V${H - b}H${W - r}" stroke="currentColor" fill="none"/><text x="${(W + l - r)/2}" y="${H - 6}" text-anchor="middle">${xml(xlabel)}</text>`
    + `<text transform="translate(12 ${(H - b + t)/2}) rotate(-90)" text-anchor="middle">${xml(ylabel)}</text>`
    + lines.map(o => `<path d="${path(o)}" fill="none" stroke="${o.colour}" stroke-width="2" stroke-dasharray="${o.dash ?? ''}"/>`).join('')
    + marks.filter(p => p.every(Number.isFinite)).map(([u, v]) => `<circle cx="${X(u)}" cy="${Y(v)}" r="5"/>`).join('') + '</svg>';
}

/** A picture of pixels over its name, enlarged by the page @param {ImageData} image @param {string} label @param {(pen: CanvasRenderingContext2D) => void} over draws on it */
function raster(image, label, over = () => {}) {
  const canvas = Object.assign(document.createElement('canvas'), {width: image.width, height: image.height}), pen = canvas.getContext('2d');
  canvas.setAttribute('role', 'img'); canvas.setAttribute('aria-label', label);
  pen.putImageData(image, 0, 0); over(pen);
  const figure = document.createElement('figure'), caption = document.createElement('figcaption');
  caption.textContent = label; figure.append(canvas, caption);
  return figure;
}

/** A crop of `siamfc.crop` as pixels @param {Float32Array} x (3, n, n) */
function pixels(x, n) {
  const im = new ImageData(n, n);
  for (let i = 0; i < n*n; i++) im.data.set([x[i], x[n*n + i], x[2*n*n + i], 255], 4*i);
  return im;
}

function cross(pen, x, y, r, colour) {
  pen.lineWidth = Math.max(1, r/4); pen.strokeStyle = colour;
  pen.beginPath(); pen.moveTo(x - r, y); pen.lineTo(x + r, y); pen.moveTo(x, y - r); pen.lineTo(x, y + r); pen.stroke();
}

/** Values as pixels, from `low` in the first colour to `high` in the second; pale blue where there is none
 * @param {ArrayLike<number>} v (n, n) */
function shades(v, n, low, high, [from, to] = [[0, 0, 0], [255, 255, 255]]) {
  const im = new ImageData(n, n);
  for (let i = 0; i < n*n; i++) {
    const r = Math.min(Math.max((v[i] - low)/(high - low), 0), 1);
    im.data.set(Number.isNaN(v[i]) ? [207, 226, 243, 255] : [...from.map((o, k) => o + r*(to[k] - o)), 255], 4*i);
  }
  return im;
}

/** Bars that lie, as SVG; those of one row over each other
 * @param {{rows: {name: string, bars: {value: number, colour: string}[]}[], most: number, xlabel: string, label: string}} o */
function bars({rows, most, xlabel, label}) {
  const W = 420, [l, r, top, b] = [126, 16, 6, 40], each = 30, H = top + b + each*rows.length, X = v => l + v/most*(W - l - r);
  return `<svg viewBox="0 0 ${W} ${H}" role="img" aria-label="${xml(label)}" font-size="12" fill="currentColor" stroke="none">`
    + rows.map(({name, bars}, i) => `<text x="${l - 6}" y="${top + each*(i + .5) + 4}" text-anchor="end">${xml(name)}</text>`
      + bars.map(({value, colour}, k) => `<rect x="${l}" y="${top + each*i + 3 + 5*k}" width="${X(value) - l}" height="${each - 6 - 10*k}" fill="${colour}"/>`).join('')).join('')
    + range(5).map(i => `<text x="${X(most*i/4)}" y="${H - b + 16}" text-anchor="middle">${short(most*i/4)}</text>`).join('')
    + `<path d="M${l} ${top}V${H - b}H${W - r}" stroke="currentColor" fill="none"/><text x="${(W + l - r)/2}" y="${H - 6}" text-anchor="middle">${xml(xlabel)}</text></svg>`;
}

/** @type {Record<string, (r: any, s: Settings, data: any) => Drawn>} */
const draw = {
  violation({moved, n, h, later, off, N, most, valid, broken}) {
    return {say: broken ? t`Eq. (1) fails in ${broken} of ${valid} cells, by up to ${most.toPrecision(2)}.` : t`Eq. (1) holds in all ${valid} cells that both sides know.`,
      views: [raster(shades(moved, n, 0, 1), 'L x'), raster(shades(h, N, -1, 1), 'h(L x)'), raster(shades(later, N, -1, 1), 'L h(x)'),
        raster(shades(off, N, 0, .5, [[0, 0, 0], [252, 253, 191]]), '|h(L x) − L h(x)|')]};
  },
  rotated({a, b, mask, window: [l, top, r], exact, pixels}, {side}, {palette}) {
    const w = r - l + 1, m = 1.1*side, path = p => p.map(o => o.join(' ')).join(' ');
    const cells = [...mask].map((v, i) => v ? `<rect x="${l + i%w - .5}" y="${top + Math.floor(i/w) - .5}" width="1" height="1"/>` : '').join('');
    const outline = (p, colour) => `<polygon points="${path(p)}" fill="none" stroke="${colour}" stroke-width="${side/40}"/>`;
    return {say: t`Overlap of the upright box (orange) and the one that is turned (green): ${exact.toFixed(2)} exactly, ${pixels.toFixed(2)} in pixels.`,
      views: [`<svg viewBox="${40 - m} ${40 - m} ${2*m} ${2*m}" role="img" aria-label="${t`An upright box, and one that is turned, with its pixels`}"><g fill="currentColor" opacity=".3" shape-rendering="crispEdges">${cells}</g>`
        + `${outline(a, palette.prediction)}${outline(b, palette.truth)}</svg>`]};
  },
  sequence: ({curve, mean}, {sequence, tracker}, {palette}) => ({
    say: curve.length ? t`${tracker} on ${sequence}: mean overlap ${mean.toFixed(2)} over ${curve.length} frames.` : t`${tracker} was not measured on ${sequence}.`,
    views: [plot({x: [0, Math.max(curve.length - 1, 1)], y: [0, 1], xlabel: t`frame`, ylabel: t`overlap`, label: t`Overlap, frame by frame`,
      xticks: range(5).map(i => Math.round(i*(curve.length - 1)/4)), lines: [{x: range(curve.length), y: curve, colour: palette.prediction}]})]}),
  work: ({one, pyramid}, {scales, search}, {palette}) => ({
    say: t`${scales} scales of ${search} pixels: ${one.toFixed(1)} GFLOP for one search image, ${pyramid.toFixed(1)} per update.`,
    views: [bars({rows: [{name: t`one search image`, bars: [{value: one, colour: palette.prediction}]}, {name: t`search pyramid`, bars: [{value: pyramid, colour: palette.search}]}],
      most: 80, xlabel: t`GFLOP per update`, label: t`Work per update`})]}),
  cost({narrow, full, light}, {share}, {palette}) {
    const sum = v => v.reduce((a, b) => a + b).toFixed(2);
    return {say: t`${Math.round(100*share)} % of the filters, ${narrow.join(', ')}: ${sum(light)} GFLOP per search image (orange), where Table 1 takes ${sum(full)} (blue).`,
      views: [bars({rows: full.map((v, i) => ({name: `conv${i + 1}`, bars: [{value: v, colour: palette.search}, {value: light[i], colour: palette.prediction}]})),
        most: 3, xlabel: t`GFLOP per search image`, label: t`Work of each convolution, of the full network and of the narrow one`})]};
  },
  labels({y, positive, plain, balanced, radii, curves}, {R, k}, {palette}) {
    const cells = `<svg viewBox="0 0 170 170" role="img" aria-label="${t`Labels`}">` + y.map((o, i) =>
      `<rect x="${i%17*10}" y="${Math.floor(i/17)*10}" width="9.5" height="9.5" fill="${o > 0 ? palette.positive : palette.negative}"/>`).join('') + '</svg>';
    const lines = [0, 1].map(j => ({x: radii, y: curves.map(c => c[j]), colour: 'currentColor', dash: j ? '' : '5 4'}));
    const both = Number.isNaN(balanced) ? t`one class: nothing to balance` : t`balanced ${balanced.toFixed(2)}`;
    return {say: t`R = ${R}, k = ${k}: ${positive} of ${y.length} cells are positive (${(100*positive/y.length).toFixed(1)} %). Loss of v = −3: plain ${plain.toFixed(2)} (dashed), ${both}.`,
      views: [cells, plot({x: [0, 64], y: [0, 3.2], xlabel: t`R (pixels)`, ylabel: t`loss of v = −3`, label: t`Plain and balanced loss over R`, lines, marks: [[R, plain], [R, balanced]]})]};
  },
  rate: ({rates}, {lr0, lr1, epochs}) => ({
    say: epochs > 1 ? t`From 1e${lr0} to 1e${lr1} in ${epochs} steps, each ${(10**((lr1 - lr0)/(epochs - 1))).toFixed(3)} times the one before.` : t`One step: the first rate alone, 1e${lr0}.`,
    views: [plot({x: [0, 1000], y: [1e-7, 1], log: true, xlabel: t`step of 1000`, ylabel: t`learning rate`, label: t`Learning rate over a run`, lines: [{x: range(1000), y: rates, colour: 'currentColor'}]})]}),
  crops({side, box, exemplar, search}, {photo}, {photos, palette}) {
    const {image} = photos[photo], frame = new ImageData(image.data, image.width, image.height);
    return {say: t`The box at (${box[0]}, ${box[1]}) lies in a square with a side of ${side.toFixed(0)} pixels of the photo; the exemplar shows it in 127, the search image shows twice as much in 255.`,
      views: [raster(frame, t`The photo`, pen => { pen.lineWidth = image.width/150; pen.strokeStyle = palette.truth; pen.strokeRect(box[0], box[1], box[2], box[3]); }),
        raster(pixels(exemplar, 127), t`Exemplar`), raster(pixels(search, 255), t`Search image`)]};
  },
  choice({chosen, dx, dy, peak, up, final, n, N}, {window}, {choice, palette}) {
    const {heat} = root.siamfcLive, at = d => 16*d + (N - 1)/2, factor = choice.step**(chosen - (choice.maps.length - 1)/2);
    const aside = Math.abs(8*dx).toFixed(1), along = Math.abs(8*dy).toFixed(1);
    const moved = [[t`${aside} pixels of the crop to the right`, t`${aside} pixels of the crop to the left`][+(dx < 0)], [t`${along} down`, t`${along} up`][+(dy < 0)]];
    return {say: t`Scale ${factor.toFixed(3)} won with a peak of ${peak.toFixed(2)}; the target moved ${moved[0]} and ${moved[1]}.`,
      views: [raster(heat(choice.maps[chosen], n), t`Score map of the scale that won, ${n} × ${n}`), raster(heat(up, N), t`The same, ${N} × ${N}`),
        raster(heat(final, N), t`With the window at ${window}`, pen => cross(pen, at(dx), at(dy), 14, palette.prediction))]};
  },
  overlap({truth, box, iou, error}, _, {palette}) {
    const rect = ([x, y, w, h], colour, dash = '') => `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="none" stroke="${colour}" stroke-width="1.5" stroke-dasharray="${dash}"/>`;
    return {say: t`Overlap ${iou.toFixed(2)}, centre error ${error.toFixed(1)} pixels.`,
      views: [`<svg viewBox="0 0 100 100" role="img" aria-label="${t`The truth and a prediction, dashed`}">${rect(truth, palette.truth)}${rect(box, palette.prediction, '4 2')}</svg>`]};
  },
  success: ({curve, auc, precision, normed}, _, {palette}) => ({say: t`AUC ${auc.toFixed(3)}, precision at 20 pixels ${precision.toFixed(2)}, normalised precision ${normed.toFixed(2)}.`,
    views: [plot({x: [0, 1], y: [0, 1], xlabel: t`overlap threshold`, ylabel: t`success rate`, label: t`Success plot`, lines: [{x: thresholds, y: curve, colour: palette.prediction}]})]}),
  eao: ({curve, lo, hi, eao}, _, {palette}) => ({say: t`Expected average overlap ${eao.toFixed(3)}: the mean of the curve from ${lo} to ${hi} frames.`,
    views: [plot({x: [0, 400], y: [0, 1], span: [lo, hi], xlabel: t`frames`, ylabel: t`expected average overlap`, label: t`Expected average overlap over the length of sequences`,
      lines: [{x: range(curve.length), y: curve, colour: palette.prediction}]})]}),
};

// ---- Sliders

/** @param {Slider} o @param {string} id */
function control({name, options, min, max, step, value}, id) {
  const label = document.createElement('label'), out = document.createElement('output');
  label.htmlFor = id; label.append(name, ' ', out);
  const input = document.createElement(options ? 'select' : 'input');
  input.id = id; input.setAttribute('autocomplete', 'off'); // who comes back finds the figure that is drawn, not a slider of before
  if (options) input.append(...options.map((o, i) => new Option(String(o), String(i), o === value, o === value)));
  else Object.assign(input, {type: 'range', min, max, step, value}); // in this order: a value is cut to the range
  const read = () => options ? options[+input.value] : +input.value;
  const say = () => { out.value = options ? '' : short(read()); };
  say();
  return {name, label, input, read, say};
}

/** Makes a figure live; its stored picture goes when that worked @param {HTMLElement & {liveNumbers?: any}} at */
async function show(at) {
  const kind = at.dataset.figure, data = root.siamfcData, sliders = JSON.parse(at.dataset.sliders);
  if (kind === 'crops') await decode(data.photos);
  const rows = sliders.map((o, i) => control(o, `${at.id}-${i}`)), grid = document.createElement('div'), views = document.createElement('div');
  const status = Object.assign(document.createElement('p'), {role: 'status'});
  grid.className = 'live-grid'; views.className = `live-views live-figure-${kind}`;
  for (const r of rows) grid.append(r.label, r.input);
  let wanted = false;
  const update = () => {
    wanted = false;
    const s = Object.fromEntries(rows.map(r => [r.name, r.read()])), r = numbers[kind](s, data), {say, views: parts} = draw[kind](r, s, data);
    rows.forEach(r => r.say());
    status.textContent = say;
    views.replaceChildren(...parts.map(o => typeof o === 'string' ? Object.assign(document.createElement('template'), {innerHTML: o}).content : o));
    at.liveNumbers = r; // for those who look into the page, as its tests do
  };
  grid.addEventListener('input', () => { if (!wanted) { wanted = true; requestAnimationFrame(update); } });
  update();
  at.append(grid, views, status);
  at.hidden = false;
  document.getElementById(at.dataset.picture)?.remove();
}

/** Photos to their pixels @param {Record<string, {src: string, image?: any}>} photos */
async function decode(photos) {
  for (const o of Object.values(photos)) {
    const im = Object.assign(new Image(), {src: o.src});
    await im.decode();
    const pen = Object.assign(document.createElement('canvas'), {width: im.width, height: im.height}).getContext('2d');
    pen.drawImage(im, 0, 0);
    o.image = pen.getImageData(0, 0, im.width, im.height);
  }
}

root.siamfcFigures = {numbers, labels, backgroundLoss, rateAt, centreError, eaoCurve, show};
if (typeof module === 'object') module.exports = root.siamfcFigures;
else addEventListener('DOMContentLoaded', () => document.querySelectorAll('[data-figure]').forEach(at => show(/** @type {HTMLElement} */ (at))));
})(globalThis);
