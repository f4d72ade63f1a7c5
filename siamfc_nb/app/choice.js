// A slider over a few numbers. What is typed and is none of them goes back to the last one that was.
function render({model, el}) {
  const label = document.createElement('label');
  const slider = document.createElement('input');
  const readout = document.createElement('div');
  el.classList.add('jupyter-widgets', 'widget-inline-hbox', 'widget-hslider');
  el.append(label, slider, readout);
  label.className = 'widget-label';
  readout.className = 'widget-readout';
  readout.contentEditable = true;
  slider.type = 'range';
  slider.min = 0;
  slider.style.cssText = 'flex:1 1 auto;min-width:0;margin:0 8px';

  const all = 'change:value change:options change:description change:tooltip';
  const options = () => model.get('options').map(String);
  const show = () => {
    label.textContent = slider.ariaLabel = model.get('description');
    el.title = model.get('tooltip') ?? '';
    slider.max = options().length - 1;
    slider.value = options().indexOf(String(model.get('value')));
    readout.textContent = model.get('value');
  };
  const take = k => {
    if (k >= 0) {
      model.set('value', model.get('options')[k]);
      model.save_changes();
    }
    show();
  };

  slider.oninput = () => {
    if (model.get('continuous_update')) take(+slider.value);
    else readout.textContent = options()[+slider.value];
  };
  slider.onchange = () => take(+slider.value);
  readout.onblur = () => take(options().indexOf(readout.textContent.trim()));
  readout.onkeydown = e => {
    if (e.key == 'Enter') {
      e.preventDefault();
      readout.blur();
    }
  };
  model.on(all, show);
  show();
  return () => model.off(all, show);
}
export default { render }
