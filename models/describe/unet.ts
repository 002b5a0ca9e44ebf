/** The U-Net of a diffusers folder: what it is fed, and how it was trained. */
import {
  LoomError,
  type FactSource,
  type Recommendation,
  type SessionPort,
  type UNetDescription,
} from '@/engine/types';
import { findComponent, openComponent } from './component';
import { schedulerSchema, unetSchema, type UNetConfig } from './configs';
import { fromGuess, fromTable, fromWeights } from './facts';
import { familyByShapes, familyOf, unsupportedFamily, type Family } from './families';
import { firstConvolution } from './first-stage';
import { configOf, type Component, type Reading } from './reading';
import { readScheduler, stableDiffusionScheduler, type SchedulerFacts } from './scheduler';

/** What of the network follows from its ports. */
interface UNetPorts {
  readonly channels: number | undefined;
  readonly contextWidth: number | undefined;
  readonly contextLength: number | undefined;
  readonly vectorWidth: number | undefined;
  readonly sizeNumbers: number | undefined;
  readonly guidanceWidth: number | undefined;
}

export interface DescribedUNet {
  readonly component: Component;
  readonly family: Family;
  readonly isXl: boolean;
  readonly vectorWidth: number | undefined;
  readonly contextLength: number | undefined;
  /** The rest, once the latent's channels and the text's width are known. */
  readonly finish: (known: {
    readonly channels: number;
    readonly factor: number;
    readonly textWidth: number | undefined;
  }) => UNetDescription;
}

/** Undefined where the folder has no U-Net. `pipeline`: the class that `model_index.json` names. */
export async function describeUNet(
  reading: Reading,
  pipeline: { readonly name: string; readonly path: string; readonly from: FactSource } | undefined,
): Promise<DescribedUNet | undefined> {
  const found = findComponent(reading, ['unet']);
  if (found === undefined) return undefined;
  const component = await openComponent(reading, found, 'unet');
  const own = await configOf(reading, ['unet/config.json'], unetSchema);
  const config = own?.config ?? unetSchema.parse({});
  const ports = portsOf(component, config, found.file.path);
  const scheduler = await schedulerOf(reading);
  const isXl = ports.vectorWidth !== undefined;
  const shapes = {
    vectorWidth: ports.vectorWidth,
    embedded: ports.guidanceWidth !== undefined,
    contextWidth: ports.contextWidth ?? 0,
  };
  const family = pipeline
    ? familyOf(pipeline.name, pipeline.path)
    : familyByShapes({
        ...shapes,
        extraChannels: (ports.channels ?? config.in_channels) - config.out_channels,
      });
  reading.sheet.say('family', family.title, pipeline?.from ?? fromWeights);
  return {
    component,
    family,
    isXl,
    vectorWidth: ports.vectorWidth,
    contextLength: ports.contextLength,
    finish({ channels, factor, textWidth }) {
      const { sheet } = reading;
      const from = own?.from ?? fromGuess;
      const concatChannels = (ports.channels ?? config.in_channels) - channels;
      if (concatChannels < 0)
        throw new LoomError(
          'package-invalid',
          `The U-Net takes ${channels + concatChannels} channels, but the autoencoder makes ${channels}.`,
          { file: found.file.path },
        );
      if (concatChannels > 0 && family.image === undefined)
        throw unsupportedFamily(`a U-Net with ${concatChannels} further channels`, found.file.path);
      const contextWidth = ports.contextWidth ?? 0;
      if (textWidth !== undefined && textWidth !== contextWidth)
        throw new LoomError(
          'package-invalid',
          `The text encoder makes ${textWidth} numbers a token, but the U-Net takes ${contextWidth}.`,
          { file: found.file.path },
        );
      const [height, width] = sides(config.sample_size) ?? usual(isXl, scheduler.prediction);
      sheet.say(
        'nativeSize',
        `${width * factor} × ${height * factor}`,
        config.sample_size ? from : fromGuess,
      );
      const multipleOf = 2 ** ((config.block_out_channels?.length ?? 4) - 1);
      sheet.say('multipleOf', multipleOf, config.block_out_channels ? from : fromGuess);
      const recommended = recommendation(reading, family, scheduler);
      return {
        network: component.network,
        prediction: scheduler.prediction,
        schedule: scheduler.schedule,
        nativeSize: { height, width },
        multipleOf,
        concatChannels,
        contextWidth,
        ...(ports.contextLength !== undefined && { contextLength: ports.contextLength }),
        ...(ports.guidanceWidth !== undefined && {
          guidance: 'embedded' as const,
          guidanceWidth: ports.guidanceWidth,
        }),
        ...(concatChannels > 0 && family.image && { image: family.image }),
        ...(ports.vectorWidth !== undefined && { vectorWidth: ports.vectorWidth }),
        ...(ports.sizeNumbers !== undefined && { sizeNumbers: ports.sizeNumbers }),
        recommended,
      };
    },
  };
}

