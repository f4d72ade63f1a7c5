// A file of the browser's machine, sent in pieces: each after the kernel has taken the one before.
function render({model, el}) {
  const label = document.createElement('label');
  const input = document.createElement('input');
  const said = document.createElement('span');
  let next = null;
  label.textContent = 'Upload a video ';
  input.type = 'file';
  input.accept = 'video/*';
  input.className = 'siamfc-upload';
  input.style.width = '105px';
  label.append(input);
  el.append(label, said);

  const taken = () => next && next();
  model.on('msg:custom', taken);
  input.onchange = async () => {
    const file = input.files[0];
    const step = 1 << 19; // bytes
    if (!file) return;
    if (file.size > model.get('limit')) {
      model.send({refused: file.name, size: file.size});
      input.value = '';
      return;
    }
    for (let o = 0; o == 0 || o < file.size; o += step) {
      const part = await file.slice(o, o + step).arrayBuffer().catch(() => null);
      if (!part) {
        model.send({unread: file.name});
        said.textContent = input.value = '';
        return;
      }
      await new Promise(ok => {
        next = ok;
        model.send({name: file.name, at: o, size: file.size}, undefined, [part]);
      });
      said.textContent = ' ' + Math.min(100, Math.round(100*(o + step)/file.size)) + ' %';
    }
    said.textContent = ' ' + file.name;
    input.value = '';
  };
  return () => model.off('msg:custom', taken);
}
export default { render }
