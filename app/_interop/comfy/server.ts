/**
 * Runs a prompt on a ComfyUI server that the person named: its `/prompt`, progress over its WebSocket, the
 * pictures from `/view`. Nothing is asked of any other address, no redirect is followed, and no cookie or
 * referrer goes along.
 */
import { z } from 'zod';
import { LoomError } from '@/engine';
import { integerJson, parseLooseJson, writeLooseJson, type Json } from './json';
import type { Prompt } from './workflow';

/** Opens a WebSocket and hears of it until it is closed. */
export type Connect = (
  url: string,
  on: {
    readonly open: () => void;
    /** Text, or the bytes of a binary message. */
    readonly message: (data: unknown) => void;
    /** Closed, or never opened. */
    readonly end: () => void;
  },
) => { readonly close: () => void };

/** What is used of a WebSocket. */
export interface SocketLike {
  binaryType: string;
  addEventListener(
    type: 'open' | 'close' | 'error' | 'message',
    listener: (event: { readonly data?: unknown }) => void,
  ): void;
  close(): void;
}

/** With the browser's WebSocket, or one of a package that behaves as it does. */
export const connectWith =
  (open: (url: string) => SocketLike): Connect =>
  (url, on) => {
    const socket = open(url);
    let heard = true;
    const hear = (listener: (data: unknown) => void) => (event: { readonly data?: unknown }) => {
      if (heard) listener(event.data);
    };
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', hear(on.open));
    socket.addEventListener('message', hear(on.message));
    socket.addEventListener('close', hear(on.end));
    socket.addEventListener('error', hear(on.end));
    return {
      close: () => {
        heard = false;
        socket.close();
      },
    };
  };

export interface ServerOptions {
  /** `http://127.0.0.1:8188`; a path in front of ComfyUI's own is kept. */
  readonly address: string;
  readonly fetch: typeof fetch;
  readonly connect: Connect;
  /** Names this client to the server. */
  readonly clientId: string;
}

export interface ServerProgress {
  /** The node that is computed, by its id in the prompt. */
  readonly node: string;
  readonly done?: number;
  readonly total?: number;
}
export interface ServerPicture {
  readonly node: string;
  readonly name: string;
  readonly mime: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}
export interface ServerRun {
  readonly prompt: Prompt;
  /** Kept in the pictures that the server saves. */
  readonly workflow?: Json;
  /** Input pictures by the names that the prompt has for them. */
  readonly uploads?: readonly { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }[];
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ServerProgress) => void;
  /** An unfinished picture: JPEG or PNG. */
  readonly onPreview?: (mime: 'image/jpeg' | 'image/png', bytes: Uint8Array) => void;
}

/** Bytes of one picture and of one answer at most. */
const pictureLimit = 256 << 20;
const answerLimit = 16 << 20;
/** Pictures of one run at most. */
const mostPictures = 1024;

const queuedSchema = z.object({ prompt_id: z.string() });
const nodeErrors = z
  .record(
    z.string(),
    z.looseObject({
      class_type: z.string().catch(''),
      errors: z
        .array(z.looseObject({ message: z.string().catch(''), details: z.string().catch('') }))
        .catch([]),
    }),
  )
  .catch({});
const refusedSchema = z.object({
  error: z.union([z.string(), z.looseObject({ message: z.string() }).transform(({ message }) => message)]),
  node_errors: nodeErrors,
});
const id = z.union([z.string(), z.number().transform(String)]);
const pictures = z
  .array(
    z.object({
      filename: z.string().max(1000),
      subfolder: z.string().max(1000).catch(''),
      type: z.string().max(50).catch('output'),
    }),
  )
  .catch([]);
const eventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('progress'),
    data: z.looseObject({
      value: z.number(),
      max: z.number(),
      node: id.nullish(),
      prompt_id: z.string().optional(),
    }),
  }),
  z.object({
    type: z.literal('executing'),
    data: z.looseObject({ node: id.nullish(), prompt_id: z.string().optional() }),
  }),
  z.object({
    type: z.literal('executed'),
    data: z.looseObject({
      node: id,
      prompt_id: z.string(),
      output: z.looseObject({ images: pictures.optional() }).nullish(),
    }),
  }),
  z.object({ type: z.literal('execution_success'), data: z.looseObject({ prompt_id: z.string() }) }),
  z.object({ type: z.literal('execution_interrupted'), data: z.looseObject({ prompt_id: z.string() }) }),
  z.object({
    type: z.literal('execution_error'),
    data: z.looseObject({
      prompt_id: z.string(),
      node_id: id.nullish(),
      node_type: z.string().catch(''),
      exception_message: z.string().catch(''),
    }),
  }),
]);
type ServerEvent = z.output<typeof eventSchema>;

/**
 * The address that a person typed, as the base of every request.
 * @throws LoomError `invalid-param` for anything but http or https, or with a name and password in it
 */
export function serverBase(address: string): URL {
  const typed = address.trim();
  const whole = /^[a-z][a-z\d+.-]*:\/\//i.test(typed) ? typed : `http://${typed}`;
  let url: URL | undefined;
  try {
    url = new URL(whole);
  } catch {
    // Said below.
  }
  if (
    !url ||
    (url.protocol !== 'http:' && url.protocol !== 'https:') ||
    url.username !== '' ||
    url.password !== ''
  )
    throw new LoomError(
      'invalid-param',
      `“${typed.slice(0, 200)}” is not the address of a server.`,
      {},
      {
        fix: 'Type it like http://127.0.0.1:8188.',
      },
    );
  url.hash = url.search = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/**
 * Runs a prompt and gives the pictures that its nodes put out, in the order they came.
 * @throws LoomError `network` (no server, cut off), `invalid-graph` (refused: which node and why),
 *   `node-failed`, `cancelled`, `too-large`, `bad-output` (an answer that is none of ComfyUI's)
 */
export async function runOnServer(options: ServerOptions, run: ServerRun): Promise<readonly ServerPicture[]> {
  const base = serverBase(options.address);
  run.signal.throwIfAborted?.();
  const ask = request(options, base, run.signal);
  for (const { name, bytes } of run.uploads ?? []) await upload(ask, name, bytes);
  const events = listen(options, base);
  const stop = (): void => events.end(new LoomError('cancelled', 'Cancelled.'));
  run.signal.addEventListener('abort', stop);
  let queued: string | undefined;
  try {
    await events.opened;
    queued = await queue(ask, options.clientId, run);
    return await collect(events, queued, run, ask);
  } catch (thrown) {
    if (run.signal.aborted && queued !== undefined) await interrupt(options, base, queued);
    throw run.signal.aborted ? new LoomError('cancelled', 'Cancelled.', {}, { cause: thrown }) : thrown;
  } finally {
    run.signal.removeEventListener('abort', stop);
    events.close();
  }
}

type Ask = (path: string, init?: RequestInit) => Promise<Response>;

function request({ fetch: send }: ServerOptions, base: URL, signal: AbortSignal): Ask {
  return async (path, init = {}) => {
    try {
      return await send(new URL(path, base), {
        ...init,
        signal,
        redirect: 'error',
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
      });
    } catch (cause) {
      if (signal.aborted) throw new LoomError('cancelled', 'Cancelled.', {}, { cause });
      throw new LoomError(
        'network',
        `The server ${base.host} does not answer.`,
        {},
        {
          cause,
          fix: 'Check the address, and that ComfyUI runs with --enable-cors-header for this page.',
        },
      );
    }
  };
}

async function queue(ask: Ask, clientId: string, run: ServerRun): Promise<string> {
  const response = await ask('prompt', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: writeLooseJson({
      prompt: run.prompt,
      client_id: clientId,
      ...(run.workflow !== undefined && { extra_data: { extra_pnginfo: { workflow: run.workflow } } }),
    }),
  });
  const answer = await readJson(response);
  const refused = refusedSchema.safeParse(answer);
  if (!response.ok || refused.success) {
    const found = refused.success ? Object.entries(refused.data.node_errors) : [];
    const [first] = found;
    const why = found.map(
      ([node, { class_type: type, errors }]) =>
        `${type} (${node}): ${errors.map(({ message, details }) => `${message} ${details}`.trim()).join('; ')}`,
    );
    throw new LoomError(
      'invalid-graph',
      `The server does not take this graph: ${[refused.success ? refused.data.error : `status ${response.status}`, ...why].join(' ').slice(0, 2000)}`,
      first ? { node: first[0] } : {},
    );
  }
  const queued = queuedSchema.safeParse(answer);
  if (!queued.success) throw notComfy();
  return queued.data.prompt_id;
}

