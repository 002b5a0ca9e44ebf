/** ComfyUI's sampler and scheduler names as parameters of our Sampler, by the table beside the samplers. */
import { comfySamplers, comfySchedulers } from '@/nodes/sampling/_math/tool-names';
import { str, type Difference, type Params, type Values } from './types';

const samplerOf = (name: string) => (Object.hasOwn(comfySamplers, name) ? comfySamplers[name] : undefined);
const scheduleOf = (name: string) =>
  Object.hasOwn(comfySchedulers, name) ? comfySchedulers[name] : undefined;

/** Our schedule for a name of theirs; `normal`, their default, where there is none (said by {@link samplerDiffers}). */
export const ourSchedule = (name: string): string => scheduleOf(name) ?? 'normal';
/** Their name for our schedule; every version knows `normal`. */
export const theirScheduler = (ours: string): string =>
  Object.entries(comfySchedulers).find(([, schedule]) => schedule === ours)?.[0] ?? 'normal';

/** The sampler of a name as our parameters, in ComfyUI's dialect; Euler where there is none. */
export function namedSampler(name: string): Params {
  const named = samplerOf(name);
  return {
    sampler: named?.sampler ?? 'euler',
    dialect: 'comfy',
    ...(named?.order !== undefined && { order: named.order }),
    ...(named?.variant !== undefined && { variant: named.variant }),
    // Where its own noise is drawn, the start noise being drawn on the CPU.
    ...(name.endsWith('_gpu') && { noiseSource: 'torch-cuda' }),
  };
}

/** Sampler and scheduler as our parameters. */
export const samplerParams = (values: Values): Params => ({
  ...namedSampler(str(values['sampler_name'], 'euler')),
  schedule: ourSchedule(str(values['scheduler'], 'normal')),
});

/** Their name for our sampler, UniPC's variant and the place of its noise included; `euler` where there is none. */
export function samplerName(params: Params): string {
  const onGpu = params['noiseSource'] === 'torch-cuda';
  const names = Object.entries(comfySamplers).flatMap(([name, { sampler, near, variant }]) =>
    sampler === params['sampler'] &&
    near !== true &&
    (variant === undefined || variant === (params['variant'] ?? 'bh2'))
      ? [name]
      : [],
  );
  return names.find((name) => name.endsWith('_gpu') === onGpu) ?? names[0] ?? 'euler';
}

/** Whether the sampler or scheduler of these values is only resembled here. */
export function samplerDiffers(values: Values): readonly Difference[] {
  const found: Difference[] = [];
  const sampler = values['sampler_name'];
  if (typeof sampler === 'string') {
    const named = samplerOf(sampler);
    if (!named || named.near) found.push({ code: 'sampler', what: sampler });
  }
  const scheduler = values['scheduler'];
  if (typeof scheduler === 'string' && scheduleOf(scheduler) === undefined)
    found.push({ code: 'scheduler', what: scheduler });
  return found;
}
