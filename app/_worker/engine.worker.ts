/// <reference lib="webworker" />
/**
 * The worker's door. It says at once what will compute; the engine itself, with
 * onnxruntime and the tokenizers, is fetched with the first thing asked of it.
 */
import { LoomError, toLoomError } from '@/engine/types';
import { chooseBackend } from '@/engine/tensor/choice';
import { errorMessage, toWorkerSchema, type ToPage, type ToWorker } from './protocol';

type Engine = typeof import('./engine');
type Of<T extends ToWorker['type']> = Extract<ToWorker, { type: T }>;
type Start = Of<'start'>;

let start: Start | undefined;
let engine: Promise<Engine> | undefined;
/** How much of a sampling the engine keeps, told before there is one. */
let budget: Of<'trajectory-budget'> | undefined;

const post = (message: ToPage, transfer: Transferable[] = []): void =>
  self.postMessage(message, { transfer });

self.addEventListener('message', (event: MessageEvent<unknown>) => {
  const parsed = toWorkerSchema.safeParse(event.data);
  if (!parsed.success) throw new LoomError('internal', `Not in the protocol: ${parsed.error.message}`);
  const message = parsed.data;
  if (message.type === 'start') {
    start = message;
    void announce(message);
    return;
  }
  if (message.type === 'trajectory-budget' && engine === undefined) {
    budget = message;
    post({ type: 'done', id: message.id });
    return;
  }
  // Messages wait in their order: promise callbacks run in the order they were added.
  open()
    .then(({ take }) => take(message))
    .catch((thrown: unknown) => refuse(message, toLoomError(thrown)));
});

async function announce({ backend }: Start): Promise<void> {
  try {
    const { info } = await chooseBackend({ prefer: backend });
    post({ type: 'ready', backend: { ...info, limits: [...info.limits] } });
  } catch (thrown) {
    post({ type: 'start-failed', error: errorMessage(toLoomError(thrown)) });
  }
}

/** The engine; a fetch that failed is tried again by the next message. */
function open(): Promise<Engine> {
  engine ??= import('./engine').then(
    (found) => {
      if (start === undefined) throw new LoomError('internal', 'The engine was not started.');
      found.begin(start.base, start.backend, post);
      if (budget !== undefined) found.take(budget);
      return found;
    },
    (cause: unknown) => {
      engine = undefined;
      throw new LoomError('network', 'The engine could not be fetched.', {}, { cause });
    },
  );
  return engine;
}

function refuse(message: Exclude<ToWorker, Start>, error: LoomError): void {
  if (message.type === 'cancel') return;
  if (message.type === 'run')
    post({ type: 'run-finished', run: message.run, outcome: 'failed', ms: 0, error: errorMessage(error) });
  else post({ type: 'error', id: message.id, error: errorMessage(error) });
}
