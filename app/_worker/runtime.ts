/** The engine behind the worker's entry: runs, answers and previews. Every failure becomes a message. */
import {
  LoomError,
  infer,
  parseDocument,
  plan,
  toLoomError,
  type AnyValue,
  type Executor,
  type NodePack,
  type NodeRef,
  type Plan,
} from '@/engine';
import { registry as library } from '@/nodes/registry';
import { loadPack } from '../_packs/load-pack';
import { registryWith } from '../_packs/registry-with';
import { boot, recover, withModels, type Engine } from './boot';
import { pictures, type Rgba } from './images';
import { look, type Post } from './answer-inspector';
import type { BackendChoice } from './entry-messages';
import { errorMessage } from './error-message';
import { toWorkerSchema, type ToWorker } from './to-worker';

type Of<T extends ToWorker['type']> = Extract<ToWorker, { type: T }>;

let post: Post = () => undefined;
let registry = library;
const packs = new Map<string, NodePack>();
/** The packs that are on their way: runs asked for after them wait. */
let packsRead: Promise<unknown> = Promise.resolve();
let engine: Promise<Engine> | undefined;
/** What each tab ran last: the inspector looks for its values there. */
const plans = new Map<string, Plan>();
/** Tabs whose plans are remembered. */
const planLimit = 32;
const running = new Map<string, AbortController>();

/** Puts the engine together; once, before {@link take}. */
export function begin(base: string, backend: BackendChoice, send: Post): void {
  post = send;
  engine = boot(base, backend);
  engine
    .then(announce)
    .catch((thrown: unknown) => post({ type: 'start-failed', error: errorMessage(toLoomError(thrown)) }));
}

/** Says what computes: it can differ from the announced one when the adapter went away in between. */
function announce({ backend }: Engine): void {
  const say = () => post({ type: 'ready', backend: { ...backend.info, limits: [...backend.info.limits] } });
  say();
  // The badge says why it is slower from then on.
  void backend.selfTest?.then((passed) => {
    if (!passed) say();
  });
  void backend.lost.then((reason) => post({ type: 'device-lost', reason }));
}

/**
 * Takes one message from the page.
 * @throws LoomError `internal` for one that is not in the protocol
 */
export function take(data: unknown): void {
  const parsed = toWorkerSchema.safeParse(data);
  if (!parsed.success) throw new LoomError('internal', `Not in the protocol: ${parsed.error.message}`);
  const message = parsed.data;
  if (message.type === 'start') return;
  if (message.type === 'run') void runDocument(message);
  else if (message.type === 'cancel') running.get(message.run)?.abort();
  else
    answer(message).catch((thrown: unknown) =>
      post({ type: 'error', id: message.id, error: errorMessage(toLoomError(thrown)) }),
    );
}

const started = (): Promise<Engine> =>
  engine ?? Promise.reject(new LoomError('internal', 'The engine was not started.'));

async function runDocument({ run: id, tab, document: raw, targets, previews }: Of<'run'>): Promise<void> {
  const stop = new AbortController();
  running.set(id, stop);
  const begun = performance.now();
  const finished = (outcome: 'done' | 'failed' | 'cancelled', error?: LoomError): void =>
    post({
      type: 'run-finished',
      run: id,
      outcome,
      ms: performance.now() - begun,
      ...(error === undefined ? {} : { error: errorMessage(error) }),
    });
  try {
    const { executor, catalog, backend, trajectories } = await started();
    await packsRead;
    const { document } = parseDocument(raw);
    const inference = infer({ document, registry, catalog });
    const planned = plan(inference, { targets, device: backend.info });
    if (planned.targets.length === 0)
      throw new LoomError(
        'invalid-graph',
        'Nothing in this graph can run.',
        {},
        {
          diagnostics: planned.blocked.flatMap(({ diagnostics }) => diagnostics),
        },
      );
    remember(tab, planned);
    post({
      type: 'run-planned',
      run: id,
      nodes: [...new Set(planned.steps.flatMap(({ refs }) => refs.map(({ node }) => node)))],
      warnings: [...planned.warnings],
    });
    const preview = previewer(id, previews);
    const shown = new Set<string>();
    const pending: Promise<void>[] = [];
    // Borrowed at once, while they are surely there; sent one after the other, so that those of a sweep keep its order.
    let last = Promise.resolve();
    const show = ({ node, iteration }: NodeRef): void => {
      const key = JSON.stringify([node, iteration]);
      if (shown.has(key)) return;
      shown.add(key);
      const send = readPictures(executor, id, planned, { node, iteration });
      last = Promise.all([send, last]).then(([go]) => go());
      pending.push(last);
    };
    const result = await executor.run(planned, {
      signal: stop.signal,
      trace: (node, iteration) => {
        const step = planned.stepOf(node, iteration);
        return step && trajectories.trace(step.key);
      },
      onFile({ node }, { name, mime, bytes }) {
        const copy = bytes.slice();
        post({ type: 'file', run: id, node, name, mime, bytes: copy }, [copy.buffer]);
      },
      onEvent(event) {
        switch (event.type) {
          case 'node-started':
            post({ type: 'node-started', run: id, node: event.node });
            break;
          case 'progress':
            post({ type: 'node-progress', run: id, node: event.node, ...event.progress });
            break;
          case 'preview':
            preview(event.node, event.value);
            break;
          case 'node-finished':
            post({ type: 'node-finished', run: id, node: event.node, ms: event.seconds * 1000 });
            show(event);
            break;
          case 'node-cached':
            post({ type: 'node-cached', run: id, node: event.node });
            show(event);
            break;
          case 'node-failed':
            post({ type: 'node-failed', run: id, node: event.node, error: errorMessage(event.error) });
            break;
          case 'node-skipped':
            post({ type: 'node-skipped', run: id, node: event.node });
            break;
          default:
            break;
        }
      },
    });
    await Promise.all(pending);
    const failure = result.failed[0]?.error;
    if (result.status === 'cancelled') finished('cancelled');
    else if (result.status === 'finished') finished('done');
    else finished('failed', failure ?? new LoomError('device-lost', result.reason ?? 'The device was lost.'));
  } catch (thrown) {
    const error = toLoomError(thrown);
    finished(error.code === 'cancelled' ? 'cancelled' : 'failed', error);
  } finally {
    running.delete(id);
  }
}

