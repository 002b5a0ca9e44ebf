/** What people bring that is neither a graph nor a picture: said what it is, instead of that it is not known. */
/* oxlint-disable no-control-regex -- the first bytes of files */
import { LoomError } from '@/engine';

interface Known {
  readonly test: (found: { readonly head: string; readonly name: string; readonly text?: string }) => boolean;
  readonly message: string;
  readonly fix: string;
}

const makePackage =
  'Make a package of it with models/build-package.ts (see models/README.md) and put that in the models folder.';

const known: readonly Known[] = [
  {
    // ModelProto begins with ir_version (field 1, varint).
    test: ({ head, name }) => /\.onnx$/i.test(name) || /^\x08[\x03-\x20][\x12\x1a\x2a\x32\x3a]/.test(head),
    message: 'This is an ONNX model: a network, not a graph of this editor.',
    fix: makePackage,
  },
  {
    // Eight bytes of length, then JSON.
    test: ({ head, name }) => /\.(safetensors|latent)$/i.test(name) || /^[^]{3}\0{5}\{"/.test(head),
    message: 'This is a safetensors file: the weights of a network, or a saved latent.',
    fix: 'A saved latent goes into a Load latent node. Weights belong to a model package.',
  },
  {
    test: ({ text, name }) =>
      /(^|\/)model_index\.json$/i.test(name) ||
      (text !== undefined && /"_class_name"\s*:\s*"\w*Pipeline\w*"/.test(text.slice(0, 4096))),
    message: 'This is the index of a diffusers model, which names its networks but holds none.',
    fix: makePackage,
  },
  {
    test: ({ text }) =>
      text !== undefined &&
      /^https?:\/\/(www\.)?(huggingface\.co|hf\.co|civitai\.com)\/\S+$/i.test(text.trim()),
    message:
      'This is the address of a model on a hub. The editor fetches nothing from another host by itself.',
    fix: 'Download the model, and open its files here.',
  },
  {
    test: ({ text }) => text !== undefined && /^https?:\/\/\S+$/i.test(text.trim()),
    message:
      'This is an address that holds no graph. The editor fetches nothing from another host by itself.',
    fix: 'Download the file and open it here.',
  },
  {
    test: ({ head, name }) => /\.(ckpt|pt|pth|bin)$/i.test(name) || /^PK\x03\x04[^]*\/data\.pkl/.test(head),
    message: 'This is a checkpoint of PyTorch, which can hold programs and is not opened here.',
    fix: 'Convert it to safetensors first.',
  },
  {
    test: ({ head, name }) => /\.gguf$/i.test(name) || head.startsWith('GGUF'),
    message: 'This is a GGUF model, which cannot be opened here.',
    fix: 'Take the model as safetensors.',
  },
  {
    test: ({ head, name }) => /\.zip$/i.test(name) || head.startsWith('PK\x03\x04'),
    message: 'This is a zip archive.',
    fix: 'Unpack it and open what is in it.',
  },
];

/**
 * What bytes or a text are, where they are something that people try and that is neither a graph nor a picture.
 * @param bytes the first bytes
 * @param text the whole, where it is text
 */
export function foreignThing(bytes: Uint8Array, name: string, text?: string): LoomError | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 256));
  const found = known.find(({ test }) => test({ head, name, ...(text === undefined ? {} : { text }) }));
  if (found === undefined) return undefined;
  return new LoomError('unsupported', found.message, name === '' ? {} : { file: name }, { fix: found.fix });
}

/** For a folder where a file was expected. */
export const aFolder = (name: string): LoomError =>
  new LoomError(
    'unsupported',
    `${name === '' ? 'This' : `“${name}”`} is a folder, or a file that cannot be read.`,
    name === '' ? {} : { file: name },
    {
      fix: 'Drop the files themselves. A folder with a model becomes a package with models/build-package.ts.',
    },
  );
