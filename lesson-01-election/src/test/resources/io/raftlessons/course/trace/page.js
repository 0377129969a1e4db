'use strict';
const D = JSON.parse(document.getElementById('data').textContent);
const $ = id => document.getElementById(id);
const esc = s => String(s).replace(/[&<>"]/g, c => ({'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'})[c]);
const {row: ROW, gutter: GUTTER, char: CHAR, say: SAY, sayChar: SAYCHAR, pad: PAD} = D.geo;
const EV = D.ev, MSG = D.msg, NODES = D.nodes, N = EV.length;
const place = new Map(EV.map((e, p) => [e.i, p]));         // an event's number -> its place in EV
const at = i => { let p = place.get(i); while (p === undefined && i >= 0) p = place.get(--i); return p; };
const down = e => e.k === 'crash' || e.k === 'stop' || e.k === 'start';

/* ---- what there is: the model ---- */
const LIVE = MSG.filter(Boolean);
LIVE.forEach(m => { m.s = at(m.sent) ?? -1; m.r = m.recv.map(i => place.get(i)).filter(p => p !== undefined); });
const life = {};                                           // by server: [place, role, term] wherever they change
const past = [];                                           // by place: the places it directly depends on
{
  const last = {}, now = {};
  NODES.forEach(n => { life[n] = []; now[n] = {}; });
  EV.forEach((e, p) => {
    past[p] = [];
    if (e.n) {
      if (last[e.n] !== undefined) past[p].push(last[e.n]);
      last[e.n] = p;
    }
    if (e.m !== undefined && MSG[e.m].s >= 0) past[p].push(MSG[e.m].s);
    const key = D.key.find(k => k.step === e.i);
    if (key) for (const n of NODES) note(n, p, key.state[n] || {});
    if (e.n && life[e.n]) {
      const s = down(e) ? {} : now[e.n];
      if (e.d) for (const f of ['role', 'currentTerm']) if (f in e.d) s[f] = e.d[f];
      note(e.n, p, {...s});
    }
  });
  function note(n, p, s) {
    now[n] = s;
    const l = life[n], role = s.role || 'down', term = +(s.currentTerm || 0), z = l[l.length - 1];
    if (!z || z[1] !== role || z[2] !== term) l.push([p, role, term]);
  }
}
const effects = EV.map(() => []);
past.forEach((ps, p) => ps.forEach(q => effects[q].push(p)));
const lifeAt = (n, p) => { let z = [0, 'down', 0]; for (const l of life[n]) { if (l[0] > p) break; z = l; } return z; };
const topTerm = p => Math.max(0, ...NODES.map(n => lifeAt(n, p)[2]));
const BAD = D.verdict.ok ? -1 : at(D.verdict.step) ?? N - 1;

function stateAfter(p) {
  let state = {}, from = 0;
  for (const k of D.key) { const q = place.get(k.step); if (q !== undefined && q <= p) { state = structuredClone(k.state); from = q; } }
  for (let q = from; q <= p; q++) {
    const e = EV[q];
    if (!e.n) continue;
    if (down(e)) state[e.n] = {};
    const s = state[e.n] = state[e.n] || {};
    for (const f in e.d || {}) if (e.d[f] === '') delete s[f]; else s[f] = e.d[f];
  }
  return state;
}

/* ---- what is shown ---- */
const view = {cursor: 0, fold: true, past: -1, filter: '', hidden: new Set(), predict: false, theme: ''};
let rows = [], yOf = [], height = 0, laneX = {}, laneW = 100, width = 600, shown = [];

function matches(e, terms) {
  const m = e.m !== undefined ? MSG[e.m] : null;
  const types = [m, ...(e.out || []).map(o => MSG[o])].filter(Boolean).map(x => x.type.toLowerCase());
  return terms.every(t => {
    const w = t.match(/^(type|node|kind|rule|changed):(.*)$/i), c = t.match(/^term([<>=])(\d+)$/i);
    if (c) {
      const term = m ? +m.f.term : e.n ? lifeAt(e.n, place.get(e.i))[2] : topTerm(place.get(e.i));
      return c[1] === '>' ? term > +c[2] : c[1] === '<' ? term < +c[2] : term === +c[2];
    }
    if (!w) return [e.l, e.k, e.n, m && m.l, ...(e.notes || [])].join(' ').toLowerCase().includes(t.toLowerCase());
    const v = w[2].toLowerCase();
    switch (w[1].toLowerCase()) {
      case 'type': return types.some(x => x.startsWith(v));
      case 'node': return e.n.toLowerCase() === v || Boolean(m && m.from.toLowerCase() === v);
      case 'kind': return e.k === v;
      case 'rule': return (e.rules || []).some(r => r.toLowerCase().startsWith(v));
      default: return Object.keys(e.d || {}).some(f => f.toLowerCase().startsWith(v));
    }
  });
}

function causalPast(p) {
  const seen = new Set([p]), todo = [p];
  while (todo.length) for (const q of past[todo.pop()]) if (!seen.has(q)) { seen.add(q); todo.push(q); }
  return seen;
}

function wrap(text, columns) {
  const lines = [''];
  for (const word of text.split(' ')) {
    const z = lines.length - 1;
    if (lines[z] && lines[z].length + word.length + 1 > columns) lines.push(word); else lines[z] += (lines[z] ? ' ' : '') + word;
  }
  return lines;
}

/* The same places as in a figure: a row for each event, a lane for each server. */
function layout() {
  shown = NODES.filter(n => !view.hidden.has(n));
  width = Math.max(320, $('scroll').clientWidth || 700);
  const clients = D.op.length ? D.geo.client : 0;
  laneW = Math.max(90, (width - GUTTER - PAD - clients) / Math.max(1, shown.length));
  laneX = {};
  shown.forEach((n, i) => laneX[n] = GUTTER + PAD + i * laneW);
  const terms = view.filter.trim().split(/\s+/).filter(Boolean);
  const only = view.past >= 0 ? causalPast(view.past) : null;
  rows = []; yOf = []; height = 6;
  let pill = null;
  EV.forEach((e, p) => {
    const world = !e.n && (e.k === 'fault' || e.k === 'say');
    let visible = !(view.predict && p > view.cursor);
    if (e.n && view.hidden.has(e.n)) visible = false;
    if (only && !only.has(p) && !(world && p <= view.past)) visible = false;
    if (terms.length && !matches(e, terms)) visible = false;
    if (view.predict && p > view.cursor) { yOf[p] = height; return; }
    if (visible && !(view.fold && e.q && p !== view.cursor && p !== BAD)) {
      const lines = e.k === 'say' ? wrap(e.l, Math.floor((width - GUTTER - 20) / SAYCHAR)) : null;
      rows.push({p, y: height, h: lines ? lines.length * SAY + 10 : ROW, lines});
      pill = null;
    } else if (visible || !terms.length && !only && !(e.n && view.hidden.has(e.n))) {
      if (!pill) { pill = {p, pill: 0, y: height, h: ROW}; rows.push(pill); } else { yOf[p] = pill.y + ROW / 2; pill.pill++; pill.to = p; return; }
      pill.pill++; pill.to = p;
    } else { yOf[p] = height; return; }
    const r = rows[rows.length - 1];
    yOf[p] = r.y + (r.lines ? r.h / 2 : ROW / 2);
    height += r.h;
  });
  for (const r of rows) if (r.pill === 1) delete r.pill;      // folded, it would take as much room
  if (view.predict && view.cursor < N - 1) { rows.push({p: view.cursor, predict: true, y: height, h: ROW * 2}); height += ROW * 2; }
  height += 10;
  $('tall').style.height = height + 'px';
  heads();
  count();
  draw();
}

const fit = (text, px) => { const n = Math.floor(px / CHAR); return text.length > n ? text.slice(0, Math.max(1, n - 1)) + '…' : text; };
const drawnRow = p => rowOf.get(p);
let rowOf = new Map();

function heads() {
  rowOf = new Map(rows.filter(r => !r.pill && !r.predict).map(r => [r.p, r]));
  let out = `<svg class="diagram" width="${width}" height="28">`;
  out += `<text class="dim" x="6" y="18">step</text><text class="dim" x="${GUTTER - 8}" y="18" text-anchor="end">ms</text>`;
  shown.forEach(n => out += `<text class="head headbtn" data-n="${esc(n)}" x="${laneX[n] - 8}" y="18">${esc(n)}<title>hide ${esc(n)}</title></text>`);
  if (D.op.length) out += `<text class="head" x="${width - D.geo.client + 6}" y="18">clients</text>`;
  if (view.hidden.size) out += `<text class="headbtn dim" data-n="*" x="${GUTTER - 40}" y="18">show ${view.hidden.size} more</text>`;
  $('heads').innerHTML = out + '</svg>';
}

function draw(all) {
  const top = all ? 0 : $('scroll').scrollTop - 300, end = all ? height : $('scroll').scrollTop + $('scroll').clientHeight + 300;
  const y0 = Math.max(0, top), y1 = Math.min(height, end);
  const win = $('win');
  win.setAttribute('width', width); win.setAttribute('height', Math.max(1, y1 - y0));
  win.setAttribute('viewBox', `0 ${y0} ${width} ${Math.max(1, y1 - y0)}`);
  win.style.top = y0 + 'px';
  win.innerHTML = svgOf(y0, y1, true);
}

function svgOf(y0, y1, live) {
  const inWin = (a, b) => a <= y1 && b >= y0;
  const out = ['<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="hatchline" x1="0" y1="0" x2="0" y2="7"/></pattern></defs>'];
  const vis = rows.filter(r => inWin(r.y, r.y + r.h));
  for (const r of vis) {
    if (live && !r.pill && !r.predict && (r.p === view.cursor || r.p === BAD)) out.push(`<rect class="${r.p === view.cursor ? 'cursor ' : ''}${r.p === BAD ? 'badrow' : ''}" x="1" y="${r.y + 1}" width="${width - 2}" height="${r.h - 2}" rx="4"/>`);
    if (live) out.push(`<rect class="hit" data-p="${r.p}" ${r.pill ? `data-to="${r.to}"` : ''} x="0" y="${r.y}" width="${width}" height="${r.h}"/>`);
  }
  for (const f of D.fault) {
    const a = yOf[at(f.from)], b = f.to < 0 ? height : yOf[at(f.to)];
    if (a === undefined || b === undefined || !inWin(a, b)) continue;
    const lanes = f.nodes.length ? f.nodes.filter(n => laneX[n] !== undefined) : [null];
    for (const n of lanes) out.push(`<rect class="band" x="${n ? laneX[n] - 22 : GUTTER}" y="${a}" width="${n ? 44 : width - GUTTER}" height="${Math.max(2, b - a)}"><title>${esc(f.kind + ' ' + f.text)}</title></rect>`);
  }
  for (const n of shown) lane(out, n, y0, y1, inWin);
  clients(out, inWin);
  for (const m of LIVE) arrows(out, m, inWin);
  for (const r of vis) rowText(out, r);
  return out.join('');
}

function lane(out, n, y0, y1, inWin) {
  const x = laneX[n], ls = life[n], stop = view.predict ? yOf[view.cursor] + ROW : height;
  ls.forEach((l, k) => {
    const a = l[0] === 0 && k === 0 ? 0 : yOf[l[0]], b = k + 1 < ls.length ? yOf[ls[k + 1][0]] : stop;
    if (b <= a || !inWin(a, b)) return;
    const kind = l[1] === 'down' ? 'down' : `${l[1]} s${l[2] % 8}`;
    out.push(`<line class="lane ${kind}" x1="${x}" y1="${Math.max(a, y0 - 40)}" x2="${x}" y2="${Math.min(b, y1 + 40)}"><title>${esc(n)}: ${l[1] === 'down' ? 'down' : l[1].toLowerCase() + ' in term ' + l[2]}</title></line>`);
  });
}

/* Calls that overlap stand side by side, their words behind all of them; one without an answer ends in dots. */
function clients(out, inWin) {
  const left = width - D.geo.client + 14, bars = [], busy = [];
  for (const o of D.op) {
    const p = at(o.call), a = yOf[p], b = o.known ? yOf[at(o.ret)] : a + ROW * 3;
    if (p === undefined || a === undefined || view.predict && p > view.cursor) continue;
    let k = 0;
    while (k < 5 && busy[k] > a) k++;
    busy[k] = Math.max(b, a + 8);
    if (inWin(a - ROW, b + ROW)) bars.push({ o, k, a, b: Math.max(a + 4, Math.min(b, height - 8)), hint: `<title>${esc(o.client + ': ' + o.text)}</title>` });
  }
  for (const { o, k, a, b, hint } of bars)
    out.push(`<line class="op${o.known ? '' : ' open'}" x1="${left + k * 11}" y1="${a}" x2="${left + k * 11}" y2="${b}">${hint}</line>`);
  let lastText = -99;
  for (const { o, a, hint } of bars) {
    if (a - lastText <= 14) continue;
    const x = left + 12 + 11 * Math.max(...bars.filter(bar => bar.a <= a + 8 && bar.b >= a - 8).map(bar => bar.k));
    out.push(`<text x="${x}" y="${a + 4}">${esc(fit(o.text, width - x - 4))}${hint}</text>`);
    lastText = a;
  }
}

function arrows(out, m, inWin) {
  const xa = laneX[m.from], xb = laneX[m.to], s = drawnRow(m.s);
  if (xa === undefined || xb === undefined) return;
  const ends = m.r.filter(p => !view.predict || p <= view.cursor);
  for (const p of ends) {
    const r = drawnRow(p);
    if (!s && !r || m.s < 0) continue;
    const a = yOf[m.s], b = yOf[p];
    if (!inWin(Math.min(a, b), Math.max(a, b))) continue;
    arrow(out, m, xa, a, xb, b, !s || !r);
  }
  if (!s || !inWin(s.y, s.y + ROW * 2)) return;
  if (m.lost || !ends.length) {
    const a = yOf[m.s], x = xa + (xb - xa) * .42, y = a + ROW * .55, sign = xb > xa ? 1 : -1;
    out.push(`<path class="msg ${m.c} lost" d="M${xa + sign * 8} ${a}L${x} ${y}"/>`);
    out.push(m.lost ? `<path class="cross" d="M${x - 5} ${y - 5}l10 10m0 -10l-10 10"><title>${esc(m.l)}: ${esc(m.lost)}</title></path>` : `<circle class="dot" cx="${x}" cy="${y}" r="3"><title>${esc(m.l)}: still under way</title></circle>`);
  }
}

function arrow(out, m, xa, a, xb, b, faint) {
  const sign = xb > xa ? 1 : -1, x1 = xa + sign * 8, x2 = xb - sign * 7;
  const len = Math.hypot(x2 - x1, b - a) || 1, ux = (x2 - x1) / len, uy = (b - a) / len, bx = x2 - ux * 9, by = b - uy * 9;
  const r = v => Math.round(v * 10) / 10;
  out.push(`<path class="msg ${m.c}${faint ? ' faint' : ''}" data-m="${m.id}" d="M${r(x1)} ${r(a)}L${r(bx)} ${r(by)}"><title>${esc(m.type + ' ' + m.from + ' → ' + m.to)}</title></path>`);
  if (m.r.length > 1) out.push(`<path class="msg ${m.c}" d="M${r(x1 + uy * 4)} ${r(a - ux * 4)}L${r(bx + uy * 4)} ${r(by - ux * 4)}"/>`);
  out.push(`<path class="head-m f-${m.c}" d="M${r(x2)} ${r(b)}L${r(bx - uy * 4)} ${r(by + ux * 4)}L${r(bx + uy * 4)} ${r(by - ux * 4)}Z"/>`);
}

function rowText(out, r) {
  const e = EV[r.p], y = r.y + ROW / 2 + 4;
  if (r.predict) { out.push(`<text class="say" x="${GUTTER + 10}" y="${y + 8}">What happens next? ▶ shows it.</text>`); return; }
  if (r.pill) {
    out.push(`<rect class="pill" x="${GUTTER}" y="${r.y + 3}" width="${width - GUTTER - 8}" height="${ROW - 6}" rx="8" pointer-events="none"/><text class="dim" x="${GUTTER + 12}" y="${y}" pointer-events="none">⋯ ${r.pill} quiet step${r.pill > 1 ? 's' : ''}</text>`);
    return;
  }
  if (r.lines) {
    out.push(`<rect class="saybox" x="${GUTTER - 4}" y="${r.y + 2}" width="${width - GUTTER - 4}" height="${r.h - 4}" rx="5" pointer-events="none"/>`);
    r.lines.forEach((l, k) => out.push(`<text class="say" x="${GUTTER + 6}" y="${r.y + 17 + k * SAY}" pointer-events="none">${esc(l)}</text>`));
    return;
  }
  const prev = EV[r.p - 1], ms = (e.t).toFixed(D.decimals);
  out.push(`<text class="dim" x="6" y="${y}" pointer-events="none">${e.i}</text>`);
  if (!prev || prev.t !== e.t) out.push(`<text class="dim" x="${GUTTER - 8}" y="${y}" text-anchor="end" pointer-events="none">${ms}</text>`);
  if (!e.n) { out.push(`<text class="fault" x="${GUTTER + 4}" y="${y}" pointer-events="none">⚡ ${esc(fit(e.l, width - GUTTER - 30))}</text>`); return; }
  const x = laneX[e.n];
  if (x === undefined) return;
  if (e.k === 'crash' || e.k === 'stop') out.push(`<circle class="dot" cx="${x}" cy="${y - 4}" r="7"/><path class="cross" d="M${x - 4} ${y - 8}l8 8m0 -8l-8 8" pointer-events="none"/>`);
  else if (e.k === 'fault') out.push(`<text class="fault" x="${x - 6}" y="${y}" pointer-events="none">⚡</text>`);
  else out.push(`<circle class="dot ${e.k}" cx="${x}" cy="${y - 4}" r="${e.k === 'recv' ? 3.4 : 4}" pointer-events="none"/>`);
  if (e.disk) out.push(`<path class="msg oth" d="M${x - 13} ${y - 8}v8m-3 -3l3 3l3 -3" pointer-events="none"/>`);
  const m = e.m !== undefined ? MSG[e.m] : null, room = shown.length > 3 ? Math.min(width - (D.op.length ? D.geo.client : 0) - x - 24, laneW * 1.85) : laneW - 26;
  const first = m ? fit(m.l, room) : '', rest = e.l ? fit((m ? ': ' : '') + e.l, room - first.length * CHAR) : '';
  const whole = (m ? m.type + ' from ' + m.from + ' ' : '') + e.l;
  out.push(`<text x="${x + 13}" y="${y}" pointer-events="none">${m ? `<tspan class="f-${m.c}">${esc(first)}</tspan>` : ''}<tspan class="${e.k === 'crash' || e.k === 'stop' ? 'fault' : ''}">${room - first.length * CHAR > 3 * CHAR ? esc(rest) : ''}</tspan><title>${esc(whole)}</title></text>`);
}

/* ---- beside it: state, step, scrubber ---- */
function places(log) {
  const cut = log.match(/after (\d+):(\d+)/), list = [];
  for (const x of log.replace(/after \S+ ?/, '').matchAll(/(\d+):(\d+)/g)) list.push([+x[1], +x[2]]);
  return {list, cut: cut ? +cut[1] : 0};
}

function left(state, before) {
  const e = EV[view.cursor], roles = {LEADER: '★ leader', CANDIDATE: '◆ candidate', FOLLOWER: 'follower'};
  let out = '<h2>State after step ' + e.i + '</h2><table class="state"><thead><tr><th>server<th>role<th>term<th>vote<th>leader</tr></thead>';
  for (const n of NODES) {
    const s = state[n] || {}, b = before[n] || {}, c = f => s[f] !== b[f] ? ' class="chg"' : '';
    out += `<tr><th scope="row">${esc(n)}</th>` + (s.role ? `<td class="role${s.role !== b.role ? ' chg' : ''}" style="color:var(--t${s.currentTerm % 8})">${roles[s.role] || s.role}<td${c('currentTerm')}>${s.currentTerm}<td${c('votedFor')}>${esc(s.votedFor)}<td${c('leader')}>${esc(s.leader)}` : '<td colspan="4" class="soft">down') + '</tr>';
    const extra = ['votes', 'preVotes', 'configuration', 'snapshot'].filter(f => s[f]).map(f => `<span${c(f)}>${f} ${esc(s[f].replace(/^\d+:(?=\[)/, ''))}</span>`).join(' · ');
    if (extra) out += `<tr><td><td colspan="4" class="soft" style="border-top:0">${extra}</tr>`;
  }
  out += '</table>';
  const withLog = NODES.filter(n => (state[n] || {}).log);
  if (withLog.length) out += logs(state, before, withLog);
  const open = D.op.filter(o => at(o.call) <= view.cursor && (!o.known || at(o.ret) >= view.cursor - 1));
  if (open.length) out += '<h2>Clients</h2><table class="mono">' + open.slice(-8).map(o => `<tr title="${esc(o.text)}"><th scope="row">${esc(o.client)}<td>${esc(fit(o.known && at(o.ret) <= view.cursor ? o.text : o.text.replace(/ (=|->) .*/, ' …'), 28 * CHAR))}</tr>`).join('') + '</table>';
  $('left').innerHTML = out;
}

function logs(state, before, nodes) {
  const all = Object.fromEntries(nodes.map(n => [n, places(state[n].log)]));
  const indices = nodes.flatMap(n => all[n].list.map(x => x[0]));
  const hi = Math.max(1, ...indices), lo = Math.max(Math.min(hi, ...indices), hi - 9);
  const lead = NODES.filter(n => (state[n] || {}).role === 'LEADER').sort((a, b) => state[b].currentTerm - state[a].currentTerm)[0];
  let out = '<h2>Logs</h2><table class="logs"><thead><tr><th>';
  for (let i = lo; i <= hi + 1; i++) out += `<th scope="col">${i <= hi ? i : ''}`;
  for (let i = hi + 2; i < lo + 8; i++) out += '<th>';
  out += '</tr></thead>';
  for (const n of nodes) {
    const s = state[n], old = places((before[n] || {}).log || '[]').list.map(String), commit = +(s.commitIndex || 0), disk = +(s.persisted || 0);
    const pr = lead && lead !== n && state[lead][n] ? state[lead][n].match(/next (\d+) match (\d+)/) : null;
    out += `<tr><th scope="row" title="commitIndex ${commit}, lastApplied ${s.lastApplied || 0}">${esc(n)}${n === lead ? '★' : ''}</th>`;
    for (let i = lo; i <= hi + 1; i++) {
      const entry = all[n].list.find(x => x[0] === i), mark = pr ? (+pr[2] === i ? ' m' : '') + (+pr[1] === i ? ' x' : '') : '';
      if (entry) out += `<td class="e${i <= commit ? ' c' : ''}${i <= disk ? ' p' : ''}${old.includes(String(entry)) ? '' : ' new'}${mark}" style="--c:var(--t${entry[1] % 8})" title="entry ${i} of term ${entry[1]}${i <= commit ? ', committed' : ''}${i <= disk ? ', on disk' : ''}">${entry[1]}`;
      else out += `<td class="${mark}">${i <= all[n].cut ? '▒' : ''}`;
    }
    out += '</tr>';
  }
  return out + '</table><p class="soft">A cell is an entry, its number the term. Solid: known as committed there. Underlined: on disk.</p>';
}

const WHAT = {recv: 'receives', time: 'its timer goes off', call: 'is called', synced: 'its write is on disk', start: 'starts', crash: 'crashes', stop: 'stops', fault: '', say: ''};
function title(e) {
  const m = e.m !== undefined ? MSG[e.m] : null;
  return `${e.n || ''} ${m ? `receives ${m.type} from ${m.from}, term ${m.f.term}` : WHAT[e.k]}`.trim();
}

function right(state, before) {
  const e = EV[view.cursor], m = e.m !== undefined ? MSG[e.m] : null;
  let out = `<h2>#${e.i} · ${e.t.toFixed(D.decimals)} ms</h2>`;
  out += `<p><b>${esc(title(e))}</b>${e.l ? (title(e) ? ': ' : '') + esc(e.l) : ''}</p>`;
  if (view.cursor === BAD) out += `<p class="said"><b>✗ ${esc(D.verdict.rule)}</b>: ${esc(D.verdict.text)}</p>`;
  for (const x of e.notes || []) out += `<p class="mono">${esc(x)}</p>`;
  const changed = Object.keys(e.d || {}).filter(f => (before[e.n] || {})[f] !== (state[e.n] || {})[f]);
  if (changed.length) {
    out += '<h2>What changes</h2><table class="diff mono"><thead><tr><th>field<th>before<th>after</tr></thead>';
    for (const f of changed) out += `<tr><th scope="row">${esc(f)}<td>${esc((before[e.n] || {})[f] ?? '')}<td>${esc((state[e.n] || {})[f] ?? 'gone')}</tr>`;
    out += '</table>';
  } else if (e.n && !down(e) && e.k !== 'fault') out += '<p class="soft">Nothing changes.</p>';
  if (e.disk) out += `<h2>Goes to disk</h2><p class="mono">${esc(e.disk)}</p>`;
  if (m) {
    out += `<h2>The message</h2><table class="mono">`;
    for (const f in m.f) out += `<tr><th scope="row">${esc(f)}<td>${esc(m.f[f])}</tr>`;
    out += '</table>';
  }
  if (e.out && e.out.length) {
    out += '<h2>Leaves</h2><ul class="chain">';
    for (const o of e.out) { const x = MSG[o]; out += link(x.r[0] ?? -1, `→ ${x.to} ${x.l}${x.lost ? ' ✗ ' + x.lost : x.r.length ? '' : ', still under way'}`); }
    out += '</ul>';
  }
  const rules = (e.rules || []).map(r => `<span class="lamp" title="${esc(D.rules[r] || '')}">${r}${D.rules[r] ? ' <span class="soft">' + esc(D.rules[r]) + '</span>' : ''}</span>`);
  if (view.cursor === BAD) rules.unshift(`<span class="lamp bad">${esc(D.verdict.rule)}</span>`);
  if (rules.length) out += '<h2>Rules it is about</h2>' + rules.map(r => `<div style="white-space:normal">${r}</div>`).join('');
  const chain = [];
  for (let p = cause(view.cursor); p >= 0 && chain.length < 7; p = cause(p)) chain.push(p);
  if (chain.length) out += '<h2>Because of</h2><ul class="chain">' + chain.map(p => link(p, `#${EV[p].i} ${title(EV[p])}${EV[p].l ? ': ' + EV[p].l : ''}`)).join('') + '</ul>';
  $('right').innerHTML = out;
}
const link = (p, text) => `<li><button class="mono" ${p >= 0 ? `data-p="${p}"` : 'disabled'}>${esc(text)}</button></li>`;

/* What led to a step: its message's step, else what it waited for, else the same server's step before. */
function cause(p) {
  const e = EV[p];
  if (e.m !== undefined && MSG[e.m].s >= 0) return MSG[e.m].s;
  if (e.cause !== undefined && place.has(e.cause)) return place.get(e.cause);
  return past[p].length ? past[p][0] : -1;
}

function bar() {
  let out = `<svg viewBox="0 0 ${N} 26" preserveAspectRatio="none" aria-hidden="true">`, from = 0, term = topTerm(0);
  for (let p = 1; p <= N; p++) {
    const t = p < N ? topTerm(p) : -1;
    if (t !== term) { out += `<rect x="${from}" y="5" width="${p - from}" height="16" fill="var(--t${term % 8})" opacity=".55"><title>term ${term}</title></rect>`; from = p; term = t; }
  }
  EV.forEach((e, p) => { if (e.k === 'crash' || e.k === 'stop' || e.k === 'fault') out += `<rect x="${p}" y="0" width="${N / 300}" height="5" fill="var(--text)"/>`; });
  $('bar').innerHTML = out + '</svg>' + (BAD >= 0 ? `<i class="bad" style="left:${(BAD + .5) / N * 100}%"></i>` : '') + '<i id="tick"></i>';
  $('bar').setAttribute('aria-valuemax', N - 1);
}

/* ---- moving ---- */
function go(p, quiet) {
  if (!(p >= 0 && p < N)) return;
  const relayout = view.predict || view.fold && (EV[p].q || EV[view.cursor].q);
  view.cursor = p;
  if (relayout) layout();
  const y = yOf[p], s = $('scroll');
  if (y < s.scrollTop + 40 || y > s.scrollTop + s.clientHeight - 60) s.scrollTop = Math.max(0, y - s.clientHeight * .4);
  draw();
  const before = p > 0 ? stateAfter(p - 1) : {}, state = stateAfter(p), e = EV[p];
  left(state, before); right(state, before);
  $('where').textContent = `#${e.i} of ${EV[N - 1].i}`;
  $('tick').style.left = (p + .5) / N * 100 + '%';
  $('bar').setAttribute('aria-valuenow', p);
  $('bar').setAttribute('aria-valuetext', `step ${e.i}: ${title(e)}`);
  $('live').textContent = `Step ${e.i} of ${EV[N - 1].i}. ${title(e)}. ${e.l}${p === BAD ? '. Violation: ' + D.verdict.text : ''}`;
  if (!quiet) try { history.replaceState(null, '', '#' + e.i); } catch (x) { location.hash = e.i; }
}
const step = (by, ok) => { for (let p = view.cursor + by; p >= 0 && p < N; p += by) if (ok(p)) return go(p); };
const seen = p => rowOf.has(p) || view.predict;
const landmark = p => { const e = EV[p]; return ['crash', 'stop', 'fault', 'say'].includes(e.k) || (e.d || {}).role === 'LEADER' && p > 0 && lifeAt(e.n, p - 1)[1] !== 'LEADER' || p === BAD; };
const set = (id, on) => $(id).setAttribute('aria-pressed', on);
function toggle(what) {
  if (what === 'fold') set('fold', view.fold = !view.fold);
  if (what === 'past') set('past', (view.past = view.past >= 0 ? -1 : view.cursor) >= 0);
  layout(); go(view.cursor);
}
function hide(n) { if (n === '*') view.hidden.clear(); else if (!view.hidden.delete(n) && shown.length > 1) view.hidden.add(n); layout(); go(view.cursor); }
function theme(t) { view.theme = t; document.documentElement.dataset.theme = t; }
const toViolation = () => go(BAD >= 0 ? BAD : N - 1);
const flip = () => theme(view.theme === 'dark' ? 'light' : 'dark');
const KEYS = {
  ArrowDown: e => step(1, e.shiftKey ? p => EV[p].n === EV[view.cursor].n : seen), ArrowUp: e => step(-1, e.shiftKey ? p => EV[p].n === EV[view.cursor].n : seen),
  j: () => step(1, seen), k: () => step(-1, seen), ArrowRight: () => step(1, seen), ArrowLeft: () => step(-1, seen), Home: () => go(0), End: () => go(N - 1),
  '[': () => go(cause(view.cursor)), ']': () => { const m = (EV[view.cursor].out || []).map(o => MSG[o].r[0]).find(p => p !== undefined); go(m ?? effects[view.cursor][0] ?? -1); },
  v: toViolation, n: () => step(1, landmark), N: () => step(-1, landmark), h: () => toggle('fold'), c: () => toggle('past'), d: flip,
  p: () => { view.predict = !view.predict; layout(); go(view.cursor); }, '/': () => $('filter').focus(), '?': () => $('keys').showModal(),
};
document.addEventListener('keydown', e => {
  if (e.ctrlKey || e.metaKey || e.altKey || $('keys').open) return;
  if (e.target === $('filter')) {
    if (e.key === 'Escape') { $('filter').value = ''; filter(); }
    if (e.key === 'Escape' || e.key === 'Enter') $('scroll').focus();
    return;
  }
  const f = KEYS[e.key] || (/^[1-9]$/.test(e.key) && NODES[e.key - 1] && (() => hide(NODES[e.key - 1])));
  if (f) { e.preventDefault(); f(e); }
});
document.addEventListener('click', e => {
  const t = e.target.closest('[data-p],[data-n]');
  if (!t) return;
  if (t.dataset.n) hide(t.dataset.n);
  else if (t.dataset.to) { view.fold = false; set('fold', false); layout(); go(+t.dataset.p); }
  else go(+t.dataset.p);
});
$('prev').onclick = () => step(-1, seen); $('next').onclick = () => step(1, seen); $('violation').onclick = toViolation;
$('fold').onclick = () => toggle('fold'); $('past').onclick = () => toggle('past'); $('theme').onclick = flip; $('help').onclick = () => $('keys').showModal();
const filter = () => { view.filter = $('filter').value; layout(); };
$('filter').oninput = filter; $('filter').onsearch = filter;
$('scroll').onscroll = () => requestAnimationFrame(() => draw());
$('svg').onclick = () => {
  const s = $('scroll'), y0 = s.scrollTop, h = s.clientHeight, css = [...document.styleSheets[0].cssRules].map(r => r.cssText).filter(t => t.includes('svg.diagram')).join('');
  const root = [...getComputedStyle(document.documentElement)].filter(x => x.startsWith('--')).map(x => `${x}:${getComputedStyle(document.documentElement).getPropertyValue(x)}`).join(';');
  const text = `<svg xmlns="http://www.w3.org/2000/svg" class="diagram" style="${esc(root)}" width="${width}" height="${h}" viewBox="0 ${y0} ${width} ${h}"><style>${css.replace(/<|&/g, '')}</style>${svgOf(y0, y0 + h, false)}</svg>`;
  const a = document.createElement('a');
  a.href = URL.createObjectURL(new Blob([text], {type: 'image/svg+xml'})); a.download = D.name + '.svg'; a.click();
};
{
  const move = e => { const r = $('bar').getBoundingClientRect(); go(Math.min(N - 1, Math.max(0, Math.floor((e.clientX - r.left) / r.width * N)))); };
  $('bar').onpointerdown = e => { $('bar').setPointerCapture(e.pointerId); move(e); $('bar').onpointermove = move; };
  $('bar').onpointerup = () => $('bar').onpointermove = null;
}
function count() { const n = rowOf.size; $('count').textContent = n === N ? `${N} events` : `${n} of ${N} events`; }
addEventListener('resize', () => { layout(); go(view.cursor, true); });
addEventListener('hashchange', () => { const p = at(+location.hash.slice(1)); if (p !== undefined) go(p, true); });
addEventListener('beforeprint', () => { document.documentElement.dataset.theme = 'light'; if (rows.length <= 600) draw(true); });
addEventListener('afterprint', () => { theme(view.theme); draw(); });

function verdict() {
  const v = D.verdict, h = $('verdict');
  h.className = v.ok ? 'ok' : 'bad';
  const facts = [D.lesson, D.impl && 'with ' + D.impl, D.test, D.seed !== undefined && 'seed ' + D.seed, D.shrunk && `shrunk from ${D.shrunk.from} to ${D.shrunk.to} events of the simulator`, D.left && `${D.left} events in the middle are left out`].filter(Boolean).join(' · ');
  h.innerHTML = `<h1 title="${esc(v.text)}">${v.ok ? '✓' : '✗ ' + esc(v.rule) + ':'} ${esc(v.text.split('\n')[0])}</h1><p class="soft">${esc(facts)}</p>` + (D.repro ? `<p><button id="copy">Copy</button> <code id="repro">${esc(D.repro)}</code></p>` : '');
  if (!D.repro) return;
  $('copy').onclick = async () => {
    let ok = true;
    try { await navigator.clipboard.writeText(D.repro); }
    catch (x) { getSelection().selectAllChildren($('repro')); ok = document.execCommand('copy'); }
    $('copy').textContent = ok ? 'Copied' : 'Press Ctrl+C';
    $('live').textContent = ok ? 'The line that repeats it is copied' : 'The line is selected';
  };
}

document.addEventListener('DOMContentLoaded', () => {
  theme(matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', e => theme(e.matches ? 'dark' : 'light'));
  if (BAD < 0) $('violation').hidden = true;
  verdict(); bar(); layout();
  const linked = location.hash ? at(+location.hash.slice(1)) : undefined;
  go(linked ?? (BAD >= 0 ? BAD : at(D.start) ?? 0), true);
  $('scroll').focus();
});
