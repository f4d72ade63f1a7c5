// The figures of the lessons against the package: `node --test tests/js` with FIGURES, the numbers that tests/test_live_page.py writes
const test = require('node:test'), assert = require('node:assert/strict'), {readFileSync} = require('node:fs');
const {numbers} = require('../../nbs/_live/figures.js'), {cases, data} = JSON.parse(readFileSync(process.env.FIGURES, 'utf8'));

for (const o of Object.values(data.photos)) o.image.data = Uint8ClampedArray.from(o.image.data);

const near = (got, want, by, what) => {
  if (want === null) return assert.ok(Number.isNaN(got), `${what} is ${got}, expected NaN`);
  if (typeof want === 'number') return assert.ok(Math.abs(got - want) <= by, `${what} is ${got}, expected ${want}`);
  assert.equal([...got].length, want.length, what);
  want.forEach((v, i) => near(got[i], v, by, `${what}[${i}]`));
};

for (const [kind, list] of Object.entries(cases)) test(kind, () => {
  assert.ok(list.length > 3);
  for (const {settings, want, by} of list) {
    const got = numbers[kind](settings, data);
    for (const [k, v] of Object.entries(want)) near(got[k], v, by, `${kind} ${JSON.stringify(settings)} ${k}`);
  }
});
