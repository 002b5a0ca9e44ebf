/** `latent-loom/node`: the engine on Node, for programs. What the command line itself is made of. */
export { nodeEngine, type NodeEngine } from './node-engine';
export { registryOf } from './node-packs';
export { installed, type Installed } from './packages';
export { encodeImage } from '@/app/_formats/png/image';
export { embedGraph, extractGraph } from '@/app/_formats/png/png';
export { createBackend } from '@/engine/tensor/ort-node';