async function collect(
  events: Events,
  queued: string,
  run: ServerRun,
  ask: Ask,
): Promise<readonly ServerPicture[]> {
  const found: ServerPicture[] = [];
  let current: string | undefined;
  for (;;) {
    const event = await events.next();
    if ('preview' in event) {
      run.onPreview?.(event.mime, event.preview);
      continue;
    }
    // Other clients' prompts run on the same server.
    if (event.data.prompt_id !== undefined && event.data.prompt_id !== queued) continue;
    switch (event.type) {
      case 'progress': {
        const node = event.data.node ?? current;
        if (node !== undefined) run.onProgress?.({ node, done: event.data.value, total: event.data.max });
        break;
      }
      case 'executing':
        // No node: this prompt is done (versions before `execution_success`).
        if (event.data.node === null || event.data.node === undefined) {
          if (event.data.prompt_id === queued) return found;
          break;
        }
        current = event.data.node;
        run.onProgress?.({ node: current });
        break;
      case 'executed':
        for (const { filename, subfolder, type } of event.data.output?.images ?? []) {
          if (found.length >= mostPictures)
            throw new LoomError('too-large', `The server gives more than ${mostPictures} pictures.`);
          const query = new URLSearchParams({ filename, subfolder, type });
          const response = await ask(`view?${query.toString()}`);
          if (!response.ok)
            throw new LoomError(
              'network',
              `The server has no picture ${filename} (status ${response.status}).`,
            );
          found.push({
            node: event.data.node,
            name: filename,
            mime: response.headers.get('content-type') ?? 'image/png',
            bytes: await readBytes(response, pictureLimit),
          });
        }
        break;
      case 'execution_success':
        return found;
      case 'execution_interrupted':
        throw new LoomError('cancelled', 'The run was stopped on the server.');
      case 'execution_error':
        throw new LoomError(
          'node-failed',
          `${event.data.node_type} failed on the server: ${event.data.exception_message.slice(0, 2000)}`,
          event.data.node_id === null || event.data.node_id === undefined ? {} : { node: event.data.node_id },
        );
    }
  }
}

interface Preview {
  readonly preview: Uint8Array;
  readonly mime: 'image/jpeg' | 'image/png';
}
interface Events {
  readonly opened: Promise<void>;
  readonly next: () => Promise<ServerEvent | Preview>;
  readonly end: (error: LoomError) => void;
  readonly close: () => void;
}

