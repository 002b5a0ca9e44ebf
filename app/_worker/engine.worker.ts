/// <reference lib="webworker" />
/**
 * The worker's entry. It says at once what will compute; the engine itself, with
 * onnxruntime, the tokenizers and the rest of the protocol, is fetched with the
 * first thing asked of it.
 */
import '../_security/no-eval';
import type * as z from 'zod/mini';
import { LoomError, toLoomError } from '@/engine/types';
import { chooseBackend } from '@/engine/tensor/choice';
import { budgetSchema, envelopeSchema, startSchema } from './entry-messages';
import { errorMessage } from './error-message';
import type { ToPage } from './protocol';

type Engine = typeof import('./runtime');
type Start = z.output<typeof startSchema>;

let start: Start | undefined;
let engine: Promise<Engine> | undefined;
/** How much of a sampling the engine keeps, told before there is one. */
let budget: z.output<typeof budgetSchema> | undefined;

const post = (message: ToPage, transfer: Transferable[] = []): void =>
  self.postMessage(message, { transfer });

self.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const first = startSchema.safeParse(data);
  if (first.success) {
    start = first.data;
    void announce(first.data);
    return;
  }
  const early = engine === undefined ? budgetSchema.safeParse(data) : undefined;
  if (early?.success === true) {
    budget = early.data;
    post({ type: 'done', id: early.data.id });
    return;
  }
  // Messages wait in their order: promise callbacks run in the order they were added.
  open()
    .then(({ take }) => take(data))
    .catch((thrown: unknown) => refuse(data, toLoomError(thrown)));
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
  engine ??= import('./runtime').then(
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

/** Answers what could not be taken; a message that nobody waits for stops the worker's work, as an error that nobody caught. */
function refuse(data: unknown, error: LoomError): void {
  const { type, run, id } = envelopeSchema.safeParse(data).data ?? {};
  if (type === 'cancel') return;
  if (type === 'run' && run !== undefined)
    post({ type: 'run-finished', run, outcome: 'failed', ms: 0, error: errorMessage(error) });
  else if (id !== undefined) post({ type: 'error', id, error: errorMessage(error) });
  else self.reportError(error);
}
