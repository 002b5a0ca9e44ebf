/** Text encoders and tokenizers of a diffusers folder. */
import {
  LoomError,
  type TextDescription,
  type TextEncoderDescription,
  type TokenizerDescription,
} from '@/engine/types';
import { findComponent, openComponent, type Found } from './component';
import { textEncoderSchema, tokenizerConfigSchema } from './configs';
import { fromGuess, fromTable } from './facts';
import { configOf, need, type Component, type Reading } from './reading';

/** What the U-Net wants of its text. */
export interface TextWish {
  /** Width of its pooled vector, where it takes one (SDXL). */
  readonly vectorWidth: number | undefined;
  /** The one context length that its graph takes. */
  readonly contextLength: number | undefined;
  readonly nullIsZero: boolean;
}

/** Files that the encoders' numbers and words come from: they are the conditioner's identity. */
export interface DescribedText {
  readonly text: TextDescription;
  readonly components: readonly Component[];
}

/** Undefined where the folder has no text encoder. Throws `package-incomplete`, `package-invalid`. */
export async function describeText(reading: Reading, wish: TextWish): Promise<DescribedText | undefined> {
  const first = findComponent(reading, ['text_encoder', 'bert']);
  const second = findComponent(reading, ['text_encoder_2']);
  const founds = [
    ...(first ? [{ found: first, at: '' }] : []),
    ...(second && wish.vectorWidth !== undefined ? [{ found: second, at: '_2' }] : []),
  ];
  if (founds.length === 0) return undefined;
  const components: Component[] = [];
  const encoders: TextEncoderDescription[] = [];
  for (const [i, { found, at }] of founds.entries()) {
    const last = i === founds.length - 1;
    const { encoder, component } = await describeEncoder(reading, found, at, wish, last);
    components.push(component);
    encoders.push(encoder);
  }
  const width = encoders.reduce((sum, encoder) => sum + encoder.width, 0);
  const length = encoders[0]?.length ?? 77;
  reading.sheet.say('contextWidth', width, { kind: 'weights' });
  return {
    components,
    text: {
      encoders,
      width,
      length,
      chunks: wish.contextLength === undefined,
      ...(wish.nullIsZero && { nullIsZero: true }),
    },
  };
}

async function describeEncoder(
  reading: Reading,
  found: Found,
  at: string,
  wish: TextWish,
  last: boolean,
): Promise<{ encoder: TextEncoderDescription; component: Component }> {
  const folder = found.file.path.includes('/')
    ? found.file.path.slice(0, found.file.path.lastIndexOf('/'))
    : '';
  const component = await openComponent(reading, found, 'text');
  const name = found.kind === 'part' ? `text_encoder${at}` : folder;
  const own = await configOf(reading, [`${name}/config.json`], textEncoderSchema);
  const positions = own?.config.max_position_embeddings;
  const { tokenizer, length } = await describeTokenizer(reading, at, positions);
  const penultimate = wish.vectorWidth !== undefined;
  const ports = portsOf(component, penultimate);
  const skips = ports.skips ?? (await skipsOf(reading, found, own?.config.num_hidden_layers, penultimate));
  const width = ports.width ?? own?.config.hidden_size ?? own?.config.d_model;
  if (width === undefined)
    throw new LoomError('package-invalid', `${found.file.path} does not say how wide its context is.`, {
      file: found.file.path,
    });
  return {
    component,
    encoder: {
      network: component.network,
      tokenizer,
      length,
      width,
      ...(ports.context !== undefined && { context: ports.context }),
      ...(last && wish.vectorWidth !== undefined && ports.vector !== undefined && { vector: ports.vector }),
      ...(skips && { skips }),
    },
  };
}

interface TextPorts {
  readonly context?: string;
  readonly vector?: string;
  readonly width?: number;
  readonly skips?: TextEncoderDescription['skips'];
}

/**
 * Which output is the context. `last_hidden_state` is behind the final norm, as Stable Diffusion 1 and 2 want it
 * (2's penultimate layer is built into its export); XL wants the last hidden state but one, without the norm.
 */
function portsOf({ network }: Component, penultimate: boolean): TextPorts {
  if (network.kind !== 'graph') return weightsPorts(network, penultimate);
  const { outputs } = network;
  const widthOf = (name: string): number | undefined => {
    const dim = outputs.find((port) => port.name === name)?.dims.at(-1);
    return typeof dim === 'number' ? dim : undefined;
  };
  const layers = outputs
    .flatMap(({ name }) => /^hidden_states\.(\d+)$/u.exec(name)?.[1] ?? [])
    .map(Number)
    .toSorted((a, b) => a - b);
  const vector = ['text_embeds', 'pooler_output'].find((name) => outputs.some((port) => port.name === name));
  if (penultimate && layers.length >= 2) {
    const nameAt = (back: number): string => `hidden_states.${layers.at(-2 - back) ?? 0}`;
    const skips = Array.from(
      { length: layers.length - 2 },
      (_, i) => [i + 1, { network, context: nameAt(i + 1) }] as const,
    );
    const width = widthOf(nameAt(0));
    return {
      context: nameAt(0),
      ...(vector !== undefined && { vector }),
      ...(width !== undefined && { width }),
      skips: new Map(skips),
    };
  }
  const context =
    ['last_hidden_state', 'sample', 'encoder_hidden_states'].find((name) =>
      outputs.some((port) => port.name === name),
    ) ?? outputs.find(({ dims }) => dims.length === 3)?.name;
  const width = context === undefined ? undefined : widthOf(context);
  return {
    ...(context !== undefined && { context }),
    ...(vector !== undefined && { vector }),
    ...(width !== undefined && { width }),
  };
}

