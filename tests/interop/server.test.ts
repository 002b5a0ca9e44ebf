/** Running on a ComfyUI server: against one of our own on loopback that speaks as ComfyUI does. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import {
  connectWith,
  runOnServer,
  serverBase,
  withSeed,
  type ServerProgress,
  type SocketLike,
} from '@/app/_interop/comfy/server';
import { parsePrompt } from '@/app/_interop/comfy/workflow';
import { LoomError } from '@/engine';
import { plainPrompt } from './comfy-files';

type Script = (send: (message: object | Uint8Array) => void, id: string) => void | Promise<void>;
const servers: { readonly http: Server; readonly sockets: WebSocketServer }[] = [];
afterEach(async () => {
  for (const { http, sockets } of servers.splice(0)) {
    for (const client of sockets.clients) client.terminate();
    sockets.close();
    await new Promise((resolve) => {
      http.close(resolve);
      http.closeAllConnections();
    });
  }
});

/** A server that answers a prompt with a script of messages; every request is noted. */
async function fake(script: Script, answers: { prompt?: () => [number, unknown]; view?: string } = {}) {
  const asked: { method: string; url: string; body: string; headers: Record<string, unknown> }[] = [];
  const sockets = new WebSocketServer({ noServer: true });
  const http = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString('latin1')));
    request.on('end', () => {
      const { method = '', url = '' } = request;
      asked.push({ method, url, body, headers: request.headers });
      if (url === '/prompt') {
        const [status, answer] = answers.prompt?.() ?? [200, { prompt_id: 'p1', number: 1, node_errors: {} }];
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
        for (const client of sockets.clients)
          void script(
            (message) => client.send(message instanceof Uint8Array ? message : JSON.stringify(message)),
            'p1',
          );
      } else if (url.startsWith('/view')) {
        response.writeHead(200, { 'content-type': 'image/png' });
        response.end(answers.view ?? 'PNG');
      } else if (url === '/elsewhere') response.end();
      else response.end('{}');
    });
  });
  http.on('upgrade', (request, socket, head) => {
    asked.push({ method: 'WS', url: request.url ?? '', body: '', headers: request.headers });
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
  });
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  servers.push({ http, sockets });
  const { port } = http.address() as AddressInfo;
  return { asked, sockets, address: `127.0.0.1:${port}` };
}
/** The package's socket as the browser's. */
const socketOf = (url: string): SocketLike => {
  const inner = new WebSocket(url);
  inner.binaryType = 'arraybuffer';
  return {
    binaryType: 'arraybuffer',
    addEventListener: (type, listener) => {
      if (type === 'message') inner.addEventListener('message', ({ data }) => listener({ data }));
      else inner.addEventListener(type, () => listener({}));
    },
    close: () => inner.close(),
  };
};
const prompt = parsePrompt(plainPrompt);
const optionsFor = (address: string) => ({ address, fetch, connect: connectWith(socketOf), clientId: 'me' });
const run = (address: string, more: Partial<Parameters<typeof runOnServer>[1]> = {}) =>
  runOnServer(optionsFor(address), { prompt, signal: new AbortController().signal, ...more });
