// @ts-check
// The page *Where is it?*: one frame's exemplar, another frame's search region, and every map between them
((/** @type {any} */ root) => {
const {siamfc, siamfcData: data} = root, {Clip, heat, drawBox, placeOf, onPointer, arrows, holdBox, sayValues, begin, reveal} = root.siamfcLive;

/** A crop of `siamfc.crop` as a picture @param {Float32Array} x (3, n, n) @param {number} n */
function picture(x, n) {
  const im = new ImageData(n, n);
  for (let i = 0; i < n*n; i++) im.data.set([x[i], x[n*n + i], x[2*n*n + i], 255], 4*i);
  return im;
}

/** @param {CanvasRenderingContext2D} pen @param {number[]} p @param {number} r @param {string} colour */
function drawCross(pen, [x, y], r, colour) {
  for (const [part, style] of /** @type {[number, string][]} */ ([[2, '#000'], [4, colour]])) {
    pen.lineWidth = r/part; pen.strokeStyle = style;
    pen.beginPath();
    for (const [dx, dy] of [[1, 1], [1, -1]]) { pen.moveTo(x - r*dx, y - r*dy); pen.lineTo(x + r*dx, y + r*dy); }
    pen.stroke();
  }
}

/** Page *Where is it?* @param {HTMLElement & {liveState?: any}} at */
async function whereIsIt(at) {
  const $ = name => /** @type {any} */ (at.querySelector(`[data-live=${name}]`)), say = text => { $('status').textContent = text; };
  const state = {box: null, c: null, guess: null, shown: false, stale: {}, times: [], ready: false, running: null};
  at.liveState = state; // for those who look into the page, as its tests do
  const phi = await begin(at, say, 'shipped');
  if (!phi) return;

  const config = () => {
    const cfg = {...data.configs[$('sizes').value]};
    for (const k of ['window', 'penalty', 'step', 'damping', 'context']) cfg[k] = +$(k).value;
    return cfg;
  };
  const padding = () => $('padding').checked;
  /** Where the search starts: the exemplar's size, at the place of the square */
  const start = () => {
    const [, , w, h] = state.box, {c} = state;
    return siamfc.Targets.start([c[0] - w/2, c[1] - h/2, w, h], state.fill, config().context);
  };
  /** Features of a search region @param {number} f factor of its size @param {number} cells to the right */
  const searched = (f, cells = 0) => {
    const cfg = config(), at = start(), side = at.side*f*cfg.search/cfg.exemplar;
    return phi(siamfc.crop(state.second, [at.c[0] + cells*data.nets.shipped.stride*side/cfg.search, at.c[1]], side, cfg.search, at.fill), cfg.search, padding());
  };

  /** Everything that is stale, once more: `z` the exemplar, `x` the search regions, and then the maps. A new wish waits for the one before. */
  async function refresh(stale = {}) {
    Object.assign(state.stale, stale);
    state.running ??= (async () => {
      try { while (Object.keys(state.stale).length) await once(); } catch (e) { say(`${e.message}.`); state.stale = {}; }
      state.running = null;
    })();
    return state.running;
  }
  async function once() {
    const begun = performance.now(), cfg = config(), middle = (cfg.scales - 1)/2, todo = state.stale;
    state.stale = {};
    if (todo.z) {
      const [x, y, w, h] = state.box, side = siamfc.contextSide(w, h, cfg.context);
      state.exemplar = siamfc.crop(state.first, [x + w/2, y + h/2], side, cfg.exemplar, state.fill);
      state.z = await phi(state.exemplar, cfg.exemplar, padding());
    }
    if (todo.x) { // the middle scale first, and the maps of it; the others follow
      state.x = [await searched(1)];
      state.shift = null;
      if (cfg.scales > 1) state.stale.rest = true;
    } else if (todo.rest) {
      const xs = [];
      for (let i = 0; i < cfg.scales; i++) xs.push(i === middle ? state.x[(state.x.length - 1)/2] : await searched(cfg.step**(i - middle)));
      state.x = xs;
    }
    const {gain, bias, stride} = data.nets.shipped, offer = start(), maps = state.x.map(x => siamfc.xcorr(state.z, x, gain, bias)), {n} = maps[0], N = n*cfg.up;
    if (state.window?.length !== N*N) { state.U = siamfc.upsampling(n, cfg.up); state.window = siamfc.cosineWindow(N); }
    const found = siamfc.locate(maps.map(m => m.data), n, state.U, state.window, cfg), f = cfg.step**(found.chosen - (maps.length - 1)/2);
    Object.assign(state, {maps, found, n, next: siamfc.move(offer, found.dx, found.dy, f, f, cfg, stride), factor: f, offer});
    if (todo.z || todo.x) state.times = [...state.times.slice(-9), performance.now() - begun];
    draw();
  }
  /** Largest difference between the map of the region and that of the region one cell to the right, where both speak of the same place */
  async function compare() {
    await state.running;
    const x = await searched(1, 1), {gain, bias} = data.nets.shipped, {n} = state, a = state.maps[(state.maps.length - 1)/2].data, b = siamfc.xcorr(state.z, x, gain, bias).data;
    const diff = new Float32Array(n*(n - 1));
    for (let i = 0; i < n; i++) for (let j = 0; j + 1 < n; j++) diff[i*(n - 1) + j] = Math.abs(a[i*n + j + 1] - b[i*n + j]);
    state.shift = {diff, most: Math.max(...diff), range: Math.max(...a) - Math.min(...a)};
    draw();
  }

  function draw() {
    const {box, n, found, shown} = state, first = $('first'), second = $('second');
    const pen = first.getContext('2d'), pen2 = second.getContext('2d'), cfg = config();
    pen.putImageData(state.first, 0, 0);
    const [x, y, w, h] = box, side = siamfc.contextSide(w, h, cfg.context);
    drawBox(pen, box, data.palette.exemplar);
    drawBox(pen, [x + w/2 - side/2, y + h/2 - side/2, side, side], `${data.palette.exemplar}80`);
    pen2.putImageData(state.second, 0, 0);
    const square = state.offer.side*cfg.search/cfg.exemplar, [cx, cy] = state.c, r = second.width/60;
    drawBox(pen2, [cx - square/2, cy - square/2, square, square], data.palette.search);
    if (state.guess) drawCross(pen2, state.guess, r, '#fff');
    for (const k of ['scores', 'up', 'final']) {
      const c = $(k), p = c.getContext('2d');
      if (!shown) { c.width = c.height = 160; p.fillStyle = '#8884'; p.fillRect(0, 0, 160, 160); p.fillStyle = '#888'; p.font = '80px sans-serif'; p.textAlign = 'center'; p.fillText('?', 80, 108); continue; }
      const map = k === 'scores' ? state.maps[found.chosen].data : found[k], m = Math.sqrt(map.length), i = siamfc.argmax(map);
      c.width = c.height = m;
      p.putImageData(heat(map, m), 0, 0);
      if (k !== 'scores') drawCross(p, [i%m + .5, Math.floor(i/m) + .5], 8, '#fff');
    }
    const c = $('difference'), p = c.getContext('2d');
    c.width = n - 1; c.height = n; p.clearRect(0, 0, n, n);
    if (state.shift) {
      const im = new ImageData(n - 1, n), {diff, range, most} = state.shift;
      diff.forEach((v, i) => im.data.set([255, 255*(1 - Math.min(1, 4*v/range)), 255*(1 - Math.min(1, 4*v/range)), 255], 4*i));
      p.putImageData(im, 0, 0);
      $('shifted').textContent = `Padding ${padding() ? 'on' : 'off'}: the two maps differ by up to ${(100*most/range).toFixed(2)} % of the map's range.`;
    } else $('shifted').textContent = '';
    if (shown) {
      const at = state.next;
      drawBox(pen2, at.box, data.palette.prediction);
      drawCross(pen2, at.c, r, data.palette.prediction);
      const sizes = state.maps.length > 1 ? ` ${state.factor > 1 ? 'The larger scale wins' : state.factor < 1 ? 'The smaller scale wins' : 'The present scale wins'}.` : '';
      const off = state.guess ? ` Your guess was ${Math.hypot(state.guess[0] - at.c[0], state.guess[1] - at.c[1]).toFixed(0)} pixels from it.` : '';
      say(`The peak scores ${found.peak.toFixed(2)}; it lies ${siamfc.fromMiddle(found.dx, found.dy)} (a cell is ${cfg.up} by ${cfg.up} in the up-sampled map).${sizes}${off} Painted in ${state.times.at(-1).toFixed(0)} ms.`);
    } else say('Where will the peak be? Click the place in the second frame, or move the cross there with the arrow keys and press Enter.');
  }
  /** The reader's answer @param {number[]|null} place */
  function answer(place) {
    if (!state.ready) return;
    state.guess = place; state.shown = true; draw();
  }

  /** @param {number[]} box */
  function setBox(box) {
    const first = $('first'), why = siamfc.wrongBox(box, first.width, first.height);
    if (why) { say(`${why}.`); return; }
    if (!state.ready) return;
    state.resized ||= box[2] !== state.box[2] || box[3] !== state.box[3];
    state.box = box;
    return refresh({z: true});
  }
  /** A hand that lets go: the search regions have the exemplar's size again */
  function settle() { if (state.resized) { state.resized = false; return refresh({x: true}); } }
  /** @param {number[]} c centre of the search region, pixels of the second frame */
  function setCentre(c) {
    const {width, height} = $('second');
    if (!state.ready) return;
    state.c = [Math.min(Math.max(c[0], 0), width), Math.min(Math.max(c[1], 0), height)];
    return refresh({x: true});
  }
  async function open() {
    state.ready = false;
    await state.running;
    const clip = new Clip(data.clips[$('clip').value]);
    try { await clip.open(); } catch (e) {
      reveal(at, false);
      say(`${e.message}. The picture shows what would run here.`);
      return;
    }
    state.clip?.close(); state.clip = clip;
    $('frame').max = clip.frames - 1;
    $('frame').value = Math.min(6, clip.frames - 1);
    for (const k of ['first', 'second']) { $(k).width = clip.width; $(k).height = clip.height; }
    state.first = await clip.frame(0);
    state.fill = siamfc.meanColour(state.first);
    const [x, y, w, h] = state.box = [...clip.truth[0]];
    state.c = [x + w/2, y + h/2];
    await choose();
  }
  /** The frame to search in; what the peak is, is a question again */
  async function choose() {
    state.ready = false;
    await state.running;
    sayValues(at);
    state.second = await state.clip.frame(+$('frame').value);
    Object.assign(state, {guess: null, shown: false});
    await refresh({z: true, x: true});
    state.ready = true;
  }

  holdBox($('first'), {box: () => state.box, set: setBox, end: settle});
  const second = $('second');
  let drag = null;
  onPointer(second, {
    pointerdown: e => { drag = {p: placeOf(second, e), c: [...state.c], far: false}; second.setPointerCapture(e.pointerId); },
    pointermove: e => {
      if (!drag) return;
      const [x, y] = placeOf(second, e), d = [x - drag.p[0], y - drag.p[1]];
      drag.far ||= Math.hypot(...d) > second.width/60;
      if (drag.far) setCentre([drag.c[0] + d[0], drag.c[1] + d[1]]);
    },
    pointerup: () => { if (drag && !drag.far && !state.shown) answer(drag.p); drag = null; },
    pointercancel: () => { drag = null; },
  });
  second.addEventListener('keydown', e => {
    const d = arrows[e.key], s = Math.max(1, second.width/80);
    if (e.key === 'Enter' && !state.shown) answer(state.guess ?? [...state.c]);
    if (!d || !state.ready) return;
    e.preventDefault();
    if (state.shown || e.shiftKey) setCentre([state.c[0] + s*d[0], state.c[1] + s*d[1]]);
    else { const g = state.guess ?? state.c; state.guess = [g[0] + s*d[0], g[1] + s*d[1]]; draw(); }
  });
  $('show').addEventListener('click', () => answer(null));
  $('ask').addEventListener('click', () => { $('frame').value = 1 + Math.floor(Math.random()*(state.clip.frames - 1)); choose(); });
  $('compare').addEventListener('click', () => { if (state.ready) compare(); });
  $('clip').addEventListener('change', open);
  $('frame').addEventListener('change', choose);
  $('padding').addEventListener('change', () => refresh({z: true, x: true}));
  const allow = () => { for (const k of ['penalty', 'step']) $(k).disabled = data.configs[$('sizes').value].scales === 1; }; // what acts on a choice between scales
  $('sizes').addEventListener('change', () => { allow(); refresh({x: true}); });
  at.addEventListener('input', () => sayValues(at));
  for (const k of ['window', 'penalty', 'damping']) $(k).addEventListener('input', () => refresh({map: true}));
  $('step').addEventListener('input', () => refresh({rest: true}));
  $('context').addEventListener('input', () => refresh({z: true, x: true}));

  Object.assign(state, {refresh, setBox, settle, setCentre, answer, compare, choose, open, config});
  sayValues(at); allow(); // a browser keeps what was set when the reader comes back
  await open();
}

root.siamfcLive.whereIsIt = whereIsIt;
})(globalThis);
