/** y = x: an ONNX model (opset 17) that costs nothing but onnxruntime itself. */
export const identity = new Uint8Array(
  Buffer.from(
    'CAg6NwoQCgF4EgF5IghJZGVudGl0eRIBZ1oPCgF4EgoKCAgBEgQKAggBYg8KAXkSCgoICAESBAoCCAFCBAoAEBE=',
    'base64',
  ),
);
