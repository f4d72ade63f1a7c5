// @ts-check
// The page *Track it*: a clip, one's own video or a camera, with the tracker running over it
((/** @type {any} */ root) => {
const {siamfc, siamfcData: data} = root, {Clip, Camera, heat, drawBox, holdBox, sayValues, loadPhi, begin, reveal} = root.siamfcLive, t = root.siamfcSay ?? String.raw;

/** Page *Track it* @param {HTMLElement & {liveState?: any}} at */
async function trackIt(at) {
  const $ = name => /** @type {any} */ (at.querySelector(`[data-live=${name}]`));
  const view = $('view'), pen = view.getContext('2d'), inset = $('scores'), plot = $('plot'), say = text => { $('status').textContent = text; };
  const state = {clip: null, i: 0, rows: [], box: [0, 0, 0, 0], playing: false, busy: false, tracker: null, changed: true, times: []};
  at.liveState = state; // for those who look into the page, as its tests do

  if (!await begin(at, say, data.configs[$('config').value].weights)) return;

  const config = () => ({...data.configs[$('config').value], window: +$('window').value, penalty: +$('penalty').value});

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
    $('csv').disabled = !state.rows.length;
  }
  function drawPlot() {
    const p = plot.getContext('2d'), {width: w, height: h} = plot, n = Math.max(2, Math.min(state.clip.frames, 9000));
    p.clearRect(0, 0, w, h);
    p.fillStyle = '#8888'; p.fillRect(0, h/2, w, 1);
    p.fillStyle = data.palette.prediction;
    for (const r of state.rows) if (r.iou != null) p.fillRect(r.i*w/n, h*(1 - r.iou), Math.max(2, w/n), 2);
    const mine = state.rows.filter(r => r.iou != null), mean = mine.reduce((s, r) => s + r.iou, 0)/mine.length;
    $('overlap').textContent = mine.length ? t`Mean overlap with the truth ${mean.toFixed(2)} over ${mine.length} frames.` : '';
  }
  function note(frameTime) {
    const truth = state.clip.truth[state.i];
    state.rows = state.rows.filter(r => r.i < state.i);
    if (state.rows.length >= 100000) state.rows.shift(); // a camera may run for hours
    state.rows.push({i: state.i, box: state.box, peak: state.tracker.found ? state.tracker.found.peak : null, iou: truth ? siamfc.iou(state.box, truth) : null});
    if (frameTime) state.times = [...state.times.slice(-9), frameTime];
    const mean = state.times.reduce((a, b) => a + b, 0)/state.times.length;
    const speed = state.times.length ? t`${(1000/mean).toFixed(1)} frames per second: ONNX Runtime, WebAssembly, one thread of this browser.` : '';
    say(`${state.clip.frames < Infinity ? t`Frame ${state.i + 1} of ${state.clip.frames}.` : t`Frame ${state.i + 1}.`} ${speed}`);
  }
  /** One frame on: the target is remembered anew where its box was moved by hand */
  async function step() {
    if (state.busy || !state.clip || ended()) return false;
    state.busy = true;
    try {
      if (state.changed) {
        const cfg = config();
        state.tracker = new siamfc.Tracker(await loadPhi(cfg.weights), data.nets[cfg.weights], cfg);
        state.changed = false;
        await state.tracker.init(state.frame, state.box); // as it was seen when the box was drawn
        note(0);
      }
      state.tracker.set({window: +$('window').value, penalty: +$('penalty').value});
      const start = performance.now(), frame = await state.clip.frame(state.i + 1), {box} = await state.tracker.update(frame);
      state.i++; state.box = box;
      note(performance.now() - start); draw(frame);
      return true;
    } catch (e) { say(t`${e.message}.`); return false; } finally { state.busy = false; }
  }
  const setPlaying = on => { state.playing = on; $('play').textContent = on ? t`Pause` : t`Play`; };
  const ended = () => state.i + 1 >= state.clip.frames;
  const idle = async () => { while (state.busy) await new Promise(ok => setTimeout(ok, 20)); };
  let round = 0;
  /** Play or pause; a new round waits for the frame that the one before has begun */
  async function play() {
    const mine = ++round, on = () => state.playing && mine === round;
    if (state.playing) { setPlaying(false); return; }
    if (state.clip && ended()) await again();
    setPlaying(true);
    await idle();
    while (on() && await step()) await new Promise(requestAnimationFrame);
    if (mine === round) setPlaying(false);
  }
  async function open(clip) {
    setPlaying(false);
    await idle();
    state.busy = true; state.ready = false;
    try { await enter(clip); } catch (e) {
      clip.close();
      reveal(at, !!state.clip); // the one before goes on
      say(state.clip ? t`${e.message}.` : t`${e.message}. The picture shows what would run here.`);
    }
    state.busy = false; state.ready = true;
  }
  async function enter(clip) {
    await clip.open();
    const frame = await clip.frame(0);
    state.clip?.close();
    $('clip').value = Object.keys(data.clips).find(k => data.clips[k] === clip.given) ?? ''; // so that each choice is a change
    if (!clip.file) $('file').value = '';
    Object.assign(state, {clip, i: 0, rows: [], times: [], changed: true, tracker: null});
    const {width: w, height: h} = clip;
    view.width = w; view.height = h; view.style.setProperty('--shape', `${w/h}`);
    state.box = clip.truth[0] ? [...clip.truth[0]] : [w*.4, h*.4, w*.2, h*.2];
    draw(frame);
    say(clip.truth[0] ? t`Ready: Play starts the tracker.` : t`Draw a box around the target, then Play.`);
  }
  /** From the start; a video of one's own keeps the box that was drawn there */
  async function again() {
    const {clip, rows: [first]} = state;
    if (clip) await open(clip instanceof Camera ? new Camera() : new Clip(clip.given));
    if (first?.i === 0 && clip?.file) { state.box = first.box; draw(); }
  }
  /** The reader's hand: a new box, tracked from this frame on @param {number[]} box */
  function setBox(box) {
    const why = siamfc.wrongBox(box, view.width, view.height);
    if (why) { say(t`${why}.`); return; }
    if (!state.ready || !state.clip) return; // a clip is being opened
    setPlaying(false);
    Object.assign(state, {box, changed: true, times: []});
    draw(); say(t`Box ${box.map(o => Math.round(o)).join(', ')}: Play tracks it from here.`);
  }
  holdBox(view, {box: () => state.box, set: setBox, start: () => setPlaying(false), busy: () => state.busy});
  view.addEventListener('keydown', e => { if (e.key === ' ') { e.preventDefault(); play(); } });
  $('play').addEventListener('click', play);
  $('step').addEventListener('click', () => { setPlaying(false); step(); });
  $('again').addEventListener('click', again);
  $('camera').addEventListener('click', () => open(new Camera()));
  $('clip').addEventListener('change', () => open(new Clip(data.clips[$('clip').value])));
  $('config').addEventListener('change', () => {
    const c = data.configs[$('config').value];
    $('window').value = c.window; $('penalty').value = c.penalty; $('penalty').disabled = c.scales === 1; sayValues(at);
    setPlaying(false); state.changed = true; say(t`The network is being loaded …`);
    loadPhi(c.weights).then(() => say(t`Ready: Play goes on from here.`), e => say(t`${e.message}.`));
  });
  at.addEventListener('input', () => sayValues(at));
  $('file').addEventListener('change', () => {
    const [file] = $('file').files;
    if (file) open(new Clip({file}));
  });
  $('csv').addEventListener('click', () => {
    const lines = state.rows.map(r => [r.i, ...r.box.map(o => o.toFixed(2)), r.peak == null ? '' : r.peak.toFixed(4)].join(','));
    const url = URL.createObjectURL(new Blob([['frame,x,y,w,h,score', ...lines, ''].join('\n')], {type: 'text/csv'}));
    Object.assign(document.createElement('a'), {href: url, download: 'boxes.csv'}).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000); // some browsers read it later
  });
  document.addEventListener('visibilitychange', () => { if (document.hidden) setPlaying(false); });

  state.step = step; state.setBox = setBox;
  $('penalty').disabled = config().scales === 1;
  sayValues(at);
  await open(new Clip(data.clips[$('clip').value]));
  if ('autoplay' in at.dataset && !matchMedia('(prefers-reduced-motion: reduce)').matches && !document.hidden) play();
}

root.siamfcLive.trackIt = trackIt;
})(globalThis);
