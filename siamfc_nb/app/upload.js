// A file of the browser's machine, sent in pieces: each after the kernel has taken the one before.
function render({model, el}) {
  const label = document.createElement('label');
  const input = document.createElement('input');
  const said = document.createElement('span');
  let answer = null;
  label.textContent = 'Upload a video ';
  input.type = 'file';
  input.accept = 'video/*';
  input.className = 'siamfc-upload';
  input.style.width = '105px';
  label.append(input);
  el.append(label, said);

  const answered = message => answer && answer(!message.stopped);
  const sent = async file => { // whether all of it was taken
    const step = 1 << 19; // bytes
    if (file.size > model.get('limit')) {
      model.send({refused: file.name, size: file.size});
      return false;
    }
    for (let o = 0; o == 0 || o < file.size; o += step) {
      const part = await file.slice(o, o + step).arrayBuffer().catch(() => null);
      if (!part) {
        model.send({unread: file.name});
        return false;
      }
      const taken = await new Promise(ok => {
        answer = ok;
        model.send({name: file.name, at: o, size: file.size}, undefined, [part]);
      });
      if (!taken) return false;
      said.textContent = ' ' + Math.min(100, Math.round(100*(o + step)/file.size)) + ' %';
    }
    return true;
  };
  model.on('msg:custom', answered);
  input.onchange = async () => {
    const file = input.files[0];
    if (!file) return;
    input.disabled = true;
    said.textContent = await sent(file) ? ' ' + file.name : '';
    input.disabled = false;
    input.value = ''; // so that the same file is a change
  };
  return () => model.off('msg:custom', answered);
}
export default { render }
