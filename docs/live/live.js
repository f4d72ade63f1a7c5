// @ts-check
// What the live pages share: the engine, a clip's frames, what is drawn, and the box in the reader's hand
((/** @type {any} */ root) => {
const {siamfc, siamfcData: data} = root, t = root.siamfcSay ?? String.raw; // `zh.js` says it in Chinese

/** Text of `inlined` to bytes: seven bits per character, then gzip @param {string} text */
async function unpack(text) {
  const packed = new Uint8Array(text.length*7 >> 3);
  for (let i = 0, o = 0, n = 0, bits = 0; i < text.length; i++) {
    bits = (bits << 7 | text.charCodeAt(i) & 127) & 0x7fff; n += 7;
    if (n >= 8) { n -= 8; packed[o++] = bits >> n; }
  }
  const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

/** Even bytes and then odd ones, back in their places @param {Uint8Array} halves */
function interleave(halves) {
  const out = new Uint8Array(halves.length), n = (halves.length + 1) >> 1;
  for (let i = 0; i < out.length; i++) out[i] = halves[(i & 1 ? n : 0) + (i >> 1)];
  return out;
}

const here = root.document?.currentScript?.src.replace(/[^/]*$/, '') ?? '', loaded = {};

/** A script beside this one, for what few readers need @param {string} name */
function script(name) {
  return new Promise((ok, no) => {
    const el = Object.assign(document.createElement('script'), {src: `${here}${name}.js`, onload: ok});
    el.onerror = () => no(new Error(t`${name}.js could not be read: load the page again`));
    document.head.append(el);
  });
}

/** φ of a network in this browser: WebAssembly, one thread; throws a sentence where it cannot run
 * @param {string} name as `TrackConfig.weights` has it */
function loadPhi(name) { return loaded[name] ??= makePhi(name).catch(e => { delete loaded[name]; throw e; }); }

async function makePhi(name) {
  if (typeof WebAssembly !== 'object' || typeof DecompressionStream !== 'function') throw new Error(t`This browser is too old to run the network: expected one of 2023 or newer`);
  const {ort} = root;
  if (data.wasm) {
    ort.env.wasm.numThreads = 1;
    ort.env.wasm.wasmBinary = await unpack(data.wasm);
    data.wasm = ''; // 7 MB that nobody needs any more
  }
  if (!data.phi[name]) await script(`phi_${name}`);
  const session = await ort.InferenceSession.create(interleave(await unpack(data.phi[name])), {executionProviders: ['wasm']});
  data.phi[name] = '';
  return async (x, side, padding = false) => {
    const feeds = {x: new ort.Tensor('float32', x, [1, 3, side, side])};
    if (session.inputNames.includes('padding')) feeds.padding = new ort.Tensor('int64', BigInt64Array.of(padding ? 1n : 0n), [1]);
    const {features} = await session.run(feeds);
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
  /** @param {{fps?: number, frames?: number, truth?: (number[]|null)[], file?: File, packed?: string, exact?: boolean}} o  `packed`: a clip that ships */
  constructor(o) {
    const {fps = 25, frames, truth = [], file, packed, exact = false} = o;
    this.given = o; this.fps = fps; this.frames = frames; this.truth = truth; this.file = file; this.packed = packed; this.exact = exact;
    this.el = Object.assign(document.createElement('video'), {muted: true, playsInline: true, preload: 'auto'});
    this.canvas = document.createElement('canvas');
    this.pen = this.canvas.getContext('2d', {willReadFrequently: true});
  }
  async open(longest = 960) {
    this.video = URL.createObjectURL(this.file ?? new Blob([await unpack(this.packed)], {type: 'video/mp4'}));
    await new Promise((ok, no) => {
      Object.assign(this.el, {onloadeddata: ok, onerror: no, src: this.video});
    }).catch(() => {});
    if (!this.el.videoWidth) throw new Error(t`This browser cannot decode the video: expected one that it plays, such as MP4 with H.264, or WebM`); // or there is sound alone
    if (this.el.duration === Infinity) await this.seek(1e9); // a recording whose file does not say: its end does
    const {videoWidth: w, videoHeight: h, duration} = this.el, r = Math.min(1, longest/Math.max(w, h));
    this.width = this.canvas.width = Math.round(w*r); this.height = this.canvas.height = Math.round(h*r);
    this.frames ??= Math.max(1, Math.floor(duration*this.fps));
    return this;
  }
  /** @param {number} to seconds */
  async seek(to) {
    const {el} = this;
    await new Promise((ok, no) => {
      const damaged = () => no(new Error(t`The video cannot be decoded any further: its file is damaged, or not whole`));
      if (el.error) damaged();
      Object.assign(el, {onseeked: ok, onerror: damaged, currentTime: to});
    });
  }
  /** @param {number} i @returns {Promise<{data: Uint8ClampedArray, width: number, height: number}>} */
  async frame(i) {
    const to = Math.min((i + .5)/this.fps, Math.max(0, this.el.duration - .001)); // in the middle: a seek to an edge may land before it
    if (Math.abs(this.el.currentTime - to) > 1e-4) await this.seek(to);
    if (this.exact && root.VideoFrame) for (let tries = 0; tries < 10; tries++) { // a shipped clip, in a browser that gives decoded planes away
      const f = new root.VideoFrame(this.el);
      try {
        if (f.format !== 'I420') break;
        if (Math.abs(f.timestamp/1e6*this.fps - i) < .5) {
          const yuv = new Uint8Array(f.allocationSize());
          return fromYuv(yuv, await f.copyTo(yuv), this.width, this.height);
        }
      } finally { f.close(); }
      await new Promise(ok => setTimeout(ok, 5)); // now and then a seek ends before its frame is there
    }
    this.pen.drawImage(this.el, 0, 0, this.width, this.height);
    return this.pen.getImageData(0, 0, this.width, this.height);
  }
  close() {
    this.el.onerror = null;
    this.el.removeAttribute('src'); this.el.load();
    URL.revokeObjectURL(this.video);
  }
}

/** Frames of a camera, as they come: it neither ends nor goes back */
class Camera extends Clip {
  constructor() { super({frames: Infinity}); }
  async open(longest = 640) {
    if (!navigator.mediaDevices?.getUserMedia) throw new Error(t`This page may not use a camera here: open it from https or from localhost`);
    try { this.stream = await navigator.mediaDevices.getUserMedia({video: {width: {ideal: longest}}}); } catch (e) {
      throw new Error(e.name === 'NotAllowedError' ? t`The camera was refused: allow it in the browser, or choose a video` : t`No camera was found: choose a video`);
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
  pen.strokeRect(box[0], box[1], box[2], box[3]);
}

/** Position of a pointer, in pixels of what the canvas shows; one that has left it is at its edge @param {HTMLCanvasElement} view @param {PointerEvent} e */
function placeOf(view, e) {
  const r = view.getBoundingClientRect();
  const within = (o, most) => Math.min(Math.max(o, 0), most);
  return [within((e.clientX - r.left)*view.width/r.width, view.width), within((e.clientY - r.top)*view.height/r.height, view.height)];
}

/** Listens to the pointer that draws: neither to a second finger nor to another button of the mouse
 * @param {HTMLCanvasElement} view @param {Record<string, (e: PointerEvent) => void>} on what to do at `pointerdown` and its kin */
function onPointer(view, on) {
  for (const [k, f] of Object.entries(on)) view.addEventListener(k, /** @param {any} e */ e => { if (e.isPrimary && e.button <= 0) f(e); });
}

const arrows = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};

/** The box in the reader's hand: dragged inside, resized at its lower right corner, drawn anew elsewhere; arrow keys move it, with Shift they resize it
 * @param {HTMLCanvasElement} view
 * @param {{box: () => number[], set: (box: number[]) => void, start?: () => void, end?: () => void, busy?: () => boolean}} on */
function holdBox(view, {box, set, start = () => {}, end = () => {}, busy = () => false}) {
  let drag = null;
  const stop = () => { if (drag) end(); drag = null; };
  onPointer(view, {
    pointerdown: e => {
      const p = placeOf(view, e), [x, y, w, h] = box(), reach = view.width/40;
      const corner = Math.hypot(p[0] - x - w, p[1] - y - h) < reach, inside = p[0] > x && p[0] < x + w && p[1] > y && p[1] < y + h;
      drag = {p: corner ? [x, y] : p, box: inside && !corner ? [x, y, w, h] : null};
      start(); view.setPointerCapture(e.pointerId);
    },
    pointermove: e => {
      if (!drag || busy()) return;
      const [x, y] = placeOf(view, e), [a, b] = drag.p;
      const now = drag.box ? [drag.box[0] + x - a, drag.box[1] + y - b, drag.box[2], drag.box[3]] : [Math.min(a, x), Math.min(b, y), Math.abs(x - a), Math.abs(y - b)];
      if (drag.box || now[2]*now[3] >= 16) set(now);
    },
    pointerup: stop, pointercancel: stop,
  });
  view.addEventListener('keydown', e => {
    const d = arrows[e.key];
    if (!d || busy()) return;
    e.preventDefault(); start();
    set(siamfc.nudged(box(), d, Math.max(1, view.width/320), e.shiftKey));
    end();
  });
}

/** Shows each slider's value beside it @param {HTMLElement} at */
function sayValues(at) { at.querySelectorAll('output').forEach(o => { o.value = (+/** @type {any} */ (at.querySelector(`#${o.htmlFor}`)).value).toFixed('whole' in o.dataset ? 0 : 3); }); }

/** Shows what is live, or the picture that stands for it @param {HTMLElement} at @param {boolean} live */
function reveal(at, live) { document.getElementById('live-picture').hidden = live; at.querySelector('[data-live=live]').toggleAttribute('hidden', !live); }

/** The network, or null after saying why not; then the picture stays @param {HTMLElement} at @param {(text: string) => void} say @param {string} name */
async function begin(at, say, name) {
  say(t`The network is being loaded …`);
  try {
    const phi = await loadPhi(name);
    reveal(at, true);
    return phi;
  } catch (e) { say(t`${e.message}. The picture shows what would run here.`); return null; }
}

root.siamfcLive = {unpack, interleave, loadPhi, Clip, Camera, heat, drawBox, placeOf, onPointer, arrows, holdBox, sayValues, begin, reveal};
})(globalThis);
