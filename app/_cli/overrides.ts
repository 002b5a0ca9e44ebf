/** `--set node.param=value` and `--seed N`: changes to a document before it runs, checked like any edit. */
import { readFileSync, statSync } from 'node:fs';
import { pictureUrl } from '@/app/_formats/picture/url';
import { LoomError, getOwn, type AnyNode, type NodeRegistry } from '@/engine/types';
import { checkPictureBytes } from '@/nodes/_shared/picture-formats';
import type { LoomDocument } from '@/engine';
import { inWords } from './system-files';

type Json = LoomDocument['nodes'][string]['params'][string];

/** `text` as JSON where it is JSON, else as itself. */
function asJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/**
 * A copy of the document with one parameter replaced. The text is taken as it
 * stands where the parameter's schema accepts a string, and as JSON otherwise; `@FILE` is a file, where the parameter
 * takes a picture or a latent.
 * @throws LoomError `bad-input` when the node or the parameter does not exist or the value does not fit.
 */
export function setParam(document: LoomDocument, registry: NodeRegistry, assignment: string): LoomDocument {
  const parts = /^([^.=]+)\.([^=]+)=(.*)$/s.exec(assignment);
  if (!parts) throw new LoomError('bad-input', `--set wants NODE.PARAM=VALUE, not "${assignment}".`);
  const [, id = '', param = '', text = ''] = parts;
  const node = getOwn(document.nodes, id);
  if (!node) {
    const known = Object.keys(document.nodes).join(', ');
    throw new LoomError(
      'bad-input',
      `--set: there is no node "${id}".`,
      { node: id },
      { fix: `Nodes here: ${known}.` },
    );
  }
  const field = getOwn(registry.get(node.type)?.params.shape ?? {}, param);
  if (!field) {
    const known = Object.keys(registry.get(node.type)?.params.shape ?? {}).join(', ');
    throw new LoomError(
      'bad-input',
      `--set: node "${id}" (${node.type}) has no parameter "${param}".`,
      { node: id, path: param },
      { fix: `Its parameters: ${known}.` },
    );
  }
  const candidates: readonly Json[] = text.startsWith('@') ? fileValue(field, text) : [text, asJson(text)];
  const value = candidates.find((candidate) => field.safeParse(candidate).success);
  if (value === undefined) {
    const issues = candidates.flatMap((candidate) => field.safeParse(candidate).error?.issues ?? []);
    // A complaint about the value says more than one about its type.
    const issue =
      (issues.find(({ code }) => code !== 'invalid_type') ?? issues.at(-1))?.message ?? 'not accepted';
    throw new LoomError('invalid-param', `--set ${id}.${param}: ${issue.replace(/\.$/, '')}.`, {
      node: id,
      path: param,
    });
  }
  return {
    ...document,
    nodes: { ...document.nodes, [id]: { ...node, params: { ...node.params, [param]: value } } },
  };
}

/** `@photo.jpg`: the file, where the parameter takes one; else the text as it stands. */
function fileValue(field: AnyNode['params']['shape'][string], text: string): readonly Json[] {
  const widget = field.meta()?.widget;
  const isPicture = widget === 'image-file' || widget === 'mask-painter' || widget === 'map-painter';
  if (!isPicture && widget !== 'latent-file') return [text];
  const file = text.slice(1);
  try {
    if (!statSync(file).isFile()) throw new LoomError('file-missing', `${file} is no file.`, { file });
    checkPictureBytes(statSync(file).size);
    const bytes = new Uint8Array(readFileSync(file));
    return [
      isPicture
        ? pictureUrl(bytes)
        : `data:application/octet-stream;base64,${Buffer.from(bytes).toString('base64')}`,
    ];
  } catch (thrown) {
    if (thrown instanceof LoomError) throw thrown.at({ file });
    throw inWords(thrown, 'file-missing', `${file} cannot be read`) ?? thrown;
  }
}

/** A copy of the document in which every seed is `seed` (an unsigned 64-bit integer in decimal). */
export function setSeed(document: LoomDocument, registry: NodeRegistry, seed: string): LoomDocument {
  let result = document;
  for (const [id, node] of Object.entries(document.nodes))
    for (const [param, field] of Object.entries(registry.get(node.type)?.params.shape ?? {}))
      if (field.meta()?.widget === 'seed') result = setParam(result, registry, `${id}.${param}=${seed}`);
  if (result === document) throw new LoomError('bad-input', '--seed: no node of this graph takes a seed.');
  return result;
}
