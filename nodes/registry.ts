/** Every node, explicitly: a test finds files that are not listed. */
import { createRegistry, type AnyNode, type NodeRegistry } from '@/engine/types';
import { conditioningArea } from './conditioning/area';
import { conditioningAverage } from './conditioning/average';
import { conditioningClass } from './conditioning/class';
import { conditioningCombine } from './conditioning/combine';
import { conditioningConcat } from './conditioning/concat';
import { conditioningImage } from './conditioning/image';
import { conditioningInterpolate } from './conditioning/interpolate';
import { conditioningMix } from './conditioning/mix';
import { conditioningRange } from './conditioning/range';
import { conditioningSemanticMap } from './conditioning/semantic-map';
import { conditioningText } from './conditioning/text';
import { conditioningZero } from './conditioning/zero';
import { firstStageDecode } from './first-stage/decode';
import { firstStageEncode } from './first-stage/encode';
import { firstStageEncodeInpaint } from './first-stage/encode-inpaint';
import { firstStageLookUp } from './first-stage/look-up';
import { firstStageQuantise } from './first-stage/quantise';
import { imageBatch } from './image/batch';
import { imageBlur } from './image/blur';
import { imageCompare } from './image/compare';
import { imageComposite } from './image/composite';
import { imageCrop } from './image/crop';
import { imageDifference } from './image/difference';
import { imageFromMask } from './image/from-mask';
import { imageGrid } from './image/grid';
import { imageInvert } from './image/invert';
import { imageLoad } from './image/load';
import { imageOutput } from './image/output';
import { imagePad } from './image/pad';
import { imagePaste } from './image/paste';
import { imagePick } from './image/pick';
import { imageRepeat } from './image/repeat';
import { imageResize } from './image/resize';
import { imageScaleBy } from './image/scale-by';
import { imageSemanticMap } from './image/semantic-map';
import { imageSharpen } from './image/sharpen';
import { imageSolid } from './image/solid';
import { imageTotalPixels } from './image/total-pixels';
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
import { latentNoiseLike } from './latent/noise-like';
import { latentNoiseSlerp } from './latent/noise-slerp';
import { latentPad } from './latent/pad';
import { latentPaste } from './latent/paste';
import { latentPick } from './latent/pick';
import { latentRepeat } from './latent/repeat';
import { latentResize } from './latent/resize';
import { latentRotate } from './latent/rotate';
import { latentSave } from './latent/save';
import { latentScale } from './latent/scale';
import { latentScaleBy } from './latent/scale-by';
import { latentSlerp } from './latent/slerp';
import { latentSubtract } from './latent/subtract';
import { maskCombine } from './mask/combine';
import { maskCrop } from './mask/crop';
import { maskFeather } from './mask/feather';
import { maskFeatherEdges } from './mask/feather-edges';
import { maskFill } from './mask/fill';
import { maskForLatent } from './mask/for-latent';
import { maskFromImage } from './mask/from-image';
import { maskFromMap } from './mask/from-map';
import { maskGrow } from './mask/grow';
import { maskInvert } from './mask/invert';
import { maskLoad } from './mask/load';
import { maskSolid } from './mask/solid';
import { maskThreshold } from './mask/threshold';
import { modelFirstStage } from './model/first-stage';
import { modelLora } from './model/lora';
import { modelPackage } from './model/package';
import { samplingSampler } from './sampling/sampler';
import { samplingSchedule } from './sampling/schedule';
import { samplingUnet } from './sampling/unet';
import { utilityShowText } from './utility/show-text';

const all: readonly AnyNode[] = [
  modelFirstStage,
  modelLora,
  modelPackage,
  conditioningClass,
  conditioningCombine,
  conditioningImage,
  conditioningInterpolate,
  conditioningMix,
  conditioningRange,
  conditioningSemanticMap,
  conditioningText,
  conditioningArea,
  conditioningAverage,
  conditioningConcat,
  conditioningZero,
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
  latentNoiseLike,
  latentPaste,
  latentRepeat,
  latentScaleBy,
  samplingSampler,
  samplingSchedule,
  samplingUnet,
  firstStageDecode,
  firstStageEncode,
  firstStageLookUp,
  firstStageQuantise,
  firstStageEncodeInpaint,
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
  imageBatch,
  imageBlur,
  imageFromMask,
  imageInvert,
  imagePaste,
  imagePick,
  imageRepeat,
  imageScaleBy,
  imageSharpen,
  imageSolid,
  imageTotalPixels,
  maskFeather,
  maskFill,
  maskFromMap,
  maskGrow,
  maskInvert,
  maskLoad,
  maskCombine,
  maskCrop,
  maskFeatherEdges,
  maskForLatent,
  maskFromImage,
  maskSolid,
  maskThreshold,
  utilityShowText,
];

/** The node library: `latent-loom/nodes`. */
export const registry: NodeRegistry = createRegistry(all);
