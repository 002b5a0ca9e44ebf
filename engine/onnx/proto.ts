/** The messages of onnx.proto3 (ONNX 1.19) that a graph of ours needs, written by pbf. Numbers are the fields' own. */
import { PbfWriter } from 'pbf';

/** TensorProto.DataType. */
export const DATA_TYPE = { float32: 1, int8: 3, int32: 6, int64: 7, float16: 10, bfloat16: 16 } as const;
export type DataType = keyof typeof DATA_TYPE;

export type Attribute = number | string | readonly number[] | { readonly float: number };

export interface Node {
  readonly op: string;
  /** '' is ONNX's own. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface Initializer {
  readonly name: string;
  readonly type: DataType;
  readonly dims: readonly number[];
  readonly data: Uint8Array | { readonly location: string; readonly offset: number; readonly bytes: number };
}

export interface Port {
  readonly name: string;
  readonly type: DataType;
  readonly dims: readonly (number | string)[];
}

export interface Graph {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly opsets: Readonly<Record<string, number>>;
}

/** ModelProto. */
export function encodeModel(graph: Graph): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeVarintField(1, IR_VERSION);
  pbf.writeStringField(2, 'latent-loom');
  pbf.writeMessage(7, writeGraph, graph);
  for (const opset of Object.entries(graph.opsets))
    pbf.writeMessage(
      8,
      ([domain, version], out) => {
        out.writeStringField(1, domain);
        out.writeVarintField(2, version);
      },
      opset,
    );
  return pbf.finish();
}
/** Opset 18's. */
const IR_VERSION = 8;

function writeGraph(graph: Graph, pbf: PbfWriter): void {
  for (const node of graph.nodes) pbf.writeMessage(1, writeNode, node);
  pbf.writeStringField(2, graph.name);
  for (const initializer of graph.initializers) pbf.writeMessage(5, writeInitializer, initializer);
  for (const port of graph.inputs) pbf.writeMessage(11, writePort, port);
  for (const port of graph.outputs) pbf.writeMessage(12, writePort, port);
}

function writeNode(node: Node, pbf: PbfWriter): void {
  for (const input of node.inputs) pbf.writeStringField(1, input);
  for (const output of node.outputs) pbf.writeStringField(2, output);
  // Named after what it gives: errors and profiles then name the module.
  pbf.writeStringField(3, node.outputs[0] ?? '');
  pbf.writeStringField(4, node.op);
  for (const attribute of Object.entries(node.attributes)) pbf.writeMessage(5, writeAttribute, attribute);
  if (node.domain !== '') pbf.writeStringField(7, node.domain);
}

/** AttributeProto.type: FLOAT = 1, INT = 2, STRING = 3, INTS = 7. */
function writeAttribute([name, value]: readonly [string, Attribute], pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  if (typeof value === 'number') {
    pbf.writeVarintField(3, value);
    pbf.writeVarintField(20, 2);
  } else if (typeof value === 'string') {
    pbf.writeStringField(4, value);
    pbf.writeVarintField(20, 3);
  } else if ('float' in value) {
    pbf.writeFloatField(2, value.float);
    pbf.writeVarintField(20, 1);
  } else {
    for (const item of value) pbf.writeVarintField(8, item);
    pbf.writeVarintField(20, 7);
  }
}

function writeInitializer({ name, type, dims, data }: Initializer, pbf: PbfWriter): void {
  for (const size of dims) pbf.writeVarintField(1, size);
  pbf.writeVarintField(2, DATA_TYPE[type]);
  pbf.writeStringField(8, name);
  if (data instanceof Uint8Array) {
    pbf.writeBytesField(9, data);
    return;
  }
  const entries = { location: data.location, offset: String(data.offset), length: String(data.bytes) };
  for (const entry of Object.entries(entries))
    pbf.writeMessage(
      13,
      ([key, value], out) => {
        out.writeStringField(1, key);
        out.writeStringField(2, value);
      },
      entry,
    );
  pbf.writeVarintField(14, 1);
}

function writePort({ name, type, dims }: Port, pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  pbf.writeMessage(
    2,
    (_, typeProto) =>
      typeProto.writeMessage(
        1,
        (__, tensor) => {
          tensor.writeVarintField(1, DATA_TYPE[type]);
          tensor.writeMessage(
            2,
            (___, shape) => {
              for (const size of dims)
                shape.writeMessage(
                  1,
                  (dim, out) =>
                    typeof dim === 'number' ? out.writeVarintField(1, dim) : out.writeStringField(2, dim),
                  size,
                );
            },
            undefined,
          );
        },
        undefined,
      ),
    undefined,
  );
}
