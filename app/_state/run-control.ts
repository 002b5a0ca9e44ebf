/** Drives the worker: starts it, queues runs, turns its messages into the run store. Survives its crash. */
import { getOwn } from '@/engine/types';
import { nanoid } from 'nanoid';
import { LoomError, readiness, serialise, toLoomError, type LoomDocument } from '@/engine';
import { translate } from '../_i18n/translate';
import type { InspectClient } from '../_snapshots/messages';
import { notify } from '../_ui/notify';
import { createEngineClient, type EngineClient } from '../_worker/client';
import { errorMessage } from '../_worker/error-message';
import type { ToPage } from '../_worker/protocol';
import type { ToWorker } from '../_worker/to-worker';
import { loadedPacks } from './nodes';
import { preferences } from './preferences';
import {
  nextProgress,
  runStore,
  setComputed,
  setPictures,
  setNodeRun,
  type NodeRun,
  type QueuedRun,
} from './run-store';
import { addResult } from './results';
import { captionOfValue, sweepCells, type SweepCell } from './sweeps';
import { activeTab, edit, workspace } from './workspace';
import { nextSeed, randomSeed, seedControl } from './edits';

let client: EngineClient | undefined;
/** The cells of the sweeps of the document that runs, made once for all its pictures. */
let cells: { readonly of: LoomDocument; readonly cells: readonly SweepCell[] } | undefined;
function cellsOf(document: LoomDocument): readonly SweepCell[] {
  if (cells?.of !== document) cells = { of: document, cells: sweepCells(document) };
  return cells.cells;
}
const paces = new Map<string, { at: number; done: number }>();

/** Starts the engine's worker once; again after a crash or another choice of backend. */
export function startEngine(): void {
  client?.dispose();
  runStore.setState({ engine: { is: 'starting' }, interrupted: null });
  const mine = createEngineClient({
    backend: preferences.getState().backend,
    tab: () => activeTab().id,
    onMessage: (message) => receive(message),
    onCrash: (reason) => {
      if (client !== mine) return;
      mine.dispose();
      client = undefined;
      const error = errorMessage(new LoomError('internal', reason));
      endRun('failed', 0);
      runStore.setState({ engine: { is: 'failed', error }, queue: [] });
    },
  });
  client = mine;
  tellModels();
  for (const { file, source } of loadedPacks())
    mine
      .ask({ type: 'load-pack', file, source })
      .catch((thrown: unknown) => notify.error(toLoomError(thrown).message));
  if (preferences.getState().keepTrajectory)
    void mine.ask({ type: 'trajectory-budget', bytes: trajectoryBytes }).catch(() => undefined);
}

/** Files of models that the person opened; a worker that is started anew hears of them again. */
let modelFolders: Extract<ToWorker, { type: 'models' }>['folders'] = [];
export function setModelFolders(folders: typeof modelFolders): void {
  modelFolders = folders;
  tellModels();
}
function tellModels(): void {
  if (modelFolders.length > 0)
    void client?.ask({ type: 'models', folders: modelFolders }).catch(() => undefined);
}

/** The device was lost, and the worker with what it copied is still there. */
const isLost = (): boolean => {
  const { engine } = runStore.getState();
  return engine.is === 'failed' && engine.error.code === 'device-lost' && client !== undefined;
};

/**
 * Goes on after the device was lost: the worker takes another device, loads its sessions
 * anew and keeps what it has copies of. The run that was interrupted comes first;
 * `again: false` leaves it out.
 */
export async function resume({ again }: { readonly again: boolean }): Promise<void> {
  if (!isLost()) return;
  const { interrupted, queue } = runStore.getState();
  runStore.setState({
    engine: { is: 'starting' },
    interrupted: null,
    queue: again && interrupted !== null ? [interrupted, ...queue] : queue,
  });
  try {
    await need().ask({ type: 'recover' });
  } catch (thrown) {
    const error = errorMessage(toLoomError(thrown));
    runStore.setState({ engine: { is: 'failed', error }, queue: [] });
  }
}

const trajectoryBytes = 256 * 2 ** 20;

/** Switches whether samplings are kept for the trajectory panel. */
export function keepTrajectory(keep: boolean): void {
  void client?.ask({ type: 'trajectory-budget', bytes: keep ? trajectoryBytes : 0 }).catch(() => undefined);
}

