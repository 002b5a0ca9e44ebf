/** A package's text encoders: prompts to a context, and for SDXL a pooled vector (paper §3.3). */
import {
  LoomError,
  type CallOptions,
  type EncodedText,
  type LoadOptions,
  type PromptOptions,
  type SessionPort,
  type Tensor,
  type TensorOps,
  type TextDescription,
  type TextEncoder,
  type TextEncoderDescription,
} from '@/engine/types';
import { labelOf } from '../description';
import type { Loading } from '../loading';
import { Network } from '../network';
import { Shared } from '../shared';
import { applyWeights } from './emphasis';
import { openTokenizer } from './open-tokenizer';
import type { Chunk, PromptTokenizer } from './tokens';

/** The encoder and how to unload it. */
export function openTextEncoder(
  loading: Loading,
  facts: TextDescription,
): { encoder: TextEncoder; networks: readonly Network[] } {
  const open = new Map<TextEncoderDescription['network'], Network>();
  const networkFor = (stored: TextEncoderDescription['network'], name: string): Network => {
    const network = open.get(stored) ?? new Network(loading, name, stored);
    open.set(stored, network);
    return network;
  };
  const label = labelOf(loading.description);
  const parts = facts.encoders.map((encoder, i) =>
    openOne(loading, encoder, networkFor, `${label} text encoder${i === 0 ? '' : ` ${i + 1}`}`),
  );
  const [first] = parts;
  if (first === undefined) throw new LoomError('package-invalid', `${label} has no text encoder.`);

  const encode = async (
    prompts: readonly string[],
    options: CallOptions & PromptOptions,
  ): Promise<EncodedText> => {
    const scope = options.ops.scope();
    try {
      const inner = { ...options, ops: scope.ops };
      const chunks = await Promise.all(
        parts.map(async ({ tokenizer }) => {
          const reader = await tokenizer.get({ signal: options.signal });
          return prompts.map((prompt) => reader.chunks(prompt, options));
        }),
      );
      const count = Math.max(1, ...chunks.flat().map(({ length }) => length));
      const encoded: EncodedText[] = [];
      for (const [i, part] of parts.entries()) encoded.push(await part.encode(chunks[i] ?? [], count, inner));
      const contexts = encoded.map(({ context }) => context);
      const [only] = contexts;
      const context = contexts.length === 1 && only ? only : scope.ops.concat(contexts, 2);
      const vector = encoded.find((one) => one.vector)?.vector;
      return { context: scope.keep(context), ...(vector && { vector: scope.keep(vector) }) };
    } finally {
      scope.release();
    }
  };

  const encoder: TextEncoder = {
    width: facts.width,
    length: facts.length,
    chunks: facts.chunks === true,
    async tokenize(prompt, options) {
      const reader = await first.tokenizer.get({ signal: new AbortController().signal });
      return reader.view(prompt, options);
    },
    encode(prompts, options) {
      if (options.tooLong === 'chunk' && facts.chunks !== true)
        throw new LoomError(
          'unsupported',
          `${label} takes a context of ${facts.length} tokens and no other length.`,
          { path: 'tooLong' },
          { fix: 'Shorten the prompt, or choose to cut it.' },
        );
      return encode(prompts, options);
    },
    async encodeNull(options) {
      const empty = await encode([''], options);
      if (facts.nullIsZero !== true) return empty;
      const { ops } = options;
      const zeros = ({ dims }: Tensor): Tensor => ops.full(dims, 0);
      return { context: zeros(empty.context), ...(empty.vector && { vector: zeros(empty.vector) }) };
    },
  };
  return { encoder, networks: [...open.values()] };
}

interface Part {
  readonly tokenizer: Shared<PromptTokenizer>;
  /** `chunks` by prompt; each prompt is filled up to `count` of them with empty ones. */
  encode(
    chunks: readonly (readonly Chunk[])[],
    count: number,
    options: CallOptions & PromptOptions,
  ): Promise<EncodedText>;
}

