/** What page and worker say to each other: every message is taken as it is, and nothing else is. */
import { describe, expect, it } from 'vitest';
import { toPageSchema, type ToPage } from '@/app/_worker/protocol';
import { toWorkerSchema, type ToWorker } from '@/app/_worker/to-worker';

/** One whole message of each type, optional fields included: the compiler asks for each. */
type Samples<M extends { type: string }> = { readonly [T in M['type']]: Extract<M, { type: T }> };

const place = { id: 'q', tab: 't', node: 'n' };
const toWorker: Samples<ToWorker> = {
  start: { type: 'start', backend: 'auto', base: 'http://x/' },
  run: { type: 'run', run: 'r', tab: 't', document: {}, targets: ['n'], previews: true },
  cancel: { type: 'cancel', run: 'r' },
  tokenize: { type: 'tokenize', id: 'q', package: 'p', prompt: 'red' },
  recover: { type: 'recover', id: 'q' },
  live: { type: 'live', id: 'q' },
  models: {
    type: 'models',
    id: 'q',
    folders: [{ name: 'm', files: [{ path: 'a', file: new File([], 'a') }] }],
  },
  'load-pack': { type: 'load-pack', id: 'q', file: 'a.mjs', source: '' },
  'trajectory-budget': { type: 'trajectory-budget', id: 'q', bytes: 1 },
  inspect: { type: 'inspect', ...place, port: 'x' },
  'inspect-decode': { type: 'inspect-decode', ...place, port: 'x' },
  trajectory: { type: 'trajectory', ...place },
  'trajectory-step': { type: 'trajectory-step', ...place, step: 1 },
  'trajectory-decode': { type: 'trajectory-decode', ...place, step: 1, which: 'x' },
};

const warning = { code: 'memory-short', severity: 'warning', message: 'Little memory.' } as const;
const error: Extract<ToPage, { type: 'error' }>['error'] = {
  code: 'bad-input',
  message: 'No.',
  place: { node: 'n', port: 'x', file: 'f', path: 'p', package: 'm' },
  fix: 'Do.',
  diagnostics: [warning],
};
const inRun = { run: 'r', node: 'n' };
const size = { width: 1, height: 1, rgba: new Uint8ClampedArray(4) };
const toPage: Samples<ToPage> = {
  ready: {
    type: 'ready',
    backend: { kind: 'wasm', precision: 'fp32', device: 'CPU', memory: 1, limits: ['forced'] },
  },
  'start-failed': { type: 'start-failed', error },
  'device-lost': { type: 'device-lost', reason: 'gone' },
  'run-planned': { type: 'run-planned', run: 'r', nodes: ['n'], warnings: [warning] },
  picture: {
    type: 'picture',
    ...inRun,
    index: 0,
    count: 1,
    iteration: 0,
    sink: true,
    inNode: false,
    ...size,
  },
  file: { type: 'file', ...inRun, name: 'a', mime: 'b', bytes: new Uint8Array(1) },
  'run-finished': { type: 'run-finished', run: 'r', outcome: 'failed', ms: 1, error },
  tokens: {
    type: 'tokens',
    id: 'q',
    tokens: [{ id: 1, text: 'a', known: true, special: false }],
    limit: 32,
    overflow: '',
  },
  live: { type: 'live', id: 'q', tensors: 1, bytes: 1, sessions: 1 },
  inspected: { type: 'inspected', id: 'q', reply: {} },
  done: { type: 'done', id: 'q' },
  error: { type: 'error', id: 'q', error },
  'node-started': { type: 'node-started', ...inRun },
  'node-progress': { type: 'node-progress', ...inRun, done: 1, total: 2, unit: 'steps' },
  'node-preview': { type: 'node-preview', ...inRun, ...size },
  'node-cached': { type: 'node-cached', ...inRun },
  'node-finished': { type: 'node-finished', ...inRun, ms: 1 },
  'node-failed': { type: 'node-failed', ...inRun, error },
  'node-skipped': { type: 'node-skipped', ...inRun },
};

/** Fields that may be left out, and those parsed by whom they are for. */
const optional = new Set(['targets', 'memory', 'fix', 'diagnostics', 'error', ...Object.keys(error.place)]);
const needed = new Set([
  'start-failed.error',
  'error.error',
  'node-failed.error',
  'node',
  'package',
  'port',
  'file',
]);
const free = new Set(['document', 'reply']);

type Json = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** The message with one thing wrong: a field gone, of another type, or one that nobody knows; at any depth. */
function* wrongs(value: Json, path: string): Generator<{ readonly wrong: unknown; readonly what: string }> {
  yield { wrong: { ...value, unexpected: 1 }, what: `${path}: one field more` };
  for (const [key, inner] of Object.entries(value)) {
    if (free.has(key)) continue;
    const at = `${path}.${key}`;
    const { [key]: _gone, ...rest } = value;
    const inPlace = path.endsWith('.place');
    if (!optional.has(key) || (!inPlace && (needed.has(at) || needed.has(key))))
      yield { wrong: rest, what: `${at} left out` };
    for (const other of [null, { wrong: true }, typeof inner === 'string' ? 7 : 'x7'])
      yield { wrong: { ...value, [key]: other }, what: `${at} as ${JSON.stringify(other)}` };
    const [first] = Array.isArray(inner) ? (inner as readonly unknown[]) : [];
    if (isRecord(inner))
      for (const { wrong, what } of wrongs(inner, at)) yield { wrong: { ...value, [key]: wrong }, what };
    else if (isRecord(first))
      for (const { wrong, what } of wrongs(first, `${at}.0`))
        yield { wrong: { ...value, [key]: [wrong] }, what };
  }
}

describe.each([
  ['to the worker', toWorkerSchema, Object.values(toWorker)],
  ['to the page', toPageSchema, Object.values(toPage)],
] as const)('messages %s', (_name, schema, messages) => {
  it.each(messages.map((message) => [message.type, message] as const))('%s', (type, message) => {
    expect(schema.parse(message)).toEqual(message);
    let tried = 0;
    for (const { wrong, what } of wrongs({ ...message }, type)) {
      expect(schema.safeParse(wrong).success, what).toBe(false);
      tried++;
    }
    expect(tried).toBeGreaterThan(4);
  });

  it('of no known type are refused', () => {
    for (const wrong of [null, 1, 'run', [], {}, { type: 'nothing' }, { type: 1 }])
      expect(schema.safeParse(wrong).success).toBe(false);
  });
});

it('each side takes only what is meant for it', () => {
  const others = Object.values(toPage).filter(({ type }) => toWorkerSchema.safeParse(toPage[type]).success);
  expect(others).toEqual([]);
  for (const message of Object.values(toWorker))
    expect(toPageSchema.safeParse(message).success, message.type).toBe(false);
});
