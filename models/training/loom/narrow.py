"""Splits that fit WebGPU: python -m loom.narrow GRAPH.onnx ... rewrites graphs in place; the export calls narrow_splits.

A compute shader may bind at least 8 storage buffers (WebGPU, maxStorageBuffersPerShaderStage), most adapters offer 10, and
onnxruntime binds one for a Split's input and one for each output. The U-Net cuts the time embeddings of all its residual
blocks from one product, 15 at once: that runs on the few adapters that offer 16 and fails on the others.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

MOST_BUFFERS = 8


def narrow_splits(model: onnx.ModelProto) -> int:
    """Replaces each Split of more than 6 outputs by a Split into groups and one Split for each group; returns how many were."""
    graph, nodes, replaced = model.graph, [], 0
    sizes = {i.name: i for i in graph.initializer if i.data_type == onnx.TensorProto.INT64}
    for node in graph.node:
        most = MOST_BUFFERS - 2  # the input and, where it is a tensor on the GPU, the list of sizes
        if node.op_type != "Split" or len(node.output) <= most:
            nodes.append(node)
            continue
        parts = numpy_helper.to_array(sizes[node.input[1]])
        axis = next(a.i for a in node.attribute if a.name == "axis")
        count = -(-len(parts) // most)
        if count > most:
            raise ValueError(f"{node.name}: {len(parts)} outputs need three levels of splits")
        groups = np.array_split(np.arange(len(parts)), count)
        names = [f"{node.name}_group_{n}" for n in range(count)]

        def split(name: str, source: str, lengths: list[int], outputs: list[str]) -> None:
            graph.initializer.append(numpy_helper.from_array(np.array(lengths, np.int64), f"{name}_sizes"))
            nodes.append(helper.make_node("Split", [source, f"{name}_sizes"], outputs, name, axis=axis))

        split(f"{node.name}_groups", node.input[0], [int(parts[g].sum()) for g in groups], names)
        for name, group in zip(names, groups):
            split(name, name, parts[group].tolist(), [node.output[i] for i in group])
        replaced += 1
    del graph.node[:]
    graph.node.extend(nodes)
    used = {name for node in nodes for name in node.input}
    for initializer in [i for i in graph.initializer if i.name not in used]:
        graph.initializer.remove(initializer)
    return replaced


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]):
        model = onnx.load(path, load_external_data=False)
        if narrow_splits(model):
            path.write_bytes(model.SerializeToString())
            print(f"{path}: narrowed")