const failure = async (job: Promise<unknown>): Promise<LoomError> => {
  try {
    await job;
  } catch (error) {
    if (error instanceof LoomError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};
const picture = { filename: 'a b.png', subfolder: 'sub', type: 'output' };

describe('a run on a ComfyUI server', () => {
  it('queues, shows progress and previews, fetches what came out; other clients’ messages are not ours', async () => {
    const server = await fake((send, id) => {
      send({ type: 'status', data: { status: { exec_info: { queue_remaining: 1 } } } });
      send({ type: 'executing', data: { node: '3', prompt_id: id } });
      send({ type: 'progress', data: { value: 9, max: 20, node: '8', prompt_id: 'another' } });
      send({ type: 'progress', data: { value: 5, max: 20, node: '3', prompt_id: id } });
      send(Uint8Array.from([0, 0, 0, 1, 0, 0, 0, 2, 80, 78, 71]));
      send(Uint8Array.from([1, 2]));
      send({ type: 'executed', data: { node: '9', prompt_id: 'another', output: { images: [picture] } } });
      send({ type: 'executed', data: { node: '9', prompt_id: id, output: { images: [picture] } } });
      send({ type: 'execution_success', data: { prompt_id: id } });
    });
    const progress: ServerProgress[] = [];
    const previews: string[] = [];
    const found = await run(server.address, {
      workflow: { nodes: [] },
      uploads: [{ name: 'in.png', bytes: Uint8Array.from([1]) }],
      onProgress: (step) => progress.push(step),
      onPreview: (mime, bytes) => previews.push(`${mime} ${bytes.length}`),
    });
    expect(found).toMatchObject([{ node: '9', name: 'a b.png', mime: 'image/png' }]);
    expect(new TextDecoder().decode(found[0]?.bytes)).toBe('PNG');
    expect(progress).toEqual([{ node: '3' }, { node: '3', done: 5, total: 20 }]);
    expect(previews).toEqual(['image/png 3']);
    expect(server.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /upload/image',
      'WS /ws?clientId=me',
      'POST /prompt',
      'GET /view?filename=a+b.png&subfolder=sub&type=output',
    ]);
    const queued: unknown = JSON.parse(server.asked[2]?.body ?? '');
    expect(queued).toEqual({
      prompt: plainPrompt,
      client_id: 'me',
      extra_data: { extra_pnginfo: { workflow: { nodes: [] } } },
    });
    for (const { headers } of server.asked) {
      expect(headers['cookie']).toBeUndefined();
      expect(headers['referer']).toBeUndefined();
    }
  });
  it('an older server is done when no node is executing any more', async () => {
    const server = await fake((send, id) => send({ type: 'executing', data: { node: null, prompt_id: id } }));
    expect(await run(server.address)).toEqual([]);
  });
  it('refusals name the node and why', async () => {
    const server = await fake(() => undefined, {
      prompt: () => [
        400,
        {
          error: {
            type: 'prompt_outputs_failed_validation',
            message: 'Prompt outputs failed validation',
            details: '',
          },
          node_errors: {
            '4': {
              class_type: 'CheckpointLoaderSimple',
              errors: [{ message: 'Value not in list', details: 'ckpt_name' }],
            },
          },
        },
      ],
    });
    const error = await failure(run(server.address));
    expect(error).toMatchObject({ code: 'invalid-graph', place: { node: '4' } });
    expect(error.message).toContain('Value not in list ckpt_name');
  });
  it('a node that fails, a stop on the server, a server that hangs up: each by its code', async () => {
    const failing = await fake((send, id) =>
      send({
        type: 'execution_error',
        data: { prompt_id: id, node_id: '3', node_type: 'KSampler', exception_message: 'out of memory' },
      }),
    );
    expect(await failure(run(failing.address))).toMatchObject({ code: 'node-failed', place: { node: '3' } });
    const stopped = await fake((send, id) =>
      send({ type: 'execution_interrupted', data: { prompt_id: id } }),
    );
    expect((await failure(run(stopped.address))).code).toBe('cancelled');
    const gone = await fake(() => {
      for (const client of gone.sockets.clients) client.terminate();
    });
    expect((await failure(run(gone.address))).code).toBe('network');
    expect((await failure(run('127.0.0.1:1'))).code).toBe('network');
  });
  it('cancelling interrupts this prompt on the server', async () => {
    const controller = new AbortController();
    const server = await fake((send, id) => {
      send({ type: 'executing', data: { node: '3', prompt_id: id } });
    });
    const error = await failure(
      run(server.address, { signal: controller.signal, onProgress: () => controller.abort() }),
    );
    expect(error.code).toBe('cancelled');
    expect(server.asked.slice(-2).map(({ url, body }) => `${url} ${body}`)).toEqual([
      '/queue {"delete":["p1"]}',
      '/interrupt {"prompt_id":"p1"}',
    ]);
  });
  it('what is no ComfyUI is said; a redirect is not followed', async () => {
    const other = await fake(() => undefined, { prompt: () => [200, '<html>'] });
    expect((await failure(run(other.address))).code).toBe('bad-output');
    const silent = await fake(() => undefined, { prompt: () => [200, { hello: 1 }] });
    expect((await failure(run(silent.address))).code).toBe('bad-output');
    const moved = await fake(() => undefined);
    const [entry] = servers.slice(-1);
    entry?.http.removeAllListeners('request');
    entry?.http.on('request', (_, response) => {
      response.writeHead(302, { location: `http://${other.address}/elsewhere` });
      response.end();
    });
    expect((await failure(run(moved.address))).code).toBe('network');
    expect(other.asked.some(({ url }) => url === '/elsewhere')).toBe(false);
  });
  it('addresses: only http and https, nothing secret in them', () => {
    expect(serverBase('127.0.0.1:8188').href).toBe('http://127.0.0.1:8188/');
    expect(serverBase(' https://example.org/comfy?x=1#y ').href).toBe('https://example.org/comfy/');
    for (const address of [
      '',
      'ftp://a',
      'javascript://a',
      'file:///etc',
      'http://me:secret@host',
      'http://',
    ])
      expect(() => serverBase(address)).toThrow(LoomError);
  });
  it('seeds are replaced where they are values', () => {
    const changed = withSeed(
      { ...prompt, '10': { class_type: 'X', inputs: { seed: ['3', 0] } } },
      '18446744073709551615',
    );
    expect(changed['3']?.inputs['seed']).toEqual({ $integer: '18446744073709551615' });
    expect(changed['10']?.inputs['seed']).toEqual(['3', 0]);
  });
});