/** The server's messages one after the other; what is no message of ComfyUI's is passed over. */
function listen({ connect, clientId }: ServerOptions, base: URL): Events {
  const url = new URL(`ws?clientId=${encodeURIComponent(clientId)}`, base);
  url.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:';
  const waiting: (ServerEvent | Preview)[] = [];
  let ended: LoomError | undefined;
  let wake: (() => void) | undefined;
  let open: (() => void) | undefined;
  let refuse: ((error: LoomError) => void) | undefined;
  const opened = new Promise<void>((resolve, reject) => {
    open = resolve;
    refuse = reject;
  });
  const end = (error: LoomError): void => {
    ended ??= error;
    refuse?.(error);
    wake?.();
  };
  // Whoever waits hears of it; nobody else has to.
  opened.catch(() => undefined);
  const socket = connect(url.href, {
    open: () => open?.(),
    end: () => end(new LoomError('network', `The server ${base.host} does not listen, or has hung up.`)),
    message: (data) => {
      const event = typeof data === 'string' ? eventOf(data) : previewOf(data);
      if (event === undefined) return;
      // A preview is worth its moment only.
      if ('preview' in event && waiting.some((other) => 'preview' in other)) return;
      waiting.push(event);
      wake?.();
    },
  });
  return {
    opened,
    end,
    close: () => socket.close(),
    next: async () => {
      for (;;) {
        const event = waiting.shift();
        if (event !== undefined) return event;
        if (ended) throw ended;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

function eventOf(text: string): ServerEvent | undefined {
  if (text.length > answerLimit) return undefined;
  try {
    const parsed = eventSchema.safeParse(parseLooseJson(text));
    return parsed.success ? parsed.data : undefined;
  } catch (thrown) {
    if (thrown instanceof LoomError) return undefined;
    throw thrown;
  }
}

/** A binary message: event 1 (a preview), the format (1 JPEG, 2 PNG), the picture; all numbers big-endian. */
function previewOf(data: unknown): Preview | undefined {
  if (!(data instanceof ArrayBuffer) || data.byteLength < 8 || data.byteLength > answerLimit)
    return undefined;
  const view = new DataView(data);
  if (view.getUint32(0) !== 1) return undefined;
  return {
    mime: view.getUint32(4) === 2 ? 'image/png' : 'image/jpeg',
    preview: new Uint8Array(data, 8),
  };
}

async function upload(ask: Ask, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const form = new FormData();
  form.append('image', new Blob([bytes]), name);
  form.append('overwrite', 'true');
  const response = await ask('upload/image', { method: 'POST', body: form });
  if (!response.ok)
    throw new LoomError(
      'network',
      `The server does not take the picture ${name} (status ${response.status}).`,
    );
}

/** Best effort: the run is over for us whatever the server says. */
async function interrupt(options: ServerOptions, base: URL, queued: string): Promise<void> {
  const ask = request(options, base, new AbortController().signal);
  const body = (value: Json): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  });
  await ask('queue', body({ delete: [queued] })).catch(() => undefined);
  await ask('interrupt', body({ prompt_id: queued })).catch(() => undefined);
}

async function readJson(response: Response): Promise<Json> {
  const bytes = await readBytes(response, answerLimit);
  try {
    return parseLooseJson(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw notComfy(cause);
  }
}

/** A body, refused as soon as it is longer than the limit. */
async function readBytes(response: Response, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const reader = response.body?.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    size += part.value.length;
    if (size > limit) {
      await reader?.cancel();
      throw new LoomError(
        'too-large',
        `The server sends more than ${limit >> 20} MiB at once.`,
        {},
        {
          details: { limit, size },
        },
      );
    }
    parts.push(part.value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const notComfy = (cause?: unknown): LoomError =>
  new LoomError(
    'bad-output',
    'This is no answer of a ComfyUI server.',
    {},
    {
      cause,
      fix: 'Check the address: another program may listen there.',
    },
  );

/** The prompt with every seed replaced: the server caches a prompt that it has run before. */
export function withSeed(prompt: Prompt, seed: string): Prompt {
  return Object.fromEntries(
    Object.entries(prompt).map(([node, { inputs, ...rest }]) => [
      node,
      {
        ...rest,
        inputs: Object.fromEntries(
          Object.entries(inputs).map(([name, value]) => [
            name,
            (name === 'seed' || name === 'noise_seed') && !Array.isArray(value) ? integerJson(seed) : value,
          ]),
        ),
      },
    ]),
  );
}