/** Inputs that are fed; a graph that wants another is not run. */
const inputs: ReadonlySet<string> = new Set([
  'sample',
  'timestep',
  'encoder_hidden_states',
  'text_embeds',
  'time_ids',
  'timestep_cond',
]);

/** Widths of the ports. Symbolic ones come from the config: names of axes can lie. */
function portsOf({ network, header }: Component, config: UNetConfig, file: string): UNetPorts {
  const ports: readonly Pick<SessionPort, 'name' | 'dims'>[] =
    network.kind === 'graph' ? network.inputs : network.kind === 'weights' ? network.network.inputs : [];
  const unknown = ports.find(({ name }) => !inputs.has(name));
  if (unknown)
    throw new LoomError(
      'graph-unsupported',
      `${file} wants an input "${unknown.name.slice(0, 60)}", which no node gives.`,
      { file },
      { details: { op: unknown.name } },
    );
  const port = (name: string) => ports.find((one) => one.name === name);
  const dim = (name: string, axis: number): number | undefined => {
    const size = port(name)?.dims.at(axis);
    return typeof size === 'number' ? size : undefined;
  };
  const { cross_attention_dim: across } = config;
  const context = Array.isArray(across) ? across[0] : (across ?? undefined);
  return {
    channels: dim('sample', 1) ?? (header && firstConvolution(header)),
    contextWidth: port('encoder_hidden_states') && (dim('encoder_hidden_states', -1) ?? context),
    contextLength: dim('encoder_hidden_states', 1),
    vectorWidth: port('text_embeds') && (dim('text_embeds', -1) ?? 1280),
    sizeNumbers: port('time_ids') && (dim('time_ids', -1) ?? 6),
    guidanceWidth: port('timestep_cond') && (dim('timestep_cond', -1) ?? config.time_cond_proj_dim ?? 256),
  };
}

async function schedulerOf(reading: Reading): Promise<SchedulerFacts> {
  const own = await configOf(
    reading,
    ['scheduler/scheduler_config.json', 'scheduler_config.json'],
    schedulerSchema,
  );
  if (own) return readScheduler(own.config, own.from, reading.sheet);
  reading.sheet.notice(
    'No file says what the network predicts and how it was trained; ε and the noise of Stable Diffusion are assumed.',
  );
  return readScheduler(stableDiffusionScheduler, fromGuess, reading.sheet);
}

/** What the makers set: the scheduler's file, then the family. Few steps without guidance are a guess by the spacing. */
function recommendation({ sheet }: Reading, family: Family, { recommended }: SchedulerFacts): Recommendation {
  const distilled = recommended.sampler === 'euler' && recommended.schedule === 'trailing';
  if (distilled) {
    sheet.say('guidance', 1, fromGuess);
    sheet.say('steps', 4, fromGuess);
    return { ...recommended, guidance: 1, steps: 4 };
  }
  for (const name of ['guidance', 'steps'] as const) {
    const value = family.recommended[name];
    if (value !== undefined) sheet.say(name, value, fromTable);
  }
  return { ...family.recommended, ...recommended };
}

/** Cells that a family was trained at: 1024 pixels for XL, 768 for 2's v-prediction, else 512. */
const usual = (isXl: boolean, prediction: string): readonly [number, number] => {
  const side = isXl ? 128 : prediction === 'v' ? 96 : 64;
  return [side, side];
};

const sides = (size: UNetConfig['sample_size']): readonly [number, number] | undefined =>
  typeof size === 'number' ? [size, size] : (size ?? undefined);
