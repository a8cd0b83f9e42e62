// Told a list of events and options on standard input, says what the page would draw.
import { readFileSync } from "node:fs";
import { Tree, layout, moved, onProof, statuses } from "../../../prover/web/static/tree.js";

const { events, options = {}, keys = [] } = JSON.parse(readFileSync(0, "utf8"));
const began = performance.now();
const tree = new Tree(events);
const status = statuses(tree);
const picture = layout(tree, status, { ...options, unfolded: new Set(options.unfolded) });
const took = performance.now() - began;
const nodes = picture.nodes.map(({ id, depth, row, hidden }) => ({ id, depth, row, hidden }));
const walk = keys.reduce((path, key) => [...path, moved(picture, path.at(-1), key)], [0]);
console.log(JSON.stringify({ status, proof: [...onProof(tree, status).keys()], nodes, leftOut: picture.leftOut, walk, took }));
