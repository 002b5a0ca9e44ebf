/** `loom run`: computes a graph and writes the pictures it makes. */
import { join, parse } from 'node:path';
import { encodeImage } from '@/app/_formats/png/image';
import { embedGraph } from '@/app/_formats/png/png';
import {
  LoomError,
  infer,
  plan,
  type ImageValue,
  type LoomDocument,
  type NodeRegistry,
  type RunFile,
  type RunOptions,
  type RunResult,
  getOwn,
} from '@/engine';
import { registryOf, type WithNodes } from './node-packs';
import { diagnosticLine, readDocument } from './document';
import { nodeEngine, type NodeEngine } from './node-engine';
import { setParam, setSeed } from './overrides';
import { asFormat, pictureOutput } from './picture-output';
import { whyMissing } from './packages';
import { progressView } from './progress';
import { writeWhole } from './system-files';

export interface RunCommand extends WithNodes {
  readonly set: readonly string[];
  readonly seed?: string;
  readonly out: string;
  readonly node?: string;
  readonly models?: string;
  readonly threads?: string;
  readonly metadata: boolean;
  readonly json?: boolean;
}

/** The document as the command line changes it. @throws LoomError where a change does not fit. */
export function prepared(
  document: LoomDocument,
  registry: NodeRegistry,
  options: { readonly set: readonly string[]; readonly seed?: string },
): LoomDocument {
  const seeded = options.seed === undefined ? document : setSeed(document, registry, options.seed);
  return options.set.reduce((current, assignment) => setParam(current, registry, assignment), seeded);
}

/**
 * Runs a document on an engine with progress on the terminal; Ctrl+C cancels.
 * @returns what was made, and the nodes that were asked for and did not run
 * @throws LoomError `invalid-graph` when nothing that was asked for can run, or the first failure.
 */
export async function execute(
  engine: NodeEngine,
  document: LoomDocument,
  targets?: readonly string[],
  onFile?: RunOptions['onFile'],
): Promise<RunResult & { readonly left: readonly string[] }> {
  const inference = infer({ document, registry: engine.registry, catalog: engine.catalog });
  const planned = plan(inference, { targets, device: engine.backend.info });
  if (planned.targets.length === 0) {
    const diagnostics = planned.blocked.flatMap((blocked) => blocked.diagnostics);
    const unusable = whyMissing(engine, diagnostics);
    if (unusable) throw unusable;
    throw new LoomError(
      'invalid-graph',
      'Nothing in this graph can run.',
      {},
      { diagnostics, fix: 'Fix what is listed; `loom validate` says the same.' },
    );
  }
  for (const { node, diagnostics } of planned.blocked)
    for (const { message } of diagnostics) console.error(`not run: ${node}: ${message}`);
  for (const warning of planned.warnings) console.error(diagnosticLine(warning));
  const view = progressView();
  const stop = new AbortController();
  const cancel = () => stop.abort();
  process.once('SIGINT', cancel);
  try {
    const result = await engine.executor.run(planned, {
      signal: stop.signal,
      onFile,
      onEvent(event) {
        if (event.type === 'progress') view.update(event.node, event.progress);
        if (event.type === 'node-finished') view.done(event.node);
      },
    });
    const [failure] = result.failed;
    if (result.status === 'cancelled') throw new LoomError('cancelled', 'Cancelled.');
    if (failure) throw failure.error.at({ node: failure.node });
    return { ...result, left: planned.blocked.map(({ node }) => node) };
  } finally {
    process.off('SIGINT', cancel);
    view.stop();
  }
}

/** The pictures of a run: what its targets put out, else (at an Image node) what reached them. */
function pictures(engine: NodeEngine, document: LoomDocument, result: RunResult) {
  return result.targets.flatMap(({ node, iteration }) => {
    const definition = engine.registry.get(getOwn(document.nodes, node)?.type ?? '');
    const made = Object.values(definition?.outputs ?? {}).some(({ type }) => type.kind === 'image');
    const side = definition?.sink && !made ? ('in' as const) : ('out' as const);
    const ports = (side === 'in' ? definition?.inputs : definition?.outputs) ?? {};
    return Object.entries(ports)
      .filter(([, port]) => port.type.kind === 'image')
      .flatMap(([port]) => {
        const borrowed = engine.executor.borrow({ node, port, side, iteration });
        return borrowed?.value.kind === 'image'
          ? [{ node, image: borrowed.value, release: () => borrowed.release() }]
          : [];
      });
  });
}

