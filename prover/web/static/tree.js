// The tree of one search, without the page: events go in, what is proved or dead and where each state is drawn come out.

const STATE = { goal: "", parent: -1, by: -1, others: [], steps: [], tried: 0, order: -1, isCut: false };

export class Tree {
  constructor(events = [], root = null) {
    this.states = [];
    this.count = 0;
    if (root !== null) this.#state(0).goal = root;
    events.forEach((event) => this.add(event));
  }

  /** Take in one expansion, as the server tells it. */
  add(event) {
    const state = this.#state(event.state);
    if (event.goal !== undefined) state.goal = event.goal;
    if (state.order < 0) {
      Object.assign(state, { order: this.count, at: event.at, value: event.value, priority: event.priority });
    }
    state.tried += event.tried;
    state.isCut = event.cut ?? false;
    if (event.closed !== undefined) state.closed = event.closed;
    const firstNew = this.states.length;
    for (const [text, logProb, children] of event.steps) {
      const number = state.steps.push({ text, logProb, children }) - 1;
      for (const id of children) {
        const isNew = id >= this.states.length;
        const child = this.#state(id);
        if (isNew) Object.assign(child, { parent: event.state, by: number });
        else if (id !== event.state) child.others.push([event.state, number]);
      }
    }
    event.new.forEach((goal, index) => (this.#state(firstNew + index).goal = goal));
    this.count += 1;
  }

  #state(id) {
    while (this.states.length <= id) this.states.push({ ...STATE, others: [], steps: [] });
    return this.states[id];
  }

  /** The tactics from the root to a state, by the first way that led there, and their log-probability. */
  wayTo(id) {
    const tactics = [];
    let logProb = 0;
    for (let state = this.states[id]; state.parent >= 0; state = this.states[state.parent]) {
      const step = this.states[state.parent].steps[state.by];
      tactics.unshift(step.text);
      logProb += step.logProb ?? -Infinity;
    }
    return { tactics, logProb };
  }
}

/** What is said to people of a state's status. */
export const SAID = { proved: "proved", open: "tried", new: "not yet", dead: "dead" };

/** For each state whether it is "proved", "dead" (all was tried there, and nothing leads on), "open" (tried) or "new" (not
 * yet). */
export function statuses(tree) {
  const { states } = tree;
  const status = states.map((state) => (state.order < 0 ? "new" : "open"));
  const above = states.map(() => []);
  const steps = [];
  states.forEach((state, source) => {
    for (const step of state.steps) {
      const entry = { source, missing: new Set(step.children).size, isDead: false };
      if (!entry.missing) continue;
      steps.push(entry);
      new Set(step.children).forEach((child) => above[child].push(entry));
    }
  });
  spread(states.map((_, id) => id).filter((id) => states[id].closed !== undefined), (id) => {
    if (status[id] === "proved") return [];
    status[id] = "proved";
    return above[id].filter((entry) => --entry.missing === 0).map((entry) => entry.source);
  });
  const live = states.map(() => 0);
  steps.forEach((entry) => (live[entry.source] += 1));
  spread(states.map((_, id) => id).filter((id) => status[id] === "open" && !live[id]), (id) => {
    if (status[id] !== "open" || states[id].isCut) return [];
    status[id] = "dead";
    const lost = above[id].filter((entry) => !entry.isDead);
    lost.forEach((entry) => (entry.isDead = true));
    return lost.map((entry) => entry.source).filter((source) => --live[source] === 0);
  });
  return status;
}

function spread(work, follow) {
  while (work.length) work.push(...follow(work.pop()));
}

/** The states of a proof of the root, if it has one, each with the state above it: at each the first step that leads on
 * to proved goals. */
export function onProof(tree, status) {
  const above = new Map();
  const work = status[0] === "proved" ? [[0, -1]] : [];
  while (work.length) {
    const [id, parent] = work.shift();
    if (above.has(id)) continue;
    above.set(id, parent);
    const { closed, steps } = tree.states[id];
    if (closed !== undefined) continue;
    const step = steps.find((each) => each.children.every((child) => status[child] === "proved" && !above.has(child)));
    work.push(...(step?.children ?? []).map((child) => [child, id]));
  }
  return above;
}

/**
 * Which states are drawn, and where: `row` counts from the top, `depth` tactics from the root. At most `most` are drawn:
 * those of the proof first, then the others as they were expanded. What hangs below a dead state is folded unless the
 * state is in `unfolded`, and what is folded or left out is counted in `hidden` of the state above it.
 */
export function layout(tree, status, { most = 2000, unfolded = new Set() } = {}) {
  const { states } = tree;
  const proof = onProof(tree, status);
  const above = (id) => proof.get(id) ?? states[id].parent;
  const shown = new Map();
  const isIn = (parent) => parent < 0 || (shown.has(parent) && (status[parent] !== "dead" || unfolded.has(parent)));
  for (const id of ranked(states, proof)) {
    if (shown.size >= most) break;
    if (isIn(above(id))) shown.set(id, { id, children: [], depth: 0, row: 0, hidden: 0, onProof: proof.has(id) });
  }
  for (const node of shown.values()) {
    node.above = shown.get(above(node.id));
    node.above?.children.push(node);
  }
  states.forEach((_, id) => {
    if (shown.has(id)) return;
    let up = above(id);
    while (up >= 0 && !shown.has(up)) up = above(up);
    if (up >= 0) shown.get(up).hidden += 1;
  });
  return { nodes: place(shown.get(0)), at: shown, leftOut: states.length - shown.size };
}

/** The states in the order in which they are given a place; whatever leads to a state comes before it. */
function ranked(states, proof) {
  const others = states.map((_, id) => id).filter((id) => !proof.has(id));
  const order = (id) => (states[id].order < 0 ? states.length : states[id].order);
  return [...proof.keys(), ...others.sort((a, b) => order(a) - order(b) || a - b)];
}

/** Gives each state a row of its own, below the state above it and its elder siblings; without recursion, since a search
 * may be thousands of tactics deep. Returns the states in the order of their rows. */
function place(root) {
  const nodes = [];
  const work = root ? [root] : [];
  while (work.length) {
    const node = work.pop();
    node.row = nodes.push(node) - 1;
    node.children.sort((a, b) => b.onProof - a.onProof || a.id - b.id);
    for (const child of node.children) child.depth = node.depth + 1;
    work.push(...node.children.toReversed());
  }
  return nodes;
}

/** The state to which a key leads from the one that is selected. */
export function moved(picture, id, key) {
  const { nodes, at } = picture;
  const node = at.get(id);
  if (!node) return 0;
  const near = (rows) => nodes[Math.max(0, Math.min(nodes.length - 1, node.row + rows))].id;
  switch (key) {
    case "ArrowUp": return near(-1);
    case "ArrowDown": return near(1);
    case "PageUp": return near(-20);
    case "PageDown": return near(20);
    case "Home": return nodes[0].id;
    case "End": return nodes.at(-1).id;
    case "ArrowLeft": return node.above?.id ?? id;
    case "ArrowRight": return node.children[0]?.id ?? id;
    default: return null;
  }
}