function openOne(
  loading: Loading,
  facts: TextEncoderDescription,
  networkFor: (stored: TextEncoderDescription['network'], name: string) => Network,
  name: string,
): Part {
  networkFor(facts.network, name);
  const tokenizer = new Shared((options: LoadOptions) => openTokenizer(loading, facts, options));
  /** The network and the output of a clip skip. Throws `unsupported`. */
  const layer = (skip: number): { network: Network; context: string | undefined } => {
    if (skip === 0) return { network: networkFor(facts.network, name), context: facts.context };
    const found = facts.skips?.get(skip);
    if (found === undefined)
      throw new LoomError(
        'unsupported',
        `${name} gives its last layer only; its graph has no output for clip skip ${skip}.`,
        { path: 'clipSkip' },
        { fix: 'Set clip skip to 0, or open the model from its safetensors instead.' },
      );
    return { network: networkFor(found.network, `${name}, clip skip ${skip}`), context: found.context };
  };
  const call = async (
    rows: readonly Chunk[],
    { ops, signal, progress, clipSkip = 0 }: CallOptions & PromptOptions,
  ): Promise<EncodedText> => {
    const { network, context } = layer(clipSkip);
    const { inputs, outputs } = await network.session({ signal, ...(progress && { progress }) });
    const feeds = feedsOf(inputs, rows, facts.length, ops);
    const results = await network.run(feeds, { signal, ops });
    const only = outputs[0]?.name ?? '';
    return {
      context: network.output(results, context ?? only),
      ...(facts.vector !== undefined && { vector: network.output(results, facts.vector) }),
    };
  };
  return {
    tokenizer,
    async encode(chunks, count, options) {
      const { ops, weights = 'off' } = options;
      const empty = (await tokenizer.get({ signal: options.signal })).chunks('')[0];
      if (empty === undefined) throw new LoomError('internal', 'An empty prompt has one chunk.');
      const rows = chunks.flatMap((own) => [
        ...own,
        ...Array.from({ length: count - own.length }, () => empty),
      ]);
      const plain = await call(rows, options);
      const neutral =
        weights === 'interpolate' && isWeighted(rows) ? (await call([empty], options)).context : undefined;
      const context =
        weights === 'off' || !isWeighted(rows)
          ? plain.context
          : await applyWeights(
              ops,
              plain.context,
              rows.map((row) => row.weights),
              neutral,
            );
      return {
        context: joinChunks(ops, context, chunks.length, count),
        // Of several chunks the first tells the whole, as AUTOMATIC1111's web UI has it.
        ...(plain.vector && { vector: firstOfEach(ops, plain.vector, chunks.length, count) }),
      };
    },
  };
}

const isWeighted = (rows: readonly Chunk[]): boolean =>
  rows.some(({ weights }) => weights.some((weight) => weight !== 1));

/** Ids, and where a graph asks for it a mask that sees every token. */
function feedsOf(
  inputs: readonly SessionPort[],
  rows: readonly Chunk[],
  length: number,
  ops: TensorOps,
): Record<string, Tensor> {
  const dims = [rows.length, length];
  const ids = rows.flatMap((row) => row.ids);
  const whole = (values: readonly number[]): Tensor => ops.from(BigInt64Array.from(values, BigInt), dims);
  return Object.fromEntries(
    inputs.map(({ name }, i) => [
      name,
      name === 'attention_mask' ? whole(ids.map(() => 1)) : i === 0 ? whole(ids) : whole(ids.map(() => 0)),
    ]),
  );
}

/** [B·n, S, width] → [B, n·S, width]. */
function joinChunks(ops: TensorOps, context: Tensor, prompts: number, count: number): Tensor {
  if (count === 1) return context;
  const joined = Array.from({ length: prompts }, (_, b) =>
    ops.concat(
      Array.from({ length: count }, (__, i) => ops.slice(context, 0, b * count + i, b * count + i + 1)),
      1,
    ),
  );
  return ops.concat(joined, 0);
}

/** [B·n, V] → [B, V]. */
function firstOfEach(ops: TensorOps, vector: Tensor, prompts: number, count: number): Tensor {
  if (count === 1) return vector;
  return ops.concat(
    Array.from({ length: prompts }, (_, b) => ops.slice(vector, 0, b * count, b * count + 1)),
    0,
  );
}
