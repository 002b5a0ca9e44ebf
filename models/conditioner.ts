/** A package's conditioning encoders (paper §3.3): text and class to cross-attention, maps to concatenation. */
import {
  LoomError,
  type ClassEmbedder,
  type Conditioner,
  type ConditionerDescription,
  type LoadOptions,
  type MapEncoder,
} from '@/engine/types';
import { adaptable } from './lora/adapt';
import { encodeMap } from './map-encoding';
import type { Loading } from './loading';
import type { Network } from './network';
import { floatsOf, readSafetensors } from './safetensors';
import { Shared } from './shared';
import { openTextEncoder } from './text/encoder';

/** The conditioner and how to unload it. */
export function openConditioner(loading: Loading): {
  conditioner: Conditioner;
  networks: readonly Network[];
} {
  const { id, text, classes, map } = loading.description.conditioner;
  const opened = text && openTextEncoder(loading, text);
  const again = (next: Loading): Conditioner => {
    const other = openConditioner(next);
    for (const one of other.networks) next.loras?.networks.add(one);
    return other.conditioner;
  };
  const conditioner: Conditioner = {
    id,
    ...(opened && { text: opened.encoder }),
    ...(classes === undefined ? {} : { classes: classEmbedder(loading, classes) }),
    ...(map === undefined ? {} : { map: mapEncoder(map) }),
    ...adaptable(loading, ['text', 'text2'], again, () => conditioner),
  };
  return { conditioner, networks: opened?.networks ?? [] };
}

type Parts = ConditionerDescription;

function classEmbedder(loading: Loading, facts: NonNullable<Parts['classes']>): ClassEmbedder {
  const name = `${loading.description.id}/${facts.embedding}`;
  const table = new Shared(async (options: LoadOptions) => {
    const [file = new Uint8Array()] = await loading.files.load([facts.embedding], options);
    const { values, shape } = floatsOf(readSafetensors(file, name), 'weight', name);
    const [rows, width] = shape;
    if (rows !== facts.names.length + 1 || width !== facts.width)
      throw new LoomError('package-invalid', `${name} is not [${facts.names.length + 1}, ${facts.width}].`, {
        file: name,
      });
    return values;
  });
  return {
    width: facts.width,
    classes: facts.names,
    async encode(classes, options) {
      const values = await table.get(options);
      const out = new Float32Array(classes.length * facts.width);
      classes.forEach((label, i) => {
        // The last row is the null class.
        const row = label ?? facts.names.length;
        if (!Number.isInteger(row) || row < 0 || row > facts.names.length)
          throw new LoomError('invalid-param', `There is no class ${row}; there are ${facts.names.length}.`);
        out.set(values.subarray(row * facts.width, (row + 1) * facts.width), i * facts.width);
      });
      return options.ops.from(out, [classes.length, 1, facts.width]);
    },
  };
}

function mapEncoder(facts: NonNullable<Parts['map']>): MapEncoder {
  return {
    labels: facts.labels,
    channels: facts.channels,
    async encode(map, size, options) {
      const dims = [size.batch, facts.channels, size.height, size.width] as const;
      if (map === null) return options.ops.full(dims, 0);
      const indices = await map.read();
      const [batch = 0, height = 0, width = 0] = map.dims;
      if (!(indices instanceof Uint8Array) || map.dims.length !== 3)
        throw new LoomError('bad-input', 'A semantic map is uint8 [batch, height, width].');
      if (batch !== size.batch && batch !== 1)
        throw new LoomError('bad-input', `${batch} maps cannot be laid over a batch of ${size.batch}.`);
      return options.ops.from(encodeMap(indices, { batch, height, width }, size, facts.channels), dims);
    },
  };
}
