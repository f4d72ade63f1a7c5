// What of the site's index answers a query, best first. `nbs/_site.py` puts this before the site's own script.
const ranked = (() => {
  const lowered = new WeakMap(), letter = /[a-z0-9]/; // a neighbour that makes part of a word; in Chinese none does
  const plain = (s) => s.toLowerCase().replaceAll("_", " "); // `cosine_window` is a cosine window
  const lower = (e) => {
    if (!lowered.has(e)) lowered.set(e, { heading: plain(`${e.title} ${e.section}`), text: plain(e.text) });
    return lowered.get(e);
  };
  // A whole word counts 1, its beginning less, its inside least; what stands there often is not more about it than three times
  const found = (text, word) => {
    let n = 0;
    for (let i = text.indexOf(word); i >= 0 && n < 3; i = text.indexOf(word, i + word.length)) {
      const before = letter.test(text[i - 1] ?? ""), after = letter.test(text[i + word.length] ?? "");
      n += before ? .2 : after ? .5 : 1;
    }
    return Math.min(n, 3);
  };
  // Seven is the most that a word earns: an entry of the API, at a ninth, stays behind one whole word of a lesson's prose.
  // What explains comes before what plays with it.
  const worth = (href) => {
    const page = href.replace(/^zh\//, "");
    const kind = page.startsWith("api/") ? 1/9 : /^\d\d/.test(page) ? 1 : /^(?!howto).*\//.test(page) ? 1/2 : .9;
    return /#(play|exercises)$/.test(page) ? .6*kind : kind;
  };
  const score = (e, words) => {
    const { heading, text } = lower(e);
    let sum = 0;
    for (const w of words) {
      const s = 4*Math.min(found(heading, w), 1) + found(text, w);
      if (!s) return 0;
      sum += s;
    }
    if (words.length > 1) sum += found(text, words.join(" "));
    return sum*worth(e.href);
  };
  const named = (e, q) => e.href.startsWith("api/") && e.section.replace(/^class /, "") === q;
  return (index, query, limit) => {
    const q = query.trim(), words = q.split(/\s+/).map((w) => plain(w).trim()).filter(Boolean);
    const hits = index.map((e) => [e, score(e, words)]).filter((o) => o[1]).sort((a, b) => b[1] - a[1]).map((o) => o[0]);
    const own = hits.findIndex((e) => named(e, q)); // the entry of exactly this name comes second
    if (own > 1) hits.splice(1, 0, ...hits.splice(own, 1));
    return hits.slice(0, limit);
  };
})();
if (typeof module === "object") module.exports = ranked;
