/** The mapping table against the registry: every node, port and parameter that it names is there. */
import { describe, expect, it } from 'vitest';
import { comfyClasses, classesOf } from '@/app/_interop/comfy/mapping';
import { samplerName, samplerParams } from '@/app/_interop/comfy/mapping/samplers';
import type { Json } from '@/app/_interop/comfy/json';
import { isMapping, type ComfyClass, type Mapping } from '@/app/_interop/comfy/mapping/types';
import { registry } from '@/nodes/registry';

const mapped = comfyClasses().flatMap((known): readonly [ComfyClass, Mapping][] =>
  isMapping(known.becomes) ? [[known, known.becomes]] : [],
);
const context = { modelId: () => undefined };
const end = (mapping: Mapping, name: string, side: 'inputs' | 'outputs') => {
  const [part = '', port = ''] = name.split('.');
  return registry.get(mapping.parts[part] ?? '')?.[side][port];
};

describe('the mapping table', () => {
  it('names each class once, with widgets that are no sockets', () => {
    const types = comfyClasses().map(({ type }) => type);
    expect(new Set(types).size).toBe(types.length);
    for (const { inputs, widgets, seeds = [] } of comfyClasses()) {
      expect(Object.keys(widgets).filter((name) => name in inputs)).toEqual([]);
      expect(seeds.filter((name) => !(name in widgets))).toEqual([]);
    }
  });
  for (const [known, mapping] of mapped)
    it(`${known.type}: nodes, ports and parameters exist, and its default values are taken`, () => {
      const partsMissing = Object.values(mapping.parts).filter((type) => registry.get(type) === undefined);
      expect(partsMissing).toEqual([]);
      expect(Object.keys(known.inputs)).toEqual(expect.arrayContaining(Object.keys(mapping.inputs)));
      expect(mapping.outputs).toHaveLength(known.outputs.length);
      const wired = [
        ...Object.values(mapping.inputs).flat(),
        ...(mapping.inner ?? []).map(([, to]) => to),
        ...(mapping.needsUnet ?? []),
        ...(mapping.needsLatent ?? []),
      ];
      const ins = [...wired, ...(mapping.takesMask ? [mapping.takesMask[1]] : [])];
      expect(ins.filter((name) => end(mapping, name, 'inputs') === undefined)).toEqual([]);
      const outs = [
        ...mapping.outputs,
        ...Object.values(mapping.masks ?? {}),
        ...(mapping.inner ?? []).map(([from]) => from),
      ].filter((name) => name !== null);
      expect(outs.filter((name) => end(mapping, name, 'outputs') === undefined)).toEqual([]);
      // Every required port is wired by something.
      const required = Object.entries(mapping.parts).flatMap(([part, type]) =>
        Object.entries(registry.get(type)?.inputs ?? {}).flatMap(([port, { optional }]) =>
          optional === true ? [] : [`${part}.${port}`],
        ),
      );
      expect(required.filter((name) => !wired.includes(name))).toEqual([]);
      const values: Record<string, Json> = { ...known.widgets, rotation: '90 degrees' };
      const params = mapping.params(values, context);
      const wrong = Object.entries(params).flatMap(([part, given]) => {
        const schema = registry.get(mapping.parts[part] ?? '')?.params;
        const unknown = Object.keys(given).filter((name) => !Object.hasOwn(schema?.shape ?? {}, name));
        // A file that is not there has no package.
        const refused = known.models === undefined ? schema?.safeParse(given).error?.message : undefined;
        return [...unknown, ...(refused === undefined ? [] : [refused])];
      });
      expect(wrong).toEqual([]);
      const places = Object.entries(mapping.direct ?? {});
      expect(Object.keys(known.widgets)).toEqual(expect.arrayContaining(places.map(([widget]) => widget)));
      const nowhere = places.filter(([, place]) => {
        const [part = '', param = ''] = place.split('.');
        return !Object.hasOwn(registry.get(mapping.parts[part] ?? '')?.params.shape ?? {}, param);
      });
      expect(nowhere).toEqual([]);
      // Back again: what our parameters say is what the widgets said.
      const given = Object.fromEntries(Object.keys(mapping.parts).map((part) => [part, params[part] ?? {}]));
      const back = Object.entries(mapping.values?.(given) ?? {}).filter(
        ([name]) => Object.hasOwn(known.widgets, name) && name !== 'filename_prefix' && values[name] !== '',
      );
      expect(back).toEqual(back.map(([name]) => [name, values[name]]));
    });
  it('samplers are ours and come back as they were, where the noise of the graphics card is drawn included', () => {
    const shape = registry.get('sampling/sampler')?.params;
    for (const name of [
      'euler',
      'dpmpp_2m',
      'dpmpp_2m_sde',
      'dpmpp_2m_sde_gpu',
      'uni_pc',
      'uni_pc_bh2',
      'ddim',
    ]) {
      const params = samplerParams({ sampler_name: name, scheduler: 'karras' });
      expect(shape?.safeParse(params).success, name).toBe(true);
      expect(samplerName(params)).toBe(name);
    }
    expect(samplerParams({ sampler_name: 'nobody', scheduler: 'nothing' })).toMatchObject({
      sampler: 'euler',
      schedule: 'normal',
    });
  });
  it('writes the usual class for a node of ours', () => {
    expect(classesOf('sampling/sampler').map(({ type }) => type)).toEqual(['KSampler', 'KSamplerAdvanced']);
    expect(classesOf('image/output')[0]?.type).toBe('SaveImage');
    expect(classesOf('model/package')[0]?.type).toBe('CheckpointLoaderSimple');
  });
});