/** What the inspector panels talk to. */
export const inspectClient: InspectClient = {
  inspect: (node, port, signal) => need().inspect.inspect(node, port, signal),
  decode: (node, port, signal) => need().inspect.decode(node, port, signal),
  trajectory: (node, signal) => need().inspect.trajectory(node, signal),
  trajectoryStep: (node, step, signal) => need().inspect.trajectoryStep(node, step, signal),
  decodeStep: (node, step, which, signal) => need().inspect.decodeStep(node, step, which, signal),
};
function need(): EngineClient {
  if (client === undefined) throw new LoomError('internal', 'The engine is not running.');
  return client;
}
/** Loads a pack in the worker, if there is one; one that starts later gets every pack that is loaded. */
export async function loadPackInWorker(module: {
  readonly file: string;
  readonly source: string;
}): Promise<void> {
  await client?.ask({ type: 'load-pack', ...module });
}
/** Requests to the worker. */
export const ask: EngineClient['ask'] = (request, signal) => need().ask(request, signal);

/** What pressing Run came to. */
export type RunStart = 'queued' | 'nothing-to-run' | 'blocked' | 'no-engine';

/** Seeds that move on do so before the run, so that what is shown is what made the picture. */
function advanceSeeds(): void {
  const { document } = workspace.getState();
  const due = Object.entries(document.nodes).flatMap(([id, node]) =>
    Object.entries(node.params).flatMap(([param, value]) => {
      const control = seedControl(node, param);
      if (control === 'fixed' || typeof value !== 'string') return [];
      return [{ id, param, value: control === 'random' ? randomSeed() : nextSeed(value) }];
    }),
  );
  if (due.length === 0) return;
  edit('seed', (draft) => {
    for (const { id, param, value } of due) {
      const node = getOwn(draft.nodes, id);
      if (node !== undefined) node.params[param] = value;
    }
  });
}

/** Queues the active document: all sinks, or just these nodes. `times` > 1 moves every seed on by one each time. */
export function run(options: { targets?: readonly string[]; times?: number } = {}): RunStart {
  if (client === undefined) {
    startEngine();
    if (client === undefined) return 'no-engine';
  }
  // An engine that did not start (a package that could not be read) is started anew; a lost device is not its end.
  if (runStore.getState().engine.is === 'failed' && !isLost()) startEngine();
  void resume({ again: false });
  const times = options.times ?? 1;
  for (let n = 0; n < times; n++) {
    // The first run of a freshly opened graph shows its own seed.
    if (n > 0 || getOwn(runStore.getState().nodes, activeTab().id) !== undefined) {
      if (times > 1 && n > 0) bumpSeeds();
      else advanceSeeds();
    }
    const tab = activeTab();
    const { inference, document } = workspace.getState();
    const ready = readiness(inference, options.targets);
    if (ready !== 'ready') return ready === 'blocked' ? 'blocked' : 'nothing-to-run';
    const queued: QueuedRun = {
      run: nanoid(8),
      tab: tab.id,
      document: serialise(document),
      snapshot: document,
      targets: options.targets,
    };
    runStore.setState((state) => ({ queue: [...state.queue, queued] }));
  }
  pump();
  return 'queued';
}
function bumpSeeds(): void {
  const { document } = workspace.getState();
  edit('seed', (draft) => {
    for (const [id, node] of Object.entries(document.nodes)) {
      const seed = node.params['seed'];
      const target = getOwn(draft.nodes, id);
      if (target !== undefined && typeof seed === 'string') target.params['seed'] = nextSeed(seed);
    }
  });
}

/** Sends the next queued run when nothing runs and the engine is ready. */
function pump(): void {
  const { current, queue, engine } = runStore.getState();
  const [next, ...rest] = queue;
  if (current !== null || next === undefined || engine.is !== 'ready' || client === undefined) return;
  paces.clear();
  runStore.setState({ current: { ...next, startedAt: performance.now(), cancelling: false }, queue: rest });
  client.send({
    type: 'run',
    run: next.run,
    tab: next.tab,
    document: JSON.parse(next.document) as unknown,
    previews: preferences.getState().previews,
    ...(next.targets === undefined ? {} : { targets: [...next.targets] }),
  });
}

/** Stops what runs; with `all`, forgets the queue too. */
export function cancel(all = true): void {
  const { current } = runStore.getState();
  if (all) runStore.setState({ queue: [] });
  if (current === null) return;
  runStore.setState({ current: { ...current, cancelling: true } });
  client?.send({ type: 'cancel', run: current.run });
  setTimeout(() => {
    const now = runStore.getState().current;
    if (now?.run === current.run && now.cancelling) runStore.setState({ current: { ...now, stuck: true } });
  }, patience);
}

/** How long a cancelled run may go on before ending the worker is offered (ms). */
const patience = 2_000;

