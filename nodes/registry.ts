/** Every node, explicitly: a test finds files that are not listed. */
import type { AnyNode, NodeRegistry } from '@/engine/types';
import { conditioningClass } from './conditioning/class';
import { conditioningCombine } from './conditioning/combine';
import { conditioningSemanticMap } from './conditioning/semantic-map';
import { conditioningText } from './conditioning/text';
import { firstStageDecode } from './first-stage/decode';
import { firstStageEncode } from './first-stage/encode';
import { imageLoad } from './image/load';
import { imageOutput } from './image/output';
import { imageSemanticMap } from './image/semantic-map';
import { latentNoise } from './latent/noise';
import { modelFirstStage } from './model/first-stage';
import { modelPackage } from './model/package';
import { samplingSampler } from './sampling/sampler';
import { samplingUnet } from './sampling/unet';

const all: readonly AnyNode[] = [
  modelPackage,
  modelFirstStage,
  conditioningText,
  conditioningClass,
  conditioningSemanticMap,
  conditioningCombine,
  latentNoise,
  samplingUnet,
  samplingSampler,
  firstStageEncode,
  firstStageDecode,
  imageLoad,
  imageSemanticMap,
  imageOutput,
];

const byId = new Map(all.map((node) => [node.id as string, node]));

/** The node library. */
export const registry: NodeRegistry = { get: (id) => byId.get(id), all: () => all };
