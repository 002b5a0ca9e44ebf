/** A graph that came with the model: what it is fed, what it gives, where its weights are. Weights are not read. */
import { LoomError, type GraphNetwork } from '@/engine/types';
import type { FolderFile } from '../folder';
import { ELEMENT_BYTES } from '../onnx/element-type';
import { readOnnxHeader, type OnnxHeader, type OnnxTensor } from '../onnx/graph-header';
import { need, rangesOf, type Component, type Reading } from './reading';

/** Domains whose operators onnxruntime-web has. */
const domains: ReadonlySet<string> = new Set(['', 'ai.onnx.ml', 'com.microsoft']);

/** Operators that draw random numbers. */
const randomOps: ReadonlySet<string> = new Set([
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
  'Multinomial',
]);

/**
 * Describes the graph `file`. Throws `graph-unsupported` for operators of other domains, `package-incomplete`
 * for external data that is not there, `file-truncated` where it is too short, `package-invalid`.
 */
export async function graphNetwork(reading: Reading, file: FolderFile): Promise<Component> {
  need(reading, file.path);
  const header = await readOnnxHeader(rangesOf(reading, file), file.path);
  const foreign = header.nodes.find(({ domain }) => !domains.has(domain));
  if (foreign)
    throw new LoomError(
      'graph-unsupported',
      `${file.path} uses the operator ${foreign.domain}.${foreign.op}, which is not executed here.`,
      { file: file.path },
      {
        fix: 'Export the model without custom operators.',
        details: { op: foreign.op, domain: foreign.domain },
      },
    );
  const external = externalFiles(reading, file.path, header);
  const network: GraphNetwork = {
    kind: 'graph',
    graph: file.path,
    external: external.map(({ path, location }) => ({ path: location, file: path })),
    inputs: header.inputs.map(({ name, type, dims }) => ({ name, type, dims })),
    outputs: header.outputs.map(({ name, type, dims }) => ({ name, type, dims })),
    precision: precisionOf(header.initializers),
    weightBytes: header.initializers.reduce((sum, tensor) => sum + bytesOf(tensor), 0),
    random: header.nodes.some(({ op }) => randomOps.has(op)),
  };
  return { network, header, files: [file, ...external] };
}

const bytesOf = ({ dims, type }: OnnxTensor): number =>
  dims.reduce((a, b) => a * b, 1) * (ELEMENT_BYTES[type] ?? 0);

/** The precision that most of the weights are stored in. */
function precisionOf(initializers: readonly OnnxTensor[]): GraphNetwork['precision'] {
  const bytes = { float16: 0, float32: 0 };
  for (const tensor of initializers)
    if (tensor.type === 'float16' || tensor.type === 'float32') bytes[tensor.type] += bytesOf(tensor);
  return bytes.float16 > bytes.float32 ? 'fp16' : 'fp32';
}

/** The files that the graph's weights lie in, as it names them: siblings of the graph and nothing else. */
function externalFiles(
  reading: Reading,
  graph: string,
  { initializers }: OnnxHeader,
): readonly (FolderFile & { readonly location: string })[] {
  const ends = new Map<string, number>();
  for (const tensor of initializers) {
    if (tensor.place?.kind !== 'external') continue;
    const { location, offset, bytes = bytesOf(tensor) } = tensor.place;
    ends.set(location, Math.max(ends.get(location) ?? 0, offset + bytes));
  }
  const folder = graph.includes('/') ? graph.slice(0, graph.lastIndexOf('/') + 1) : '';
  const seen = new Set<string>();
  return [...ends].map(([location, end]) => {
    // oxlint-disable-next-line no-control-regex -- NUL ends a name in C.
    if (
      /[\\/:\0]/u.test(location) ||
      location === '' ||
      location.startsWith('.') ||
      seen.has(location.toLowerCase())
    )
      throw new LoomError(
        'package-invalid',
        `${graph} wants weights from "${location}", which is no file beside it.`,
        { file: graph },
        { details: { file: graph, location } },
      );
    seen.add(location.toLowerCase());
    const file = need(reading, folder + location);
    if (end > file.size)
      throw new LoomError(
        'file-truncated',
        `The file ${file.path} ends after ${file.size} of ${end} bytes.`,
        { file: file.path },
        { fix: 'Copy or download the file again.', details: { file: file.path, done: file.size, size: end } },
      );
    return { ...file, location };
  });
}
