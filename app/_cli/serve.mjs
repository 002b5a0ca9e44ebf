/**
 * Serves the build: `node app/_cli/serve.mjs`. PORT and HOST are honoured; without HOST only this machine is served.
 * Nothing here takes a body, so every method but GET and HEAD is refused before Next sees it.
 */
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import next from 'next';

const dir = fileURLToPath(new URL('../../', import.meta.url));

/**
 * @param {{ port: number, host: string }} at
 * @returns {Promise<import('node:http').Server>} listening
 */
export async function serve({ port, host }) {
  const app = next({ dev: false, dir, hostname: host, port, quiet: true });
  await app.prepare();
  const handle = app.getRequestHandler();
  const server = createServer((request, response) => {
    if (request.method === 'GET' || request.method === 'HEAD') {
      void handle(request, response);
      return;
    }
    // The body is not read: the connection ends with the answer.
    response.writeHead(405, { allow: 'GET, HEAD', connection: 'close', 'content-length': '0' }).end();
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(undefined));
  });
  return server;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const port = Number(process.env.PORT ?? 3000);
  const host = process.env.HOST ?? '127.0.0.1';
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    console.error(`PORT wants a number from 0 to 65535, not "${process.env.PORT}".`);
    process.exit(2);
  }
  serve({ port, host }).catch((error) => {
    console.error(`The editor cannot be served at ${host}:${port}: ${error.message}`);
    process.exit(1);
  });
}
