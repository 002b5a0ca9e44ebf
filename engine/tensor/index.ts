/** Arithmetic without inference: what tests and tools need. Sessions come from `./ort`. */
export { createCpuBackend, createCpuScope } from './cpu-backend';
