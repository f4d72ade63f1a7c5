// A button that copies text, or saves a file that the kernel sends when it is asked.
function render({model, el}) {
  const button = document.createElement('button');
  button.className = 'lm-Widget jupyter-widgets jupyter-button widget-button siamfc-give';
  button.style.width = 'auto';
  el.append(button);

  const show = () => {
    button.textContent = model.get('label');
    button.disabled = !model.get('text') && !model.get('name');
  };
  const copied = () => {
    button.textContent = 'Copied';
    setTimeout(show, 1200);
  };
  const byHand = text => { // where the clipboard is closed to scripts
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
    copied();
  };
  button.onclick = () => {
    const text = model.get('text');
    if (!text) model.send({ask: 1});
    else if (navigator.clipboard) navigator.clipboard.writeText(text).then(copied, () => byHand(text));
    else byHand(text);
  };
  const save = (message, buffers) => {
    if (!message.name) return;
    const link = document.createElement('a');
    const url = URL.createObjectURL(new Blob(buffers));
    link.href = url;
    link.download = message.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10000); // some browsers read it later
  };
  show();
  model.on('change:label change:text change:name', show);
  model.on('msg:custom', save);
  return () => {
    model.off('change:label change:text change:name', show);
    model.off('msg:custom', save);
  };
}
export default { render }