/** Ends a worker that does not hear, and starts another: what it had computed is gone, the documents are not. */
export function stopEngine(): void {
  client?.dispose();
  client = undefined;
  endRun('cancelled', 0);
  startEngine();
}

function endRun(outcome: 'done' | 'failed' | 'cancelled', ms: number): void {
  const { current, nodes } = runStore.getState();
  if (current === null) return;
  // What was still waiting or running did not happen.
  const left = Object.fromEntries(
    Object.entries(nodes[current.tab] ?? {}).filter(
      ([, state]) => state.is !== 'waiting' && state.is !== 'running',
    ),
  );
  runStore.setState((state) => ({
    current: null,
    nodes: { ...state.nodes, [current.tab]: left },
    version: state.version + 1,
    last: { outcome, ms, tab: current.tab },
  }));
}

const queuedOf = ({ run: id, tab, document, snapshot, targets }: QueuedRun): QueuedRun => ({
  run: id,
  tab,
  document,
  snapshot,
  targets,
});

function receive(message: Exclude<ToPage, { id: string }>): void {
  if (message.type === 'ready') {
    runStore.setState({ engine: { is: 'ready', backend: message.backend } });
    pump();
    return;
  }
  if (message.type === 'start-failed') {
    runStore.setState({ engine: { is: 'failed', error: message.error }, queue: [] });
    return;
  }
  if (message.type === 'device-lost') {
    const error = errorMessage(new LoomError('device-lost', message.reason));
    runStore.setState({ engine: { is: 'failed', error } });
    // What ran is read when the button is pressed: the message that it ended may come after this one.
    notify.error(translate('errors.device-lost'), {
      description: message.reason,
      duration: Infinity,
      action: { label: translate('backend.resume'), onClick: () => void resume({ again: true }) },
    });
    return;
  }
  const { current, nodes } = runStore.getState();
  if (current === null || message.run !== current.run) return;
  const { tab } = current;
  const now = performance.now();
  const set = (node: string, state: NodeRun): void => setNodeRun(tab, node, state);
  switch (message.type) {
    case 'run-planned':
      runStore.setState((state) => ({
        warnings: message.warnings,
        nodes: {
          ...state.nodes,
          [tab]: {
            ...getOwn(state.nodes, tab),
            ...Object.fromEntries(message.nodes.map((node) => [node, { is: 'waiting' as const }])),
          },
        },
      }));
      break;
    case 'node-started':
      set(message.node, { is: 'running', since: now });
      break;
    case 'node-progress':
      set(message.node, nextProgress(nodes[tab]?.[message.node], message, now, paces, message.node));
      break;
    case 'node-preview':
      setPictures(tab, message.node, [message]);
      break;
    case 'node-cached':
      set(message.node, { is: 'cached' });
      setComputed(tab, message.node, current.snapshot);
      break;
    case 'node-finished':
      set(message.node, { is: 'done', ms: message.ms });
      setComputed(tab, message.node, current.snapshot);
      runStore.setState((state) => ({ version: state.version + 1 }));
      break;
    case 'node-skipped':
      set(message.node, { is: 'skipped' });
      break;
    case 'node-failed':
      set(message.node, { is: 'failed', error: message.error });
      break;
    case 'file': {
      const { bytes, name, mime } = message;
      void import('../_formats/download').then(({ download }) =>
        download(new Blob([bytes], { type: mime }), name),
      );
      break;
    }
    case 'picture': {
      const { width, height, rgba } = message;
      const cell = cellsOf(current.snapshot)[message.iteration];
      const caption = cell?.values.map(({ value }) => captionOfValue(value)).join(' · ') ?? '';
      if (message.inNode) {
        const first = message.index === 0 && message.iteration === 0;
        const before = first ? [] : (runStore.getState().pictures[tab]?.[message.node] ?? []);
        setPictures(tab, message.node, [
          ...before,
          { width, height, rgba, ...(caption === '' ? {} : { caption }) },
        ]);
      }
      if (message.sink)
        addResult(current, {
          node: message.node,
          element: message.index,
          cell: cell ?? { document: current.snapshot, values: [] },
          picture: { width, height, rgba },
          ms: now - current.startedAt,
        });
      break;
    }
    case 'run-finished':
      if (message.error?.code === 'device-lost') runStore.setState({ interrupted: queuedOf(current) });
      if (
        message.outcome === 'failed' &&
        message.error !== undefined &&
        message.error.place.node !== undefined
      )
        set(message.error.place.node, { is: 'failed', error: message.error });
      endRun(message.outcome, message.ms);
      pump();
      break;
  }
}
