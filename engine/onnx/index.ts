/**
 * A {@link NetworkDescription} as an ONNX graph for onnxruntime. The weights are
 * external data that lie in the person's own files; the graph itself is a few
 * hundred kilobytes. Only operators that onnxruntime-web has on wasm and WebGPU.
 * Loaded when a description is first opened, never before.
 */
import { weightsOf } from '../network/shapes';
import type { GraphSource, NetworkDescription, NetworkOp, NetworkSource, ValueId } from '../types';
import { attention } from './attention';
import { channelsOf } from './channels';
import {
  addPositions,
  embedding,
  numberEmbedding,
  poolToken,
  quantise,
  timestepEmbedding,
} from './embeddings';
import { externalData } from './external';
import { GraphWriter } from './graph-writer';
import * as layers from './layers';
import type { Lowering, LoweringContext } from './lowering';
import { DATA_TYPE, encodeModel, type Port } from './proto';
import { ranksOf } from './ranks';
import { entryOf, WeightWriter } from './weights';

export interface WriteOptions {
  /** The runtime reads a `Blob` of external data tensor by tensor, never whole. */
  readonly slices?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The graph and its external data. Inputs and outputs are float32 (ids int32) whatever is computed in.
 * Throws `package-invalid` for weights that are missing or of another shape.
 */
export async function writeGraph(source: NetworkSource, options: WriteOptions = {}): Promise<GraphSource> {
  const { description, weights: store, precision, name } = source;
  const used = new Set(description.ops.flatMap(weightsOf).map((ref) => entryOf(store, ref).name));
  const { places, files } = await externalData(store, used, {
    slices: options.slices ?? false,
    signal: options.signal,
  });
  const g = new GraphWriter(precision === 'fp16' ? 'float16' : 'float32');
  const weights = new WeightWriter(g, store, places);
  const context: LoweringContext = {
    weights,
    channels: channelsOf(description),
    ranks: ranksOf(description),
    longest: longestOf(description),
  };
  const inputs = writeInputs(g, description);
  for (const { name: port } of description.outputs) g.reserve(port);
  for (const op of description.ops) lower(g, op, context);
  const outputs = description.outputs.map(({ name: port, value }): Port => {
    g.port('Cast', value, port, { to: DATA_TYPE.float32 });
    const rank = context.ranks.get(value) ?? 0;
    // Sizes are onnxruntime's to find: it wants no more than their number.
    return { name: port, type: 'float32', dims: Array.from({ length: rank }, (_, i) => `${port}.${i}`) };
  });
  return { name, model: encodeModel(g.graph(name, inputs, outputs)), externalData: files };
}

/** Causal attention is that of text encoders, which know so many positions; a network without any has short sequences. */
const longestOf = ({ ops }: NetworkDescription): number =>
  Math.max(77, ...ops.flatMap((op) => (op.op === 'add-positions' ? [op.table.shape[0] ?? 0] : [])));

/** The ports; those of half precision are cast behind them, but for numbers that become waves. */
function writeInputs(g: GraphWriter, { inputs, ops }: NetworkDescription): readonly Port[] {
  const numbers = new Set<ValueId>();
  for (const op of ops) {
    if (op.op === 'timestep-embedding') numbers.add(op.t);
    else if (op.op === 'number-embedding') numbers.add(op.x);
  }
  return inputs.map(({ name, dtype, dims }): Port => {
    if (dtype === 'float32' && g.float === 'float16' && !numbers.has(name)) g.castPort(name);
    return { name, type: dtype, dims };
  });
}

function lower(g: GraphWriter, op: NetworkOp, context: LoweringContext): void {
  write(g, op, context, LOWERINGS[op.op]);
}
/** The table's type says that each kind has its own; TypeScript cannot follow that through the index. */
function write(g: GraphWriter, op: NetworkOp, context: LoweringContext, lowering: unknown): void {
  (lowering as Lowering<NetworkOp['op']>)(g, op, context);
}

const LOWERINGS: { readonly [Kind in NetworkOp['op']]: Lowering<Kind> } = {
  conv2d: layers.conv2d,
  linear: layers.linear,
  'group-norm': layers.groupNorm,
  'layer-norm': layers.layerNorm,
  activation: layers.activation,
  geglu: layers.geglu,
  add: layers.add,
  'add-vector': layers.addVector,
  'add-positions': addPositions,
  affine: layers.affine,
  clamp: layers.clamp,
  concat: layers.concat,
  'concat-sequence': layers.concatSequence,
  slice: layers.slice,
  upsample: layers.upsample,
  'pixel-shuffle': layers.pixelShuffle,
  'to-tokens': layers.toTokens,
  'to-map': layers.toMap,
  attention,
  'timestep-embedding': timestepEmbedding,
  'number-embedding': numberEmbedding,
  embedding,
  'pool-token': poolToken,
  quantise,
};
