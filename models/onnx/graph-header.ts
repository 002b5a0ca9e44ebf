/**
 * What an ONNX file says of itself, without its weights: ports, operators,
 * operator sets, and where each weight lies (field numbers of onnx.proto3, ONNX 1.19).
 * A graph with gigabytes of weights inside costs the bytes of its nodes: weights are skipped.
 */
import { PbfReader } from 'pbf';
import { LoomError } from '@/engine/types';
import { elementTypeOf, type ElementType } from './element-type';
import { Slices, type FileBytes, type RangeFile } from './slices';

/** An input or output that is fed or read. Symbolic dimensions are strings, as written; they can lie. */
export interface OnnxPort {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly (number | string)[];
}

/** A weight. `place` is undefined where its numbers are no plain bytes (varints, strings). */
export interface OnnxTensor {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly place:
    | { readonly kind: 'inside'; readonly offset: number; readonly bytes: number }
    /** `bytes` is undefined where the graph does not say: to the end of the file. */
    | {
        readonly kind: 'external';
        readonly location: string;
        readonly offset: number;
        readonly bytes: number | undefined;
      }
    | undefined;
}

export interface OnnxNode {
  readonly op: string;
  /** '' is ONNX's own. */
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface OnnxHeader {
  /** Version of each operator domain; '' is ONNX's own. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly producer: string;
  /** Inputs that a call must feed: those of the graph that are no weights. */
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  readonly initializers: readonly OnnxTensor[];
  /** Nodes of the main graph; those of branches and loops are not looked into. */
  readonly nodes: readonly OnnxNode[];
  /** Graphs of branches and loops, or functions of the model's own: there are operators that `nodes` does not list. */
  readonly nested: boolean;
}

/** Limits before parsing: what a real graph of the family stays far below. */
export const ONNX_LIMITS = { graphBytes: 64 << 20, nodes: 200_000, initializers: 200_000 } as const;

/** A field of a message: where its content lies in the file, or its number. */
interface Field {
  readonly tag: number;
  readonly wire: number;
  readonly value: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a graph's header. `name` is the file's, for errors. Throws `package-invalid`
 * for anything that is not ONNX or beyond {@link ONNX_LIMITS}, `file-truncated` for a cut file.
 */
export async function readOnnxHeader(file: FileBytes | RangeFile, name: string): Promise<OnnxHeader> {
  const slices = new Slices(file, name);
  const invalid = (why: string) => new LoomError('package-invalid', `${name}: ${why}.`, { file: name });
  const opsets = new Map<string, number>();
  const ports = { inputs: [] as OnnxPort[], outputs: [] as OnnxPort[] };
  const initializers: OnnxTensor[] = [];
  const nodes: OnnxNode[] = [];
  let [producer, nested, graphs, read] = ['', false, 0, 0];

  /** The content of a field of the graph itself, counted against the limit. */
  const content = async (field: Field): Promise<PbfReader> => {
    read += field.end - field.start;
    if (read > ONNX_LIMITS.graphBytes) throw invalid('the graph without its weights is larger than 64 MB');
    return new PbfReader(await slices.bytes(field.start, field.end - field.start));
  };
  const parse = async <T>(field: Field, parser: (pbf: PbfReader) => T): Promise<T> => {
    const pbf = await content(field);
    try {
      return parser(pbf);
    } catch (thrown) {
      throw thrown instanceof LoomError ? thrown : invalid('it is no ONNX graph');
    }
  };

  const readGraph = async (graph: Field): Promise<void> => {
    for await (const field of fieldsOf(slices, graph.start, graph.end, invalid)) {
      if (field.wire !== 2) continue;
      if (field.tag === 1) {
        const { node, graphsInside } = await parse(field, readNode);
        nodes.push(node);
        nested ||= graphsInside;
        if (nodes.length > ONNX_LIMITS.nodes) throw invalid('it has more than 200,000 nodes');
      } else if (field.tag === 5) {
        initializers.push(await readTensor(field));
        if (initializers.length > ONNX_LIMITS.initializers) throw invalid('it has more than 200,000 weights');
      } else if (field.tag === 11) ports.inputs.push(await parse(field, readPort));
      else if (field.tag === 12) ports.outputs.push(await parse(field, readPort));
      else if (field.tag === 15) throw invalid('sparse weights are not read');
    }
  };

  const readTensor = async (tensor: Field): Promise<OnnxTensor> => {
    let [weight, type] = ['', 0];
    const dims: number[] = [];
    const external = new Map<string, string>();
    let inside: { offset: number; bytes: number } | undefined;
    for await (const field of fieldsOf(slices, tensor.start, tensor.end, invalid)) {
      const { tag, wire, start, end } = field;
      if (tag === 1 && wire === 0) dims.push(field.value);
      else if (tag === 1 && wire === 2) dims.push(...(await parse(field, packedNumbers)));
      else if (tag === 2 && wire === 0) type = field.value;
      else if (tag === 8 && wire === 2) weight = await parse(field, text);
      else if (tag === 13 && wire === 2) external.set(...(await parse(field, readEntry)));
      // raw_data; float_data and double_data are packed little-endian numbers, hence the same bytes.
      else if ((tag === 9 || tag === 4 || tag === 10) && wire === 2 && end > start)
        inside = { offset: start, bytes: end - start };
    }
    if (dims.some((size) => !Number.isSafeInteger(size) || size < 0))
      throw invalid(`the weight "${weight}" has an impossible shape`);
    const location = external.get('location');
    if (location === undefined)
      return {
        name: weight,
        type: elementTypeOf(type),
        dims,
        place: inside === undefined ? undefined : { kind: 'inside', ...inside },
      };
    const numberOf = (key: string): number | undefined => {
      const written = external.get(key);
      if (written === undefined) return undefined;
      const value = Number(written);
      if (!/^\d+$/u.test(written) || !Number.isSafeInteger(value))
        throw invalid(`the weight "${weight}" lies at an impossible place`);
      return value;
    };
    return {
      name: weight,
      type: elementTypeOf(type),
      dims,
      place: { kind: 'external', location, offset: numberOf('offset') ?? 0, bytes: numberOf('length') },
    };
  };

  for await (const field of fieldsOf(slices, 0, slices.size, invalid)) {
    if (field.wire !== 2) continue;
    if (field.tag === 2) producer = await parse(field, text);
    else if (field.tag === 7) {
      graphs += 1;
      await readGraph(field);
    } else if (field.tag === 8) opsets.set(...(await parse(field, readOpset)));
    else if (field.tag === 25) nested = true;
  }
  if (graphs !== 1 || opsets.size === 0) throw invalid('it is no ONNX graph');
  const weights = new Set(initializers.map((initializer) => initializer.name));
  return {
    opsets,
    producer,
    inputs: ports.inputs.filter((port) => !weights.has(port.name)),
    outputs: ports.outputs,
    initializers,
    nodes,
    nested,
  };
}

/** The fields of one message, content unread. */
async function* fieldsOf(
  slices: Slices,
  from: number,
  to: number,
  invalid: (why: string) => LoomError,
): AsyncGenerator<Field> {
  let at = from;
  while (at < to) {
    // A tag has up to 5 bytes, a number up to 10.
    const field = readKey(await slices.bytes(at, Math.min(15, to - at)), at);
    if (field === undefined) throw invalid('it is no ONNX graph');
    if (field.start > to || field.end > to || field.end < field.start)
      throw invalid('the file ends within a field');
    yield field;
    at = field.end;
  }
}

/** The field that begins with these bytes, which lie at `at`; undefined if none can. */
function readKey(bytes: Uint8Array, at: number): Field | undefined {
  const pbf = new PbfReader(bytes);
  try {
    const key = pbf.readVarint();
    const [tag, wire] = [key >>> 3, key & 7];
    const value = wire === 0 || wire === 2 ? pbf.readVarint() : 0;
    if (tag === 0 || ![0, 1, 2, 5].includes(wire)) return undefined;
    const start = at + pbf.pos + (wire === 1 ? 8 : 0) + (wire === 5 ? 4 : 0);
    return { tag, wire, value, start, end: wire === 2 ? start + value : start };
  } catch {
    return undefined;
  }
}

const text = (pbf: PbfReader): string => new TextDecoder().decode(pbf.buf);

const packedNumbers = (pbf: PbfReader): number[] => {
  const numbers: number[] = [];
  while (pbf.pos < pbf.length) numbers.push(pbf.readVarint());
  return numbers;
};

/** StringStringEntryProto. */
const readEntry = (pbf: PbfReader): [string, string] =>
  pbf.readFields<[string, string]>(
    (tag, entry, reader) => {
      if (tag === 1 || tag === 2) entry[tag - 1] = reader.readString();
    },
    ['', ''],
  );

/** OperatorSetIdProto: domain = 1, version = 2. */
const readOpset = (pbf: PbfReader): [string, number] =>
  pbf.readFields<[string, number]>(
    (tag, opset, reader) => {
      if (tag === 1) opset[0] = reader.readString();
      else if (tag === 2) opset[1] = reader.readVarint();
    },
    ['', 0],
  );

/** NodeProto: input = 1, output = 2, name = 3, op_type = 4, attribute = 5, domain = 7. AttributeProto.g = 6, .graphs = 11. */
function readNode(pbf: PbfReader): { node: OnnxNode; graphsInside: boolean } {
  const found = {
    inputs: [] as string[],
    outputs: [] as string[],
    name: '',
    op: '',
    domain: '',
    inside: false,
  };
  pbf.readFields((tag, node, reader) => {
    if (tag === 1) node.inputs.push(reader.readString());
    else if (tag === 2) node.outputs.push(reader.readString());
    else if (tag === 3) node.name = reader.readString();
    else if (tag === 4) node.op = reader.readString();
    else if (tag === 7) node.domain = reader.readString();
    else if (tag === 5)
      reader.readMessage((part) => {
        if (part === 6 || part === 11) node.inside = true;
      }, undefined);
  }, found);
  const { inside, domain, ...node } = found;
  return { node: { ...node, domain: domain === 'ai.onnx' ? '' : domain }, graphsInside: inside };
}

/** ValueInfoProto: name = 1, type = 2 → tensor_type = 1 → elem_type = 1, shape = 2 → dim = 1 → dim_value = 1 | dim_param = 2. */
function readPort(pbf: PbfReader): OnnxPort {
  const port = { name: '', type: 0, dims: [] as (number | string)[] };
  const dim = (tag: number, _: undefined, reader: PbfReader): void => {
    if (tag !== 1) return;
    let size: number | string = '?';
    reader.readMessage((part, __: undefined, inner) => {
      if (part === 1) size = inner.readVarint();
      else if (part === 2) size = inner.readString();
    }, undefined);
    port.dims.push(size);
  };
  pbf.readFields((tag, _: undefined, reader) => {
    if (tag === 1) port.name = reader.readString();
    else if (tag === 2)
      reader.readMessage((kind, __: undefined, type) => {
        if (kind !== 1) return;
        type.readMessage((part, ___: undefined, tensor) => {
          if (part === 1) port.type = tensor.readVarint();
          else if (part === 2) tensor.readMessage(dim, undefined);
        }, undefined);
      }, undefined);
  }, undefined);
  return { ...port, type: elementTypeOf(port.type) };
}
