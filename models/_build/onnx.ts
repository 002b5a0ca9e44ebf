/**
 * Reads the few fields of an ONNX graph that packaging needs (onnx.proto3:
 * ModelProto.graph = 7; GraphProto.node = 1, .initializer = 5, .input = 11;
 * TensorProto.dims = 1, .data_type = 2, .name = 8, .external_data = 13;
 * NodeProto.input = 1, .output = 2, .op_type = 4, .attribute = 5). Protobuf's wire format
 * is small enough to read here; a general library would bring every message.
 */

/** A weight that lies in an external file. Offsets and lengths in bytes. */
export interface ExternalTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** 1 = float32, 10 = float16. */
  readonly dataType: number;
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}
export interface GraphNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, { readonly int: number; readonly ints: readonly number[] }>;
}
export interface GraphPort {
  readonly name: string;
  readonly dims: readonly (number | string)[];
}
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly external: readonly ExternalTensor[];
  readonly inputs: readonly GraphPort[];
}

type Field =
  | { readonly number: number; readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly number: number; readonly kind: 'varint'; readonly value: number };

/** The fields of one message in order. Fixed-width fields are skipped. Throws on malformed input. */
function* fields(message: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at];
      if (byte === undefined) throw new Error('ONNX: the file ends within a number.');
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(BigInt.asIntN(64, value));
    }
  };
  while (at < message.length) {
    const key = varint();
    const number = Math.floor(key / 8);
    const wire = key % 8;
    if (wire === 0) yield { number, kind: 'varint', value: varint() };
    else if (wire === 2) {
      const length = varint();
      if (at + length > message.length) throw new Error('ONNX: the file ends within a field.');
      yield { number, kind: 'bytes', bytes: message.subarray(at, at + length) };
      at += length;
    } else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else throw new Error(`ONNX: unknown wire type ${wire}.`);
  }
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const messages = (message: Uint8Array, number: number) =>
  [...fields(message)].flatMap((field) =>
    field.number === number && field.kind === 'bytes' ? [field.bytes] : [],
  );
const numbers = (message: Uint8Array, number: number): number[] =>
  [...fields(message)].flatMap((field) => {
    if (field.number !== number) return [];
    return field.kind === 'varint' ? [field.value] : packed(field.bytes);
  });

/** Repeated numbers in one field, as proto3 packs them. */
function packed(bytes: Uint8Array): number[] {
  const out: number[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte >= 0x80) continue;
    out.push(Number(BigInt.asIntN(64, value)));
    [value, shift] = [0n, 0n];
  }
  return out;
}

/** Nodes, externally stored weights and inputs of the main graph. Throws on malformed input. */
export function readGraph(model: Uint8Array): Graph {
  const [graph] = messages(model, 7);
  if (graph === undefined) throw new Error('ONNX: the file has no graph.');
  return {
    nodes: messages(graph, 1).map(readNode),
    external: messages(graph, 5).flatMap(readExternal),
    inputs: messages(graph, 11).map(readPort),
  };
}

function readNode(message: Uint8Array): GraphNode {
  return {
    op: text(messages(message, 4)[0] ?? new Uint8Array()),
    inputs: messages(message, 1).map(text),
    outputs: messages(message, 2).map(text),
    attributes: new Map(
      messages(message, 5).map((attribute) => [
        text(messages(attribute, 1)[0] ?? new Uint8Array()),
        { int: numbers(attribute, 3)[0] ?? 0, ints: numbers(attribute, 8) },
      ]),
    ),
  };
}

function readExternal(message: Uint8Array): ExternalTensor[] {
  const entries = new Map(
    messages(message, 13).map((entry) => {
      const [key, value] = [1, 2].map((number) => text(messages(entry, number)[0] ?? new Uint8Array()));
      return [key ?? '', value ?? ''] as const;
    }),
  );
  const file = entries.get('location');
  if (file === undefined) return [];
  return [
    {
      name: text(messages(message, 8)[0] ?? new Uint8Array()),
      dims: numbers(message, 1),
      dataType: numbers(message, 2)[0] ?? 0,
      file,
      offset: Number(entries.get('offset') ?? 0),
      length: Number(entries.get('length')),
    },
  ];
}

/** ValueInfoProto.type = 2 → TypeProto.tensor_type = 1 → shape = 2 → dim = 1 → dim_value = 1 | dim_param = 2. */
function readPort(message: Uint8Array): GraphPort {
  const shape = [2, 1, 2].reduce<Uint8Array>(
    (inner, number) => messages(inner, number)[0] ?? new Uint8Array(),
    message,
  );
  return {
    name: text(messages(message, 1)[0] ?? new Uint8Array()),
    dims: messages(shape, 1).map((dim) => {
      const [symbol] = messages(dim, 2);
      return symbol === undefined ? (numbers(dim, 1)[0] ?? 0) : text(symbol);
    }),
  };
}

/**
 * The axis of a weight that holds the output channels, by the node that
 * consumes it; undefined where 8 bits per channel make no sense (a vector).
 */
export function outputAxis(graph: Graph, weight: ExternalTensor): number | undefined {
  if (weight.dims.length < 2) return undefined;
  for (const node of graph.nodes) {
    const position = node.inputs.indexOf(weight.name);
    if (position < 0) continue;
    const attribute = (name: string) => node.attributes.get(name)?.int ?? 0;
    // Conv [O, I, kh, kw]; ConvTranspose [I, O, kh, kw].
    if (node.op === 'Conv') return 0;
    if (node.op === 'ConvTranspose') return 1;
    // Right operand [in, out]; a left operand's rows are the outputs.
    if (node.op === 'MatMul') return position === 1 ? weight.dims.length - 1 : weight.dims.length - 2;
    if (node.op === 'Gemm')
      return position === 1 ? (attribute('transB') === 1 ? 0 : 1) : attribute('transA') === 1 ? 1 : 0;
    // An embedding: each row by itself.
    if (node.op === 'Gather') return attribute('axis') === 0 ? 0 : undefined;
    // PyTorch's exporter may leave the transposition of a Linear in the graph: [out, in].
    if (node.op === 'Transpose' && weight.dims.length === 2) return 0;
  }
  return undefined;
}
