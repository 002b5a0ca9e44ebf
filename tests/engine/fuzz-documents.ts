/** Documents for the fuzz: mutated, garbled and invented ones here, ones that grow in `fuzz-structures.ts`. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { textToImage } from './graphs';
import { structure } from './fuzz-structures';

/** A small deterministic generator (mulberry32): a failure names its number and can be made again. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const templates = fileURLToPath(new URL('../../public/templates/', import.meta.url));
const seeds: string[] = [
  JSON.stringify(textToImage()),
  JSON.stringify({
    format: 'latent-loom',
    version: 1,
    nodes: { a: { type: 'graph/d', params: { plus: 2 } } },
    definitions: {
      d: {
        nodes: { in: { type: 'kit/sum' }, self: { type: 'graph/d' } },
        inputs: { x: { to: [{ node: 'in', port: 'a' }] } },
        outputs: { x: { from: { node: 'in', port: 'number' } } },
        params: { plus: { node: 'in', param: 'plus' } },
      },
    },
    sweeps: { s: { params: [{ node: 'a', param: 'plus', values: [1, 2] }] } },
  }),
  ...readdirSync(templates)
    .filter((name) => name.endsWith('.json') && name !== 'index.json')
    .map((name) => readFileSync(`${templates}${name}`, 'utf8')),
];
const atoms: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  '',
  'package',
  'constructor',
  'toString',
  '__proto__',
  'kit/sum',
  'graph/d',
  'graph/',
  'a',
  'x',
  'number',
  [],
  {},
  [[]],
  { node: 'a', port: 'number' },
  { set: ['a'] },
  'mute',
  'bypass',
  99,
  2 ** 53,
  '\u0000',
  '𝕏',
];

export type Rng = () => number;
const pick = <T>(rng: Rng, list: readonly T[]): T | undefined => list[Math.floor(rng() * list.length)];

/** Small graphs mostly: the templates are ten times as large, and as slow. */
const seed = (rng: Rng): string => (rng() < 0.85 ? pick(rng, seeds.slice(0, 2)) : pick(rng, seeds)) ?? '{}';

/** Every place in a JSON value, as the container and the key. */
function places(value: unknown, found: [object, string][] = []): [object, string][] {
  if (typeof value !== 'object' || value === null) return found;
  for (const key of Object.keys(value)) {
    found.push([value, key]);
    places(Reflect.get(value, key), found);
  }
  return found;
}

function mutated(rng: Rng): unknown {
  const value: unknown = JSON.parse(seed(rng));
  for (let times = Math.floor(rng() * 5) + 1; times > 0; times--) {
    const all = places(value);
    const [at, key] = pick(rng, all) ?? [undefined, ''];
    if (!at) break;
    const kind = rng();
    if (kind < 0.25) Reflect.deleteProperty(at, key);
    else if (kind < 0.6) Reflect.set(at, key, structuredClone(pick(rng, atoms)));
    else if (kind < 0.8) {
      const [other, from] = pick(rng, all) ?? [at, key];
      const copied: unknown = Reflect.get(other, from);
      Object.defineProperty(at, key, {
        value: structuredClone(copied),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    } else
      Object.defineProperty(at, String(pick(rng, atoms)), {
        value: structuredClone(pick(rng, atoms)),
        enumerable: true,
        configurable: true,
        writable: true,
      });
  }
  return value;
}

/** Text with a few characters changed, dropped or doubled. */
function garbled(rng: Rng): string {
  let text = seed(rng);
  for (let times = Math.floor(rng() * 4) + 1; times > 0; times--) {
    const at = Math.floor(rng() * text.length);
    const put =
      rng() < 0.5
        ? String.fromCodePoint(Math.floor(rng() * 128))
        : text.slice(at, at + Math.floor(rng() * 20));
    text = text.slice(0, at) + put + text.slice(at + Math.floor(rng() * 3));
  }
  return text;
}

/** A value out of nothing. */
function invented(rng: Rng, depth = 0): unknown {
  if (depth > 4 || rng() < 0.4) return structuredClone(pick(rng, atoms));
  const length = Math.floor(rng() * 5);
  if (rng() < 0.3) return Array.from({ length }, () => invented(rng, depth + 1));
  const keys = [
    'format',
    'version',
    'nodes',
    'edges',
    'definitions',
    'sweeps',
    'type',
    'params',
    'from',
    'to',
    'node',
    'port',
    'a',
    'b',
    'values',
    'inputs',
    'outputs',
  ];
  const made = Object.fromEntries(
    Array.from({ length }, () => [pick(rng, keys) ?? '', invented(rng, depth + 1)]),
  );
  return depth === 0 ? { format: 'latent-loom', version: 1, ...made } : made;
}

/** The input of one number: JSON text or a value, the same for the same number and seed. */
export function fuzzInput(number: number, seedOfAll = 0): unknown {
  const rng = random((number ^ Math.imul(seedOfAll, 0x9e3779b1)) >>> 0);
  const sort = rng();
  if (sort < 0.35) return structure(rng);
  if (sort < 0.75) return mutated(rng);
  return sort < 0.88 ? garbled(rng) : invented(rng);
}
