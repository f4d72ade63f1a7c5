// @ts-check
// Pages on which the tracker runs: the engine, a clip's frames, and what is drawn
(root => {
const {siamfc, siamfcData: data} = root;

/** Text of `inlined` to bytes @param {string} text */
async function unpack(text) {
  const packed = Uint8Array.from(atob(text), c => c.charCodeAt(0));
  const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

/** φ in this browser: WebAssembly, one thread; throws a sentence where it cannot run */
async function loadPhi() {
  if (typeof WebAssembly !== 'object' || typeof DecompressionStream !== 'function') throw new Error('This browser is too old to run the network: expected one of 2023 or newer');
  const {ort} = root;
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = await unpack(data.wasm);
  const session = await ort.InferenceSession.create(await unpack(data.phi), {executionProviders: ['wasm']});
  data.wasm = data.phi = ''; // 10 MB that nobody needs any more
  return async (x, side) => {
    const input = new ort.Tensor('float32', x, [1, 3, side, side]), {features} = await session.run({x: input});
    return {data: features.data, dims: features.dims.slice(1)};
  };
}

/** A decoded frame in the very colours that the package sees: FFmpeg's arithmetic, in 16 bits, where browsers round otherwise
 * @param {Uint8Array} yuv planes of I420 @param {{offset: number, stride: number}[]} planes @param {number} width @param {number} height */
function fromYuv(yuv, planes, width, height) {
  const out = new ImageData(width, height), [py, pu, pv] = planes, times = (a, k) => (a*8*k) >> 16;
  for (let i = 0, o = 0; i < height; i++) for (let j = 0; j < width; j++, o += 4) {
    const y = times(yuv[py.offset + i*py.stride + j] - 16, 9539);
    const u = yuv[pu.offset + (i >> 1)*pu.stride + (j >> 1)] - 128, v = yuv[pv.offset + (i >> 1)*pv.stride + (j >> 1)] - 128;
    out.data[o] = y + times(v, 13075); // the array clips to 0–255
    out.data[o + 1] = y + times(u, -3209) + times(v, -6660);
    out.data[o + 2] = y + times(u, 16525);
    out.data[o + 3] = 255;
  }
  return out;
}

/** Frames of a video, one at a time */
class Clip {
  /** @param {{fps?: number, frames?: number, truth?: (number[]|null)[], video: string, exact?: boolean}} o */
  constructor(o) {
    Object.assign(this, {fps: 25, truth: [], ...o});
    this.el = Object.assign(document.createElement('video'), {muted: true, playsInline: true, preload: 'auto'});
    this.canvas = document.createElement('canvas');
    this.pen = this.canvas.getContext('2d', {willReadFrequently: true});
  }
  async open(longest = 960) {
    await new Promise((ok, no) => {
      this.el.onloadeddata = ok;
      this.el.onerror = () => no(new Error('This browser cannot decode the video: expected one that it plays, such as MP4 with H.264, or WebM'));
      this.el.src = this.video;
    });
    const {videoWidth: w, videoHeight: h, duration} = this.el, r = Math.min(1, longest/Math.max(w, h));
    this.width = this.canvas.width = Math.round(w*r); this.height = this.canvas.height = Math.round(h*r);
    this.frames ??= Math.max(1, Math.floor(duration*this.fps));
    return this;
  }
  /** @param {number} i @returns {Promise<{data: Uint8ClampedArray, width: number, height: number}>} */
  async frame(i) {
    const t = Math.min((i + .5)/this.fps, Math.max(0, this.el.duration - .001)); // in the middle: a seek to an edge may land before it
    if (Math.abs(this.el.currentTime - t) > 1e-4) await new Promise(ok => { this.el.onseeked = ok; this.el.currentTime = t; });
    if (this.exact && root.VideoFrame) { // a shipped clip, in a browser that gives decoded planes away
      const f = new root.VideoFrame(this.el, {timestamp: 0});
      try {
        if (f.format === 'I420') {
          const yuv = new Uint8Array(f.allocationSize());
          return fromYuv(yuv, await f.copyTo(yuv), this.width, this.height);
        }
      } finally { f.close(); }
    }
    this.pen.drawImage(this.el, 0, 0, this.width, this.height);
    return this.pen.getImageData(0, 0, this.width, this.height);
  }
  close() { this.el.removeAttribute('src'); this.el.load(); }
}

/** Frames of a camera, as they come: it neither ends nor goes back */
class Camera extends Clip {
  constructor() { super({video: '', frames: Infinity}); }
  async open(longest = 640) {
    if (!navigator.mediaDevices?.getUserMedia) throw new Error('This page may not use a camera here: open it from https or from localhost');
    try { this.stream = await navigator.mediaDevices.getUserMedia({video: {width: {ideal: longest}}}); } catch (e) {
      throw new Error(e.name === 'NotAllowedError' ? 'The camera was refused: allow it in the browser, or choose a video' : 'No camera was found: choose a video');
    }
    this.el.srcObject = this.stream;
    await this.el.play();
    const {videoWidth: w, videoHeight: h} = this.el, r = Math.min(1, longest/Math.max(w, h));
    this.width = this.canvas.width = Math.round(w*r); this.height = this.canvas.height = Math.round(h*r);
    return this;
  }
  async frame() {
    this.pen.drawImage(this.el, 0, 0, this.width, this.height);
    return this.pen.getImageData(0, 0, this.width, this.height);
  }
  close() { this.stream?.getTracks().forEach(t => t.stop()); this.el.srcObject = null; }
}

/** A map as a picture, its lowest value dark @param {ArrayLike<number>} map @param {number} n */
function heat(map, n) {
  const im = new ImageData(n, n);
  let lo = Infinity, hi = -Infinity;
  for (let i = 0; i < map.length; i++) { lo = Math.min(lo, map[i]); hi = Math.max(hi, map[i]); }
  for (let i = 0; i < map.length; i++) {
    const v = (map[i] - lo)/(hi - lo || 1);
    im.data.set([255*Math.min(1, 1.6*v), 255*Math.max(0, 1.6*v - .5), 110*(1 - v) + 40*v, 255], 4*i);
  }
  return im;
}

/** @param {CanvasRenderingContext2D} pen @param {number[]|null|undefined} box @param {string} colour */
function drawBox(pen, box, colour) {
  if (!box) return;
  pen.lineWidth = Math.max(2, pen.canvas.width/200); pen.strokeStyle = colour;
  pen.strokeRect(...box);
}

/** Page *Track it* @param {HTMLElement} at */
async function trackIt(at) {
  const $ = name => at.querySelector(`[data-live=${name}]`);
  const view = $('view'), pen = view.getContext('2d'), inset = $('scores'), plot = $('plot'), say = text => { $('status').textContent = text; };
  const state = {clip: null, i: 0, rows: [], box: null, playing: false, busy: false, tracker: null, changed: true, times: []};
  at.liveState = state; // for those who look into the page, as its tests do

  let phi;
  try { phi = await loadPhi(); } catch (e) { say(`${e.message}. The picture shows what would run here.`); return; }
  document.getElementById('live-picture').hidden = true; $('live').hidden = false;

  const config = () => ({...data.configs[$('config').value], window: +$('window').value, penalty: +$('penalty').value});
  const kept = () => at.querySelectorAll('output').forEach(o => { o.value = (+at.querySelector(`#${o.htmlFor}`).value).toFixed(3); });

  function draw(frame) {
    if (frame) state.frame = frame;
    pen.putImageData(state.frame, 0, 0);
    drawBox(pen, state.clip.truth[state.i], data.palette.truth);
    drawBox(pen, state.box, data.palette.prediction);
    const found = state.tracker?.found;
    if (found && !state.changed) {
      const n = Math.sqrt(found.final.length);
      inset.width = inset.height = n;
      inset.getContext('2d').putImageData(heat(found.up, n), 0, 0);
    }
    drawPlot();
  }
  function drawPlot() {
    const p = plot.getContext('2d'), {width: w, height: h} = plot, n = Math.max(2, Math.min(state.clip.frames, 9000));
    p.clearRect(0, 0, w, h);
    p.fillStyle = '#8888'; p.fillRect(0, h/2, w, 1);
    p.fillStyle = data.palette.prediction;
    for (const r of state.rows) if (r.iou != null) p.fillRect(r.i*w/n, h*(1 - r.iou), Math.max(2, w/n), 2);
    const mine = state.rows.filter(r => r.iou != null), mean = mine.reduce((s, r) => s + r.iou, 0)/mine.length;
    $('overlap').textContent = mine.length ? `Mean overlap with the truth ${mean.toFixed(2)} over ${mine.length} frames.` : '';
  }
  function note(frameTime) {
    const truth = state.clip.truth[state.i];
    state.rows = state.rows.filter(r => r.i < state.i);
    if (state.rows.length >= 100000) state.rows.shift(); // a camera may run for hours
    state.rows.push({i: state.i, box: state.box, peak: state.tracker.found ? state.tracker.found.peak : null, iou: truth ? siamfc.iou(state.box, truth) : null});
    if (frameTime) state.times = [...state.times.slice(-9), frameTime];
    const mean = state.times.reduce((a, b) => a + b, 0)/state.times.length;
    say(`Frame ${state.i + 1}${state.clip.frames < Infinity ? ` of ${state.clip.frames}` : ''}. ` + (state.times.length ? `${(1000/mean).toFixed(1)} frames per second: ONNX Runtime, WebAssembly, one thread of this browser.` : ''));
  }
  /** One frame on: the target is remembered anew where its box was moved by hand */
  async function step() {
    if (state.busy || state.i + 1 >= state.clip.frames) return false;
    state.busy = true;
    try {
      if (state.changed) {
        state.tracker = new siamfc.Tracker(phi, data.net, config());
        state.changed = false;
        await state.tracker.init(state.frame, state.box); // as it was seen when the box was drawn
        note(0);
      }
      state.tracker.set({window: +$('window').value, penalty: +$('penalty').value});
      const start = performance.now(), frame = await state.clip.frame(state.i + 1), {box} = await state.tracker.update(frame);
      state.i++; state.box = box;
      note(performance.now() - start); draw(frame);
      return true;
    } catch (e) { say(`${e.message}.`); return false; } finally { state.busy = false; }
  }
  const setPlaying = on => { state.playing = on; $('play').textContent = on ? 'Pause' : 'Play'; };
  async function play() {
    if (state.playing) { setPlaying(false); return; }
    setPlaying(true);
    while (state.playing && await step()) await new Promise(requestAnimationFrame);
    setPlaying(false);
  }
  async function open(clip) {
    setPlaying(false);
    while (state.busy) await new Promise(ok => setTimeout(ok, 20));
    state.busy = true; state.ready = false;
    try { await enter(clip); } catch (e) { say(`${e.message}.`); }
    state.busy = false; state.ready = true;
  }
  async function enter(clip) {
    await clip.open();
    state.clip?.close();
    if (state.clip?.video.startsWith('blob:') && state.clip.video !== clip.video) URL.revokeObjectURL(state.clip.video);
    Object.assign(state, {clip, i: 0, rows: [], times: [], changed: true, tracker: null});
    const {width: w, height: h} = clip;
    view.width = w; view.height = h;
    state.box = clip.truth[0] ? [...clip.truth[0]] : [w*.4, h*.4, w*.2, h*.2];
    draw(await clip.frame(0));
    say(clip.truth[0] ? 'Ready: Play starts the tracker.' : 'Draw a box around the target, then Play.');
  }
  /** The reader's hand: a new box, tracked from this frame on @param {number[]} box */
  function setBox(box) {
    const why = siamfc.wrongBox(box, view.width, view.height);
    if (why) { say(`${why}.`); return; }
    if (!state.ready) return; // a clip is being opened
    setPlaying(false);
    Object.assign(state, {box, changed: true, times: []});
    draw(); say(`Box ${box.map(o => Math.round(o)).join(', ')}: Play tracks it from here.`);
  }
  const where = e => { const r = view.getBoundingClientRect(); return [(e.clientX - r.left)*view.width/r.width, (e.clientY - r.top)*view.height/r.height]; };
  let drag = null;
  view.addEventListener('pointerdown', e => {
    const p = where(e), [x, y, w, h] = state.box, inside = p[0] > x && p[0] < x + w && p[1] > y && p[1] < y + h;
    drag = {p, box: inside ? [...state.box] : null};
    setPlaying(false); view.setPointerCapture(e.pointerId);
  });
  view.addEventListener('pointermove', e => {
    if (!drag || state.busy) return;
    const [x, y] = where(e), [a, b] = drag.p;
    const box = drag.box ? [drag.box[0] + x - a, drag.box[1] + y - b, drag.box[2], drag.box[3]] : [Math.min(a, x), Math.min(b, y), Math.abs(x - a), Math.abs(y - b)];
    if (drag.box || box[2]*box[3] >= 16) setBox(box);
  });
  for (const k of ['pointerup', 'pointercancel']) view.addEventListener(k, () => { drag = null; });
  view.addEventListener('keydown', e => {
    const d = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[e.key];
    if (e.key === ' ') { e.preventDefault(); play(); }
    if (!d || state.busy) return;
    e.preventDefault();
    const s = Math.max(1, view.width/320), [x, y, w, h] = state.box;
    setBox(e.shiftKey ? [x, y, w + d[0]*s, h + d[1]*s] : [x + d[0]*s, y + d[1]*s, w, h]);
  });
  $('play').addEventListener('click', play);
  $('step').addEventListener('click', () => { setPlaying(false); step(); });
  $('again').addEventListener('click', () => open(state.clip instanceof Camera ? new Camera() : new Clip({fps: state.clip.fps, truth: state.clip.truth, video: state.clip.video, exact: state.clip.exact})));
  $('camera').addEventListener('click', () => open(new Camera()));
  $('clip').addEventListener('change', () => open(new Clip(data.clips[$('clip').value])));
  $('config').addEventListener('change', () => {
    const c = data.configs[$('config').value];
    $('window').value = c.window; $('penalty').value = c.penalty; $('penalty').disabled = c.scales === 1; kept(); state.changed = true;
  });
  at.addEventListener('input', kept);
  $('file').addEventListener('change', () => {
    const [file] = $('file').files;
    if (file) open(new Clip({video: URL.createObjectURL(file)}));
  });
  $('csv').addEventListener('click', () => {
    const lines = state.rows.map(r => [r.i, ...r.box.map(o => o.toFixed(2)), r.peak == null ? '' : r.peak.toFixed(4)].join(','));
    const url = URL.createObjectURL(new Blob([['frame,x,y,w,h,score', ...lines, ''].join('\n')], {type: 'text/csv'}));
    Object.assign(document.createElement('a'), {href: url, download: 'boxes.csv'}).click();
    URL.revokeObjectURL(url);
  });
  document.addEventListener('visibilitychange', () => { if (document.hidden) setPlaying(false); });

  state.step = step; state.setBox = setBox;
  $('penalty').disabled = config().scales === 1;
  kept();
  await open(new Clip(data.clips[$('clip').value]));
}

root.siamfcLive = {trackIt};
})(globalThis);
