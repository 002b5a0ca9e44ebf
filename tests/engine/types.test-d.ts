/**
 * Type tests: compiled by `tsc`, never run. Each `@ts-expect-error` is a mistake
 * that must not compile; were it to, `tsc` would report the unused directive.
 */
import { z } from 'zod';
import {
  defineNode,
  port,
  v,
  type AnyNode,
  type ConditioningValue,
  type ImageValue,
  type Inputs,
  type LatentValue,
  type NodeRegistry,
  type Outputs,
  type RunEvent,
  type Tensor,
  type ValueOf,
} from '@/engine';

/* oxlint-disable typescript/no-unnecessary-type-parameters -- comparing types needs them */
type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(): T | undefined => undefined;
/* oxlint-enable typescript/no-unnecessary-type-parameters */
declare const tensor: Tensor;
declare const latent: LatentValue;

const inputs = {
  image: port('image', { height: v('H') }),
  latent: port('latent', {}, { optional: true }),
  off: port('mask', {}, { lazy: true }),
  on: port('mask', {}, { lazy: true, optional: true }),
};
type In = Inputs<typeof inputs>;
holds<Equals<In['image'], ImageValue>>();
holds<Equals<In['latent'], LatentValue | undefined>>();
holds<Equals<In['off'], () => Promise<ValueOf['mask']>>>();
holds<Equals<In['on'], () => Promise<ValueOf['mask'] | undefined>>>();
holds<Equals<Outputs<{ a: ReturnType<typeof port<'image'>> }>['a'], ImageValue>>();

const base = {
  version: 1,
  title: 'T',
  category: 'utility',
  doc: '',
  params: z.object({ n: z.number().default(1) }),
} as const;

/** A right node: its inputs, parameters and outputs have exactly the types of its ports. */
export const right = defineNode({
  ...base,
  id: 'test/right',
  inputs,
  outputs: { image: port('image'), latent: port('latent') },
  async run({ inputs: given, params, runtime, preview, signal }) {
    holds<Equals<typeof given.image, ImageValue>>();
    holds<Equals<typeof params, { n: number }>>();
    // @ts-expect-error -- an optional input may be missing
    const { samples } = given.latent;
    // @ts-expect-error -- a lazy input is a function until it is asked for
    const { mask } = given.off;
    // @ts-expect-error -- no such input
    void given.nothing;
    // @ts-expect-error -- no such parameter
    void params.m;
    preview('latent', latent);
    // @ts-expect-error -- a preview has the type of its port
    preview('image', latent);
    // @ts-expect-error -- previews are of outputs that exist
    preview('nothing', latent);
    // @ts-expect-error -- nodes reach no backend, only arithmetic
    void runtime.createSession;
    const chosen = (await given.on()) ?? (await given.off());
    void [samples, mask, chosen, signal];
    return { image: given.image, latent };
  },
});

export const wrongKind = defineNode({
  ...base,
  id: 'test/wrong-kind',
  inputs: {},
  outputs: { image: port('image') },
  // @ts-expect-error -- a latent is no image
  run: () => Promise.resolve({ image: latent }),
});

export const missingOutput = defineNode({
  ...base,
  id: 'test/missing-output',
  inputs: {},
  outputs: { image: port('image'), latent: port('latent') },
  // @ts-expect-error -- every output must be returned
  run: () => Promise.resolve({ latent }),
});

export const wrongRefine = defineNode({
  ...base,
  id: 'test/wrong-refine',
  inputs: {},
  outputs: { image: port('image') },
  // @ts-expect-error -- refine may only name ports that exist
  refine: () => ({ picture: { kind: 'image', fields: {} } }),
  run: () => Promise.resolve({ image: { kind: 'image', pixels: tensor } }),
});

export const wrongParams = defineNode({
  ...base,
  id: 'test/wrong-params',
  inputs: {},
  outputs: {},
  // @ts-expect-error -- params are the schema's output
  packages: (params) => [params.package],
  run: () => Promise.resolve({}),
});

export const wrongId = defineNode({
  ...base,
  // @ts-expect-error -- ids are category/name
  id: 'right',
  inputs: {},
  outputs: {},
  run: () => Promise.resolve({}),
});

// @ts-expect-error -- there is no such kind of port
port('anything');
// @ts-expect-error -- an expression is no function
port('image', { height: () => 1 });

/** A registry takes any node, and nobody but the executor can run what it gives. */
export const registry: Pick<NodeRegistry, 'all'> = { all: () => [right] };
const [any] = registry.all();
// @ts-expect-error -- `run` of an unknown node takes `never`
void any?.run({ inputs: {} });
// @ts-expect-error -- and so does `refine`
any?.refine?.({}, { ports: () => undefined, packages: [], hash: () => undefined });
holds<Equals<typeof any, AnyNode | undefined>>();

/** Events and parts are closed unions: a case left out does not compile. */
export function name(event: RunEvent): string {
  switch (event.type) {
    case 'run-started':
    case 'node-started':
    case 'progress':
    case 'preview':
    case 'node-finished':
    case 'node-cached':
    case 'node-failed':
    case 'node-skipped':
    case 'device-lost':
      return event.type;
    default: {
      // @ts-expect-error -- `finished` was forgotten above
      const none: never = event;
      return none;
    }
  }
}
declare const part: NonNullable<ConditioningValue['entries'][number]['parts']['text']>;
if (part.part === 'text' || part.part === 'class') holds<Equals<typeof part.context, Tensor>>();
// @ts-expect-error -- a concatenated part has no context
else void part.context;
