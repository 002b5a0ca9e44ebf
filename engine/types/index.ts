/** What `nodes/` and `models/` may import of the engine. */
export { getOwn } from './get-own';
export * from './backend';
export * from './define-port';
export * from './diagnostics';
export * from './error';
export * from './half';
export * from './kinds';
export * from './model';
export * from './network';
export * from './node';
export * from './node-pack';
export * from './package';
export * from './package-facts';
export * from './port';
export * from './registry';
export * from './runtime';
export * from './tensor';
export * from './type-expression';