/** Sends previews of nodes, one read at a time each: a slow reader skips frames instead of holding the sampler up. */
function previewer(run: string, wanted: boolean): (node: string, value: AnyValue) => void {
  const busy = new Set<string>();
  return (node, value) => {
    if (!wanted || busy.has(node)) return;
    busy.add(node);
    pictures(value)
      .then(([first]) => {
        if (first !== undefined && running.has(run))
          post({ type: 'node-preview', run, node, ...first }, [first.rgba.buffer]);
      })
      // A preview that cannot be read is only not shown.
      .catch(() => undefined)
      .finally(() => busy.delete(node));
  };
}

/**
 * Reads the pictures that a finished node shows: what reaches a sink, or what an image node puts out. A sink that
 * makes a picture of what it shows (a comparison) keeps that one among the results.
 * @returns sends them
 */
async function readPictures(
  executor: Executor,
  run: string,
  of: Plan,
  { node, iteration }: NodeRef,
): Promise<() => void> {
  const definition = of.stepOf(node, iteration)?.definition;
  if (definition === undefined) return () => undefined;
  const read = async (side: 'in' | 'out'): Promise<Rgba[]> => {
    const borrowed = Object.entries(side === 'in' ? definition.inputs : definition.outputs).flatMap(
      ([port, { type }]) =>
        type.kind === 'image' ? (executor.borrow({ node, port, side, iteration, plan: of }) ?? []) : [],
    );
    try {
      return (await Promise.all(borrowed.map(({ value }) => pictures(value)))).flat();
    } finally {
      for (const each of borrowed) each.release();
    }
  };
  const [made, reached] = await Promise.all([read('out'), definition.sink === true ? read('in') : []]);
  const send = (list: readonly Rgba[], as: { sink: boolean; inNode: boolean }): void =>
    list.forEach((picture, index) =>
      post({ type: 'picture', run, node, iteration, index, count: list.length, ...as, ...picture }, [
        picture.rgba.buffer,
      ]),
    );
  return () => {
    if (definition.sink !== true) {
      send(made, { sink: false, inNode: true });
      return;
    }
    send(reached, { sink: made.length === 0, inNode: true });
    send(made, { sink: true, inNode: false });
  };
}

/** The newest plan of a tab, which is also the last to be forgotten. */
function remember(tab: string, planned: Plan): void {
  plans.delete(tab);
  plans.set(tab, planned);
  const [oldest] = plans.keys();
  if (plans.size > planLimit && oldest !== undefined) plans.delete(oldest);
}

async function answer(message: Exclude<ToWorker, { type: 'start' | 'run' | 'cancel' }>): Promise<void> {
  const { id } = message;
  if (message.type === 'models') {
    // Taken in at once, so that a run sent after this waits for it.
    const before = started();
    engine = before.then((booted) => withModels(booted, message.folders));
    // A file that is gone stops nothing but the runs that need it.
    engine = engine.catch(() => before);
    await engine;
    post({ type: 'done', id });
    return;
  }
  const booted = await started();
  if ('tab' in message) {
    await look(message, booted, plans.get(message.tab), post);
    return;
  }
  const { models, backend, trajectories } = booted;
  switch (message.type) {
    case 'live': {
      const { tensors, bytes, sessions } = backend.live();
      post({ type: 'live', id, tensors, bytes, sessions });
      return;
    }
    case 'tokenize': {
      const opened = await models.open(message.package, { signal: new AbortController().signal });
      if (opened.conditioner.text === undefined)
        throw new LoomError('unsupported', `"${message.package}" has no text encoder.`);
      const { tokens, limit, overflow } = await opened.conditioner.text.tokenize(message.prompt);
      post({ type: 'tokens', id, tokens: tokens.map((token) => ({ ...token })), limit, overflow });
      return;
    }
    case 'recover': {
      const recovered = await recover(booted);
      engine = Promise.resolve(recovered);
      announce(recovered);
      post({ type: 'done', id });
      return;
    }
    case 'load-pack': {
      const loading = loadPack(message.source, message.file);
      packsRead = Promise.allSettled([packsRead, loading]);
      const pack = await loading;
      registry = registryWith([...packs.values()].filter((other) => other.id !== pack.id).concat(pack));
      packs.set(pack.id, pack);
      // The same node may compute something else now, under the same key.
      booted.executor.clear();
      post({ type: 'done', id });
      return;
    }
    case 'trajectory-budget':
      trajectories.setBudget(message.bytes);
      post({ type: 'done', id });
  }
}
