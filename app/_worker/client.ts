/** The page's end of the worker: requests with answers, runs with events. */
import { nanoid } from 'nanoid';
import { LoomError } from '@/engine/types';
import type { InspectClient, InspectReply } from '../_snapshots/messages';
import type { InspectRequest } from '../_snapshots/inspect-requests';
import type { BackendChoice } from './entry-messages';
import { toPageSchema, type ErrorMessage, type ToPage } from './protocol';
import type { ToWorker } from './to-worker';

/** A message's error as the error it was. */
export const asError = (error: ErrorMessage): LoomError =>
  new LoomError(error.code, error.message, error.place, {
    ...(error.fix === undefined ? {} : { fix: error.fix }),
    ...(error.diagnostics === undefined ? {} : { diagnostics: error.diagnostics }),
  });

type Answer = Extract<ToPage, { id: string }>;
type WithoutId<T> = T extends { id: string } ? Omit<T, 'id'> : never;
type Request = WithoutId<Extract<ToWorker, { id: string }>>;

export interface EngineClient {
  send(message: ToWorker): void;
  /** Resolves with the answer, rejects with a LoomError. */
  ask(request: Request, signal?: AbortSignal): Promise<Answer>;
  readonly inspect: InspectClient;
  dispose(): void;
}

const baseUrl = (): string => new URL('./', document.baseURI).href;

/** Starts a worker. `onMessage` gets everything that is not an answer; `onCrash` when the worker dies. */
export function createEngineClient(options: {
  readonly backend: BackendChoice;
  /** Whose graph is looked into: the tab that is shown. */
  readonly tab: () => string;
  readonly onMessage: (message: Exclude<ToPage, Answer>) => void;
  readonly onCrash: (reason: string) => void;
}): EngineClient {
  const worker = new Worker(new URL('./engine.worker.ts', import.meta.url), {
    type: 'module',
    name: 'engine',
  });
  const waiting = new Map<
    string,
    { resolve: (answer: Answer) => void; reject: (error: LoomError) => void }
  >();
  const send = (message: ToWorker): void => worker.postMessage(message);

  worker.addEventListener('message', (event: MessageEvent<unknown>) => {
    const parsed = toPageSchema.safeParse(event.data);
    if (!parsed.success) {
      options.onCrash(`The worker sent a message that is not in the protocol: ${parsed.error.message}`);
      return;
    }
    const message = parsed.data;
    if (!('id' in message)) {
      options.onMessage(message);
      return;
    }
    const pending = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.type === 'error') pending?.reject(asError(message.error));
    else pending?.resolve(message);
  });
  const crash = (reason: string): void => {
    for (const { reject } of waiting.values()) reject(new LoomError('internal', reason));
    waiting.clear();
    options.onCrash(reason);
  };
  worker.addEventListener('error', (event) => crash(event.message || 'The engine stopped unexpectedly.'));
  worker.addEventListener('messageerror', () => crash('The engine sent a message that cannot be read.'));
  send({ type: 'start', backend: options.backend, base: baseUrl() });

  const ask = (request: Request, signal?: AbortSignal): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const id = nanoid(8);
      const abandon = (): void => {
        waiting.delete(id);
        reject(new LoomError('cancelled', 'Cancelled.'));
      };
      if (signal?.aborted === true) {
        abandon();
        return;
      }
      waiting.set(id, { resolve, reject });
      signal?.addEventListener('abort', abandon, { once: true });
      send({ ...request, id });
    });

  return {
    send,
    ask,
    inspect: inspectClient(ask, options.tab),
    dispose() {
      worker.terminate();
      for (const { reject } of waiting.values()) reject(new LoomError('cancelled', 'Cancelled.'));
      waiting.clear();
    },
  };
}

const unexpected = (answer: Answer | InspectReply): LoomError =>
  new LoomError('internal', `The engine answered "${answer.type}", which was not asked for.`);

function inspectClient(ask: EngineClient['ask'], tab: () => string): InspectClient {
  /** The reply in the inspector's own words, whose schema comes with the first question. */
  const replyTo = async (
    request: WithoutId<InspectRequest>,
    signal: AbortSignal | undefined,
  ): Promise<InspectReply> => {
    const [answer, { inspectReplySchema }] = await Promise.all([
      ask(request, signal),
      import('../_snapshots/messages'),
    ]);
    if (answer.type !== 'inspected') throw unexpected(answer);
    const parsed = inspectReplySchema.safeParse(answer.reply);
    if (parsed.success) return parsed.data;
    throw new LoomError('internal', `Not in the inspector's protocol: ${parsed.error.message}`);
  };
  const snapshotOf = async (request: WithoutId<InspectRequest>, signal?: AbortSignal) => {
    const answer = await replyTo(request, signal);
    if (answer.type === 'snapshot') return answer.snapshot;
    if (answer.type === 'not-computed') return undefined;
    throw unexpected(answer);
  };
  const must = async (request: WithoutId<InspectRequest>, signal?: AbortSignal) => {
    const snapshot = await snapshotOf(request, signal);
    if (snapshot === undefined) throw new LoomError('bad-input', 'Nothing has been computed there yet.');
    return snapshot;
  };
  return {
    inspect: (node, port, signal) => snapshotOf({ type: 'inspect', tab: tab(), node, port }, signal),
    decode: (node, port, signal) => must({ type: 'inspect-decode', tab: tab(), node, port }, signal),
    async trajectory(node, signal) {
      const answer = await replyTo({ type: 'trajectory', tab: tab(), node }, signal);
      if (answer.type === 'trajectory') return answer.trajectory;
      throw unexpected(answer);
    },
    async trajectoryStep(node, step, signal) {
      const answer = await replyTo({ type: 'trajectory-step', tab: tab(), node, step }, signal);
      if (answer.type === 'trajectory-step') return { x: answer.x, denoised: answer.denoised };
      throw unexpected(answer);
    },
    decodeStep: (node, step, which, signal) =>
      must({ type: 'trajectory-decode', tab: tab(), node, step, which }, signal),
  };
}
