// One search: its tree, the controls to play it, and the state that is selected.
import { follow } from "./feed.js";
import { State } from "./state.js";
import { SteerSearch, SteerState } from "./steer.js";
import { SAID, Tree, layout, moved, statuses } from "./tree.js";
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from "./vendor/preact-htm.js";

const ROWS = [3, 6, 20]; // pixels a state, from small to large
const LETTER = 7.3; // pixels
const MARGIN = 400; // pixels above and below the window that are drawn too
const PLAYED_S = 20; // the longest that a search is played, however long it took

const NOTHING = { events: [], root: null, isSteerable: false, isPaused: false, marks: new Map() };

/** What is told of a search: its expansions, and what people do at it. Every frame makes a new value, which memos see. */
function useTold(query) {
  const [told, setTold] = useState(NOTHING);
  useEffect(
    () =>
      follow("/search/events", query, (more, isAnew) =>
        setTold((before) => {
          const told = { ...(isAnew ? NOTHING : before) };
          told.marks = new Map(told.marks);
          told.events = told.events.concat(more.filter((event) => event.steps));
          for (const event of more) {
            if (event.root !== undefined) told.root = event.root;
            if (event.steerable !== undefined) told.isSteerable = event.steerable;
            if (event.act === "pause" || event.act === "resume") told.isPaused = event.act === "pause";
            else if (event.act) mark(told.marks, event);
          }
          return told;
        }),
      ),
    [JSON.stringify(query)],
  );
  return told;
}

const MARKED = { pin: "next", boost: "boosted", prune: "pruned", from_here: "searched from here" };

function mark(marks, { act, at }) {
  if (act === "from_here") marks.forEach((said, id) => said === MARKED.from_here && marks.delete(id));
  if (act === "release" || (act === "from_here" && at === 0)) marks.delete(at);
  else if (MARKED[act]) marks.set(at, MARKED[act]);
}

/** The tree after the first `count` events; going on it grows, going back it is made anew. */
function useTree({ events, root }, count) {
  const held = useRef({});
  return useMemo(() => {
    const { tree: had, ...of } = held.current;
    const isSame = had && of.first === events[0] && of.root === root && had.count <= count;
    const tree = isSame ? had : new Tree([], root);
    while (tree.count < count) tree.add(events[tree.count]);
    held.current = { tree, first: events[0], root };
    return { tree, status: statuses(tree) };
  }, [events, root, count]);
}

