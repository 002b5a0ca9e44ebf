/**
 * Which model here a file's name in another tool's graph stands for. Those who read such graphs do not know the models;
 * whoever does tells them.
 */
import type { ImportOptions } from '../_interop/open';

type Finder = NonNullable<ImportOptions['modelId']>;

let finder: Finder = () => undefined;
export const setModelFinder = (next: Finder): void => {
  finder = next;
};
export const modelIdOf: Finder = (file) => finder(file);

/** `SD1.5\\dream.safetensors` is called `dream`: other tools name files by their path in a folder of models. */
export const stemOf = (name: string): string =>
  name
    .replace(/^.*[/\\]/u, '')
    .replace(/\.(?:safetensors|ckpt|pt|pth|bin)$/iu, '')
    .toLowerCase();
