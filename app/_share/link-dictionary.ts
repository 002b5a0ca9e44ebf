/**
 * What documents have in common, as the preset dictionary of links of format 1:
 * typical phrases, the commonest last (deflate reaches the end most cheaply).
 * Frozen: one changed byte and no link made before can be read. A better one
 * becomes format 2.
 */
const text = [
  '"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAQAAAAEACAMAAABrrFhUAAAA',
  '"mode":"bypass","mode":"mute","collapsed":true,"size":{"height":240,"width":320},"color":"#',
  '"text":"blurry, low quality""text":"flat avatar, brown skin, red curly hair, blue hoodie, happy eyes, smile mouth, yellow background"',
  'loom-vq-f8loom-kl-f8"scheduler""karras""linear""exponential""euler-ancestral""heun""dpmpp-2m""ddim""euler""schedule":"',
  '"type":"first-stage/encode","version":1"type":"image/load"',
  '"type":"latent/blend"',
  '"type":"mask/paint"',
  '"type":"conditioning/semantic-map"',
  '"type":"image/semantic-map"',
  '"type":"conditioning/combine"',
  '"type":"conditioning/class"',
  '"params":{"class":"',
  '"params":{"map":null}',
  '"params":{"source":"',
  '{"definitions":{},"edges":{"class-',
  '"format":"latent-loom","groups":{},"meta":{"description":"","packages":{},"title":"',
  '"notes":{},"title":"Text to image"},"nodes":{"class":{"params":{},"position":{"x":',
  '"from":{"node":"unet","port":"denoiser"},"to":{"node":"sampler","port":"denoiser"}},',
  '"from":{"node":"noise","port":"noise"},"to":{"node":"sampler","port":"noise"}},',
  '"from":{"node":"package","port":"conditioner"},"to":{"node":"negative","port":"conditioner"}},',
  '"from":{"node":"package","port":"conditioner"},"to":{"node":"prompt","port":"conditioner"}},',
  '"from":{"node":"package","port":"firstStage"},"to":{"node":"decode","port":"firstStage"}},',
  '"from":{"node":"package","port":"unet"},"to":{"node":"unet","port":"unet"}},',
  '"from":{"node":"package","port":"unet"},"to":{"node":"noise","port":"unet"}},',
  '"from":{"node":"negative","port":"conditioning"},"to":{"node":"unet","port":"negative"}},',
  '"from":{"node":"prompt","port":"conditioning"},"to":{"node":"unet","port":"positive"}},',
  '"from":{"node":"sampler","port":"latent"},"to":{"node":"decode","port":"latent"}},',
  '"from":{"node":"decode","port":"image"},"to":{"node":"image","port":"image"}}},',
  '"decode":{"params":{},"position":{"x":',
  '"type":"first-stage/decode","version":1},',
  '"image":{"params":{},"position":{"x":',
  '"type":"image/output","version":1},',
  '"noise":{"params":{"batch":1,"height":0,"seed":"7","width":0},"position":{"x":',
  '"type":"latent/noise","version":1},',
  '"package":{"params":{"package":"loom-kl-f8"},"position":{"x":',
  '"type":"model/package","version":1},',
  '"sampler":{"params":{"eta":0,"sampler":"ddim","schedule":"native","steps":20,"strength":1},"position":{"x":',
  '"type":"sampling/sampler","version":1},',
  '"unet":{"params":{"guidance":5},"position":{"x":',
  '"type":"sampling/unet","version":1}},"notes":{},"version":1}',
  '"prompt":{"params":{"text":"',
  '"},"position":{"x":0,"y":0},"type":"conditioning/text","version":1},',
].join('');

export const dictionary1 = new TextEncoder().encode(text);
