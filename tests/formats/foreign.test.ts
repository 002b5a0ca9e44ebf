/** What people bring that is neither a graph nor a picture is named, at the door that everything comes through. */
import { describe, expect, it } from 'vitest';
import { readIncoming, readIncomingFile } from '@/app/_formats/read-incoming';
import { LoomError } from '@/engine';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

function refusal(input: Uint8Array | string, name = ''): LoomError {
  try {
    readIncoming(input, name);
  } catch (thrown) {
    if (thrown instanceof LoomError) return thrown;
    throw thrown;
  }
  throw new Error('was taken');
}

describe('a thing that is neither graph nor picture', () => {
  it.each([
    ['an ONNX model', bytes('\x08\x07\x12\x07pytorch\x1a'), 'unet.onnx', /ONNX model/],
    ['an ONNX model of no name', bytes('\x08\x08\x12\x07pytorch\xff\xfe'), '', /ONNX model/],
    ['weights', bytes('\x10\0\0\0\0\0\0\0{"a":{"dtype":"F32"}}\xff'), 'model.safetensors', /safetensors/],
    ['weights of no name', bytes('\x10\x01\0\0\0\0\0\0{"a":{"dtype":"F32"}}'), '', /safetensors/],
    ['a diffusers index', '{"_class_name": "StableDiffusionPipeline"}', 'model_index.json', /diffusers/],
    ['a diffusers index of no name', bytes('{"_class_name": "LDMTextToImagePipeline"}'), '', /diffusers/],
    ['an address on a hub', 'https://huggingface.co/CompVis/ldm-text2im-large-256', '', /hub/],
    ['an address elsewhere', 'https://example.org/a.json', '', /address that holds no graph/],
    ['a checkpoint', bytes('\x80\x02\xff'), 'model.ckpt', /PyTorch/],
    ['an SVG', bytes('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'a.svg', /SVG/],
    ['an SVG behind its XML declaration', bytes('<?xml version="1.0"?>\n<svg/>'), 'a.png', /SVG/],
    ['a HEIC photo', bytes('\0\0\0\x18ftypheic\0\0\0\0mif1'), 'a.heic', /HEIC/],
  ])('%s is said to be one', (_what, input, name, message) => {
    const error = refusal(input, name);
    expect(error.code).toBe('unsupported');
    expect(error.message).toMatch(message);
    expect(error.extra.fix).toMatch(/\.$/);
  });

  it('a folder is said to be one', async () => {
    const folder = Object.assign(new Blob([]), {
      name: 'models',
      arrayBuffer: () => Promise.reject(new DOMException('not found', 'NotFoundError')),
    });
    await expect(readIncomingFile(folder)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('“models” is a folder') as string,
    });
  });

  it('what nobody knows is refused as before', () => {
    expect(refusal(bytes('\xff\xfe\x00')).code).toBe('bad-input');
    expect(refusal('hello').code).toBe('bad-input');
  });
});