function usePlay(events) {
  const [until, setUntil] = useState(null); // null: as far as the search is
  const [isPlaying, setPlaying] = useState(false);
  const count = until === null ? events.length : Math.min(until, events.length);
  useEffect(() => {
    if (!isPlaying) return undefined;
    const total = events.at(-1)?.at ?? 0;
    const speed = Math.max(1, total / PLAYED_S);
    let begun = null;
    const from = events[count]?.at ?? 0;
    let timer = requestAnimationFrame(function step(now) {
      begun ??= now;
      const at = from + ((now - begun) / 1000) * speed;
      const reached = events.findIndex((event) => event.at > at);
      if (reached < 0) {
        setUntil(null);
        setPlaying(false);
        return;
      }
      setUntil(reached);
      timer = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(timer);
  }, [isPlaying]);
  const toggle = () => {
    if (!isPlaying && count === events.length) setUntil(0);
    setPlaying(!isPlaying);
  };
  return { count, isPlaying, toggle, show: (number) => setUntil(number >= events.length ? null : number) };
}

/** A theorem's name; a job that has not come to its theorem yet has its own. */
export const nameOf = (row) => row.name ?? row.id;

/** A search; `keep` is called when somebody does something with it, so that the page doesn't go on to the next one. */
export function Search({ row, keep }) {
  const [which, setWhich] = useState(0);
  const [attempt, beside] = row.searches[which] ?? row.searches[0] ?? [0, ""];
  const query = { theorem: row.id, attempt, beside };
  const told = useTold(query);
  const { events, marks } = told;
  const isPaused = told.isSteerable && told.isPaused;
  const play = usePlay(events);
  const { tree, status } = useTree(told, play.count);
  const [selected, select] = useState(0);
  const [unfolded, setUnfolded] = useState(() => new Set());
  const picture = useMemo(() => layout(tree, status, { unfolded }), [status, unfolded]);
  const fold = (id) => {
    const next = new Set(unfolded);
    if (!next.delete(id)) next.add(id);
    setUnfolded(next);
  };
  const at = events[play.count - 1]?.at ?? 0;
  return html`<div class="search" onPointerDown=${keep} onKeyDown=${keep}>
    <main>
      <h2>${nameOf(row)} <small class=${row.status}>${row.status}${row.said && row.said !== row.status ? `: ${row.said}` : ""}</small>${isPaused && html` <small>paused</small>`}</h2>
      <div class="controls">
        ${row.searches.length > 1 &&
        html`<select aria-label="which search" value=${which} onChange=${(event) => setWhich(Number(event.target.value))}>
          ${row.searches.map(([number, name], index) => html`<option value=${index}>attempt ${number + 1} ${name.replace("_", " ")}</option>`)}
        </select>`}
        <button onClick=${play.toggle}>${play.isPlaying ? "Stop" : "Play"}</button>
        <input type="range" min="0" max=${events.length} value=${play.count} aria-label="expansions shown"
          onInput=${(event) => play.show(Number(event.target.value))} />
        <output>${play.count} of ${events.length} expansions, ${at.toFixed(1)} s, ${tree.states.length} states</output>
      </div>
      ${told.isSteerable && html`<${SteerSearch} query=${query} isPaused=${isPaused} />`}
      ${tree.states.length
        ? html`<${Picture} ...${{ tree, status, picture, marks, selected, select, fold }} />`
        : html`<p class="empty">Nothing was tried yet.</p>`}
      ${row.proof && html`<details class="proof" open><summary>the proof that was judged</summary><pre>${row.proof}</pre></details>`}
    </main>
    <${State} ...${{ query, tree, status, selected, select, moment: tree.states[selected]?.tried }}>
      ${told.isSteerable && html`<${SteerState} key=${selected} ...${{ query, selected, said: marks.get(selected) }} />`}
    <//>
  </div>`;
}

function Picture({ tree, status, picture, marks, selected, select, fold }) {
  const [zoom, setZoom] = useState(2);
  const [hovered, hover] = useState(null);
  const [view, setView] = useState({ top: 0, height: 800 });
  const box = useRef(null);
  const row = ROWS[zoom];
  const place = (node) => [12 + node.depth * (row < 12 ? 5 : 18), 12 + node.row * row];
  useLayoutEffect(() => {
    const sizes = new ResizeObserver(measure);
    sizes.observe(box.current);
    return () => sizes.disconnect();
  }, []);
  useLayoutEffect(() => {
    const node = picture.at.get(selected);
    if (!node) return;
    const [x, y] = place(node);
    const { scrollTop, clientHeight, scrollLeft, clientWidth } = box.current;
    if (y < scrollTop + 20 || y > scrollTop + clientHeight - 20) box.current.scrollTop = y - clientHeight / 2;
    if (x < scrollLeft || x > scrollLeft + clientWidth - 120) box.current.scrollLeft = Math.max(0, x - 120);
  }, [selected, zoom]);
  function measure() {
    setView({ top: box.current.scrollTop, height: box.current.clientHeight });
  }
  const resize = (by) => setZoom(Math.max(0, Math.min(ROWS.length - 1, zoom + by)));
  const onKey = (event) => {
    const target = moved(picture, selected, event.key);
    if (event.key === "Enter" || event.key === " ") fold(selected);
    else if (event.key === "+" || event.key === "-") resize(event.key === "+" ? 1 : -1);
    else if (target !== null) select(target);
    else return;
    event.preventDefault();
  };
  const first = Math.max(0, Math.floor((view.top - MARGIN) / row));
  const near = picture.nodes.slice(first, Math.ceil((view.top + view.height + MARGIN) / row));
  const width = 40 + Math.max(0, ...near.map((node) => place(node)[0] + (row < 12 ? 0 : LETTER * label(tree, node.id).join("").length)));
  return html`
    <div class="zoom">
      <button aria-label="smaller" disabled=${zoom === 0} onClick=${() => resize(-1)}>−</button>
      <button aria-label="larger" disabled=${zoom === ROWS.length - 1} onClick=${() => resize(1)}>+</button>
      <span class="legend">
        ${Object.entries(SAID).map(([kind, text]) => html`<i class=${`dot ${kind}`}></i> ${text} `)}
      </span>
      ${picture.leftOut > 0 && html`<span>${picture.leftOut} states folded or not drawn</span>`}
    </div>
    <div class="tree" ref=${box} tabindex="0" role="tree" aria-label="search tree" aria-activedescendant=${`s${selected}`}
      onScroll=${measure} onKeyDown=${onKey}>
      <svg width=${width} height=${picture.nodes.length * row + 24}>
        ${near.map((node) => node.above && html`<path key=${`l${node.id}`} class=${node.onProof ? "link proof" : "link"} d=${elbow(place(node.above), place(node))} />`)}
        ${crossings(tree, picture, hovered ?? selected).map(
          ([from, to]) => html`<path key=${`x${from.id}-${to.id}`} class="cross" d=${bow(place(from), place(to))} />`,
        )}
        ${near.map(
          (node) => html`<${Dot} key=${node.id} ...${{ node, tree, status, mark: marks.get(node.id), selected, select, hover, fold }} at=${place(node)} isLabelled=${row >= 12} />`,
        )}
      </svg>
    </div>
  `;
}

function Dot({ node, at: [x, y], tree, status, mark, selected, select, hover, fold, isLabelled }) {
  const kind = status[node.id];
  const [tactic, rest] = label(tree, node.id);
  const reach = 20 + (isLabelled ? LETTER * (tactic.length + rest.length + 8) : 0);
  return html`<g id=${`s${node.id}`} role="treeitem" aria-selected=${node.id === selected} aria-level=${node.depth + 1}
    aria-label=${`${tactic || "the theorem"}: ${rest}, ${SAID[kind]}`} class=${node.id === selected ? "state selected" : "state"}
    onClick=${() => select(node.id)} onDblClick=${() => fold(node.id)}
    onMouseEnter=${() => hover(node.id)} onMouseLeave=${() => hover(null)}>
    <rect class="reach" x=${x - 8} y=${y - (isLabelled ? 10 : 2)} width=${reach} height=${isLabelled ? 20 : 4} />
    <circle class=${`dot ${kind}`} cx=${x} cy=${y} r=${isLabelled ? 5 : 2} />
    ${isLabelled &&
    html`<text x=${x + 10} y=${y + 4} class=${kind}>
      ${mark && html`<tspan class="hidden">${mark}: </tspan>`}${tactic} ${node.hidden > 0 && html`<tspan class="hidden"> +${node.hidden} </tspan>`}<tspan class="goal" dx="8">${rest}</tspan>
    </text>`}
    <title>${`${tactic}\n${rest}\n${SAID[kind]}${node.hidden ? `, ${node.hidden} states below are not drawn` : ""}`}</title>
  </g>`;
}

/** The tactic that led to a state, with its number among the goals that it left, and what is to be proved there. */
function label(tree, id) {
  const { parent, by, closed, goal } = tree.states[id];
  const step = parent < 0 ? { text: "", children: [] } : tree.states[parent].steps[by];
  const part = step.children.length > 1 ? ` (${step.children.indexOf(id) + 1} of ${step.children.length})` : "";
  return [cut(step.text, 60) + part, cut(`${closed === undefined ? "" : `✓ ${closed}  `}${goal}`, 80)];
}

/** The links of a state that the tree doesn't show: other ways to it, and its ways to states that were met before. */
function crossings(tree, picture, id) {
  const state = tree.states[id];
  const ends = (pairs) => pairs.map(([a, b]) => [picture.at.get(a), picture.at.get(b)]).filter(([a, b]) => a && b);
  const into = (state?.others ?? []).map(([source]) => [source, id]);
  const outOf = (state?.steps ?? []).flatMap((step) => step.children.filter((child) => tree.states[child].parent !== id && child !== id).map((child) => [id, child]));
  return ends([...into, ...outOf]);
}

const elbow = ([x, y], [x2, y2]) => `M${x},${y}V${y2}H${x2}`;
const bow = ([x, y], [x2, y2]) => `M${x},${y}C${x + 60},${y} ${x2 + 60},${y2} ${x2},${y2}`;
const cut = (text, most) => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);