/** The seed that the picture is made of, where the graph has just one. */
function onlySeed(document: LoomDocument, registry: NodeRegistry): string | undefined {
  const seeds = Object.values(document.nodes).flatMap((node) =>
    Object.entries(registry.get(node.type)?.params.shape ?? {})
      .filter(([, field]) => field.meta()?.widget === 'seed')
      .map(([param]) => node.params[param]),
  );
  return seeds.length === 1 && typeof seeds[0] === 'string' ? seeds[0] : undefined;
}

/** One PNG for each element of a batch, with the graph inside. */
async function encoded(
  image: ImageValue,
  node: string,
  document: LoomDocument,
  registry: NodeRegistry,
  metadata: boolean,
): Promise<readonly Uint8Array[]> {
  const data = await image.pixels.read();
  if (!(data instanceof Float32Array))
    throw new LoomError('bad-output', 'A picture must be float32.', { node });
  const { dims } = image.pixels;
  return Array.from({ length: dims[0] ?? 0 }, (_, element) => {
    const png = encodeImage({ dims, data }, element);
    const seed = onlySeed(document, registry);
    return metadata
      ? embedGraph(png, { document, node, element, ...(seed === undefined ? {} : { seed }) })
      : png;
  });
}

/** The path, numbered where one of the same name was written already. */
function unused(path: string, written: readonly string[]): string {
  const { dir, name, ext } = parse(path);
  let free = path;
  for (let number = 2; written.includes(free); number++) free = join(dir, `${name}-${number}${ext}`);
  return free;
}

/**
 * Writes pictures to `--out`, and what saving nodes made beside them.
 * @returns 0 when everything that was asked for ran, 1 when a part of it did not
 */
export async function run(file: string, options: RunCommand): Promise<number> {
  const output = await pictureOutput(options.out);
  const registry = await registryOf(options);
  const document = prepared(await readDocument(file), registry, options);
  const engine = await nodeEngine({ ...options, registry });
  try {
    const saved: RunFile[] = [];
    const targets = options.node === undefined ? undefined : [options.node];
    const result = await execute(engine, document, targets, (_, made) => saved.push(made));
    const found = pictures(engine, document, result);
    const files: Uint8Array[] = [];
    try {
      for (const { image, node } of found)
        files.push(...(await encoded(image, node, document, registry, options.metadata)));
    } finally {
      for (const { release } of found) release();
    }
    if (files.length + saved.length === 0)
      throw new LoomError(
        'bad-output',
        'The graph made no picture and saved no file.',
        {},
        { fix: 'Add an Image node, or name one with --node.' },
      );
    if (output.format !== 'png' && options.metadata && files.length > 0)
      console.error('The graph is not in the picture: only a PNG carries it.');
    const written: string[] = [];
    for (const [index, png] of files.entries()) {
      const path = output.pathOf(index, files.length);
      await writeWhole(path, await asFormat(png, output.format));
      written.push(path);
    }
    for (const made of saved) {
      const path = unused(join(output.folder, parse(made.name).base), written);
      await writeWhole(path, made.bytes);
      written.push(path);
    }
    if (options.json) {
      const { seconds, ran } = result;
      const print = written.includes('-') ? console.error : console.log;
      print(JSON.stringify({ files: written, backend: engine.backend.info, seconds, ran }, null, 2));
    } else if (process.stderr.isTTY) {
      for (const path of written) console.error(`${path}  ${result.seconds.toFixed(1)} s`);
    }
    return result.left.length > 0 ? 1 : 0;
  } finally {
    await engine.dispose();
  }
}