/** Outputs of an encoder that is made from its weights. */
function weightsPorts(network: Component['network'], penultimate: boolean): TextPorts {
  const names = network.kind === 'weights' ? network.network.outputs.map(({ name }) => name) : [];
  const context = names.find((name) =>
    penultimate ? name.startsWith('hidden_states.') : name === 'last_hidden_state',
  );
  const vector = names.find((name) => name === 'text_embeds');
  return { ...(context !== undefined && { context }), ...(vector !== undefined && { vector }) };
}

/** Most layers that clip skip leaves out. */
const maxSkip = 6;

/** Networks with fewer layers, where the encoder is made from its weights: any clip skip can be had. */
async function skipsOf(
  reading: Reading,
  found: Found,
  layers: number | undefined,
  penultimate: boolean,
): Promise<TextEncoderDescription['skips']> {
  if (found.kind === 'graph' || layers === undefined) return undefined;
  const skips = new Map<number, { network: Component['network']; context?: string }>();
  for (let skip = 1; skip <= maxSkip && skip < layers - (penultimate ? 1 : 0); skip += 1) {
    const { network } = await openComponent(reading, found, 'text', skip);
    const { context } = weightsPorts(network, penultimate);
    skips.set(skip, { network, ...(context !== undefined && { context }) });
  }
  return skips;
}

/** Names of marks where the package does not say: those of CLIP's own vocabulary. */
const clipMarks = { bos: '<|startoftext|>', eos: '<|endoftext|>' };

async function describeTokenizer(
  reading: Reading,
  at: string,
  positions: number | undefined,
): Promise<{ tokenizer: TokenizerDescription; length: number }> {
  const { files, sheet } = reading;
  const isOwn =
    reading.virtual !== undefined ||
    files.has(`tokenizer${at}/tokenizer_config.json`) ||
    hasWords(reading, `tokenizer${at}`);
  const folder = isOwn ? `tokenizer${at}` : 'tokenizer';
  const config = await configOf(reading, [`${folder}/tokenizer_config.json`], tokenizerConfigSchema);
  const map = await configOf(reading, [`${folder}/special_tokens_map.json`], tokenizerConfigSchema);
  const said = { ...map?.config, ...config?.config };
  const most = positions ?? 77;
  // Tokenizers without a limit say 10³⁰.
  const length = Math.min(said.model_max_length ?? most, most);
  sheet.say(`tokens${at}`, length, config?.from ?? fromGuess);
  const vocab = `${folder}/vocab.txt`;
  if (files.has(vocab)) {
    need(reading, vocab);
    return {
      length,
      tokenizer: {
        kind: 'wordpiece',
        vocab,
        lowerCase: said.do_lower_case ?? true,
        bos: said.cls_token ?? '[CLS]',
        eos: said.sep_token ?? '[SEP]',
        pad: said.pad_token ?? '[PAD]',
        unknown: said.unk_token ?? '[UNK]',
      },
    };
  }
  const bos = said.bos_token ?? clipMarks.bos;
  const eos = said.eos_token ?? clipMarks.eos;
  const pad = said.pad_token ?? eos;
  sheet.say(`pad${at}`, pad, config?.from ?? fromGuess);
  const marks = { kind: 'clip', bos, eos, pad } as const;
  const words = [`${folder}/vocab.json`, `${folder}/merges.txt`] as const;
  if (words.every((path) => files.has(path))) {
    for (const path of words) need(reading, path);
    return { length, tokenizer: { ...marks, vocab: words[0], merges: words[1] } };
  }
  if (files.has(`${folder}/tokenizer.json`)) {
    const json = need(reading, `${folder}/tokenizer.json`).path;
    return { length, tokenizer: { ...marks, json } };
  }
  // No words of its own: single files and web packages are read with CLIP's own vocabulary.
  sheet.say(`vocabulary${at}`, 'CLIP', fromTable);
  return { length, tokenizer: marks };
}

const hasWords = ({ files }: Reading, folder: string): boolean =>
  ['vocab.json', 'tokenizer.json', 'vocab.txt'].some((name) => files.has(`${folder}/${name}`));
