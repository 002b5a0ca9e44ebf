/** The engine's public surface: all that `app/` and tests of other parts may use. */
export * from './types/index';
export * from './document/schema';
export { parseDocument, type DocumentNotice } from './document/parse';
export { serialise } from './document/serialise';
export { createHistory, type History } from './document/history';
export {
  addInstance,
  groupNodes,
  makeUnique,
  mayStandIn,
  ungroup,
  unusedDefinitions,
  type GroupOptions,
} from './document/subgraph';
export { canonical } from './document/canonical';
export { infer, inferredCount } from './graph/infer';
export type {
  DeclaredPorts,
  Endpoint,
  Inference,
  InferOptions,
  NodeInfo,
  NodeState,
} from './graph/inference';
export { checkWire, type WireCheck } from './graph/wire';
export { portsOf } from './graph/instance-ports';
export { wordsOf, type TermWords } from './graph/wording';
export { applyMend } from './graph/apply-mend';
export { mendsOf, type WireEnds } from './graph/mends';
export { plan } from './graph/plan';
export { readiness } from './graph/targets';
export type { Iteration, NodeRef, Plan, PlanOptions, PlanStep } from './graph/plan-types';
export type { MemoryPlan, MemoryStep } from './graph/memory-types';
export { createExecutor } from './run/executor';
export type { Borrowed, Executor, ExecutorOptions, RunFile, RunOptions } from './run/executor-types';
export type { NodeCost, RunEvent, RunResult } from './run/events';
