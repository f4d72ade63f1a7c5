// A picture to draw one box on, with mouse, pen or finger.
function render({model, el}) {
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d');
  const picture = new Image();
  let from = null, to = null, url = null;
  canvas.className = 'siamfc-canvas';
  canvas.style.cssText = 'max-width:100%;cursor:crosshair;touch-action:none;display:block';
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label',
    'First frame; drag to draw a box around the target, or type its numbers below');
  el.append(canvas);

  const dragged = () => [
    Math.min(from[0], to[0]), Math.min(from[1], to[1]),
    Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]),
  ];
  const draw = () => {
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const scale = canvas.width/model.get('width');
    const box = from && to ? dragged() : model.get('box');
    if (box.length != 4) return;
    for (const [width, colour] of [[4, '#fff'], [2, model.get('colour')]]) {
      pen.lineWidth = width;
      pen.strokeStyle = colour;
      pen.strokeRect(...box.map(v => v*scale));
    }
  };
  const load = () => {
    const bytes = model.get('image');
    if (!bytes || !bytes.byteLength) return;
    if (url) URL.revokeObjectURL(url);
    url = URL.createObjectURL(new Blob([bytes], {type: 'image/jpeg'}));
    picture.onload = () => {
      canvas.width = picture.naturalWidth;
      canvas.height = picture.naturalHeight;
      draw();
      canvas.dataset.ready = 1;
    };
    picture.src = url;
  };
  const at = e => { // pixels of the frame
    const r = canvas.getBoundingClientRect();
    const scale = model.get('width')/r.width;
    return [(e.clientX - r.left)*scale, (e.clientY - r.top)*scale];
  };

  canvas.onpointerdown = e => {
    canvas.setPointerCapture(e.pointerId);
    from = at(e);
    to = null;
    e.preventDefault();
  };
  canvas.onpointermove = e => {
    if (!from) return;
    to = at(e);
    draw();
  };
  canvas.onpointercancel = () => {
    from = to = null;
    draw();
  };
  canvas.onpointerup = e => {
    if (!from) return;
    to = at(e);
    const box = dragged();
    from = to = null;
    draw(); // the box that holds, until the kernel takes this one
    model.send({drawn: box});
  };
  model.on('change:image', load);
  model.on('change:box', draw);
  load();
  return () => {
    if (url) URL.revokeObjectURL(url);
    model.off('change:image', load);
    model.off('change:box', draw);
  };
}
export default { render }
