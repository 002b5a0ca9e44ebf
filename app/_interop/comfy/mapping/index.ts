/** Every node class of ComfyUI that is known, and which of them our nodes are written as. */
import { conditioningClasses } from './conditioning';
import { imageClasses } from './image';
import { latentClasses } from './latent';
import { loaderClasses } from './loaders';
import { maskClasses } from './mask';
import { samplingClasses } from './sampling';
import { isMapping, type ComfyClass } from './types';
import { utilityClasses } from './utility';

const all: readonly ComfyClass[] = [
  ...loaderClasses,
  ...conditioningClasses,
  ...latentClasses,
  ...samplingClasses,
  ...imageClasses,
  ...maskClasses,
  ...utilityClasses,
];
const byType = new Map(all.map((known) => [known.type, known]));

/** The class of this name; old files hold names with a space at the end (`"ConditioningAverage "`). */
export const comfyClass = (type: string): ComfyClass | undefined =>
  byType.get(type) ?? byType.get(type.trim());

/** Every known class. */
export const comfyClasses = (): readonly ComfyClass[] => all;

/** The classes that an export may write for a node of ours, the usual one first. */
export const classesOf = (type: string): readonly ComfyClass[] =>
  all.filter(
    ({ becomes }) => isMapping(becomes) && becomes.importOnly !== true && becomes.parts.main === type,
  );
