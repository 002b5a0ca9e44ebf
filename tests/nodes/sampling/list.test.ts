import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { samplerNames, samplers, samplerTitles } from '@/nodes/sampling/_math/samplers';

const folder = fileURLToPath(new URL('../../../nodes/sampling/_math/', import.meta.url));

describe('the list of samplers', () => {
  it('has every file that defines one, and each name is that of its file', () => {
    const defined = readdirSync(folder).filter(
      (file) =>
        file !== 'define-sampler.ts' && readFileSync(folder + file, 'utf8').includes('= defineSampler({'),
    );
    expect(defined.map((file) => file.replace(/\.ts$/, '')).toSorted()).toEqual([...samplerNames].toSorted());
  });
  it('tells all apart by name and by title', () => {
    expect(new Set(samplerNames).size).toBe(samplerNames.length);
    expect(new Set(Object.values(samplerTitles)).size).toBe(samplerNames.length);
    for (const name of samplerNames) expect(samplers[name].name).toBe(name);
  });
});
