/** Every node, explicitly: a test finds files that are not listed. */
import { createRegistry, type AnyNode, type NodeRegistry } from '@/engine/types';
import { conditioningClass } from './conditioning/class';
import { conditioningCombine } from './conditioning/combine';
import { conditioningImage } from './conditioning/image';
import { conditioningInterpolate } from './conditioning/interpolate';
import { conditioningMix } from './conditioning/mix';
import { conditioningRange } from './conditioning/range';
import { conditioningSemanticMap } from './conditioning/semantic-map';
import { conditioningText } from './conditioning/text';
import { firstStageDecode } from './first-stage/decode';
import { firstStageEncode } from './first-stage/encode';
import { firstStageLookUp } from './first-stage/look-up';
import { firstStageQuantise } from './first-stage/quantise';
import { imageCompare } from './image/compare';
import { imageComposite } from './image/composite';
import { imageCrop } from './image/crop';
import { imageDifference } from './image/difference';
import { imageGrid } from './image/grid';
import { imageLoad } from './image/load';
import { imageOutput } from './image/output';
import { imagePad } from './image/pad';
import { imageResize } from './image/resize';
import { imageSemanticMap } from './image/semantic-map';
import { latentAdd } from './latent/add';
import { latentAddNoise } from './latent/add-noise';
import { latentBatch } from './latent/batch';
import { latentComposite } from './latent/composite';
import { latentCrop } from './latent/crop';
import { latentEmpty } from './latent/empty';
import { latentFlip } from './latent/flip';
import { latentLoad } from './latent/load';
import { latentMix } from './latent/mix';
import { latentNoise } from './latent/noise';
import { latentNoiseSlerp } from './latent/noise-slerp';
import { latentPad } from './latent/pad';
import { latentPick } from './latent/pick';
import { latentResize } from './latent/resize';
import { latentRotate } from './latent/rotate';
import { latentSave } from './latent/save';
import { latentScale } from './latent/scale';
import { latentSlerp } from './latent/slerp';
import { latentSubtract } from './latent/subtract';
import { maskFeather } from './mask/feather';
import { maskFill } from './mask/fill';
import { maskFromMap } from './mask/from-map';
import { maskGrow } from './mask/grow';
import { maskInvert } from './mask/invert';
import { maskLoad } from './mask/load';
import { modelFirstStage } from './model/first-stage';
import { modelPackage } from './model/package';
import { samplingSampler } from './sampling/sampler';
import { samplingSchedule } from './sampling/schedule';
import { samplingUnet } from './sampling/unet';
import { utilityShowText } from './utility/show-text';

const all: readonly AnyNode[] = [
  modelFirstStage,
  modelPackage,
  conditioningClass,
  conditioningCombine,
  conditioningImage,
  conditioningInterpolate,
  conditioningMix,
  conditioningRange,
  conditioningSemanticMap,
  conditioningText,
  latentAddNoise,
  latentAdd,
  latentBatch,
  latentComposite,
  latentCrop,
  latentEmpty,
  latentFlip,
  latentLoad,
  latentMix,
  latentNoiseSlerp,
  latentNoise,
  latentPad,
  latentPick,
  latentResize,
  latentRotate,
  latentSave,
  latentScale,
  latentSlerp,
  latentSubtract,
  samplingSampler,
  samplingSchedule,
  samplingUnet,
  firstStageDecode,
  firstStageEncode,
  firstStageLookUp,
  firstStageQuantise,
  imageCompare,
  imageComposite,
  imageCrop,
  imageDifference,
  imageGrid,
  imageLoad,
  imageOutput,
  imagePad,
  imageResize,
  imageSemanticMap,
  maskFeather,
  maskFill,
  maskFromMap,
  maskGrow,
  maskInvert,
  maskLoad,
  utilityShowText,
];

/** The node library: `latent-loom/nodes`. */
export const registry: NodeRegistry = createRegistry(all);
