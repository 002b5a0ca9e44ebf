/** `loom inspect`: what flows at a port, written as numbers and pictures. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { exportsOf } from '@/app/_snapshots/export';
import { snapshot } from '@/app/_snapshots/snapshot';
import { LoomError, getOwn } from '@/engine';
import { readDocument } from './document';
import { nodeEngine } from './node-engine';
import { registryOf, type WithNodes } from './node-packs';
import { execute, prepared } from './run';
import { inWords, writeWhole } from './system-files';

interface InspectCommand extends WithNodes {
  readonly node: string;
  readonly port: string;
  readonly out: string;
  readonly set: readonly string[];
  readonly seed?: string;
  readonly models?: string;
  readonly threads?: string;
}

/**
 * Runs up to the node and writes the port's value: safetensors, .npy, and its
 * views as PNG, named `<node>.<port>.<suffix>`.
 * @returns 0 when files were written.
 */
export async function inspect(file: string, options: InspectCommand): Promise<number> {
  await checkFolder(options.out);
  const registry = await registryOf(options);
  const document = prepared(await readDocument(file), registry, options);
  const node = getOwn(document.nodes, options.node);
  if (!node)
    throw new LoomError(
      'bad-input',
      `There is no node "${options.node}".`,
      { node: options.node },
      { fix: `Nodes here: ${Object.keys(document.nodes).join(', ')}.` },
    );
  const definition = registry.get(node.type);
  const outputs = Object.keys(definition?.outputs ?? {});
  const inputs = Object.keys(definition?.inputs ?? {});
  const side = outputs.includes(options.port) ? 'out' : 'in';
  if (side === 'in' && !inputs.includes(options.port))
    throw new LoomError(
      'bad-input',
      `Node "${options.node}" has no port "${options.port}".`,
      { node: options.node, port: options.port },
      { fix: `Its ports: ${[...outputs, ...inputs].join(', ')}.` },
    );
  const engine = await nodeEngine({ ...options, registry });
  try {
    await execute(engine, document, [options.node]);
    const borrowed = engine.executor.borrow({ node: options.node, port: options.port, side });
    if (!borrowed)
      throw new LoomError('bad-output', `Nothing flows at ${options.node}.${options.port}.`, {
        node: options.node,
        port: options.port,
      });
    try {
      const files = exportsOf(await snapshot(borrowed.value));
      for (const { suffix, bytes } of files) {
        const path = join(options.out, `${options.node}.${options.port}.${suffix}`);
        await writeWhole(path, bytes());
        console.log(path);
      }
      return files.length > 0 ? 0 : 1;
    } finally {
      borrowed.release();
    }
  } finally {
    await engine.dispose();
  }
}

/** `--out` of `inspect`: a folder, or a name that is free. */
async function checkFolder(out: string): Promise<void> {
  if (out.trim() === '') throw new LoomError('bad-input', '--out is empty.', {}, { fix: 'Name a folder.' });
  try {
    if (!(await stat(out)).isDirectory())
      throw new LoomError('bad-input', `--out ${out} is a file.`, {}, { fix: 'Name a folder.' });
  } catch (thrown) {
    if (thrown instanceof Error && Reflect.get(thrown, 'code') === 'ENOENT') return;
    throw inWords(thrown, 'bad-input', `--out ${out} cannot be used`) ?? thrown;
  }
}
