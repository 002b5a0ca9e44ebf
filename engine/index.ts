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
export { infer, inferredCount } from './infer/infer';
export type { Endpoint, Inference, InferOptions, NodeInfo, NodeState } from './infer/inference';
export type { DeclaredPorts } from './solver/declared-ports';
export { checkWire, type WireCheck } from './infer/wire';
export { portsOf } from './graph/instance-ports';
export { wordsOf, type TermWords } from './infer/wording';
export { applyMend } from './fixes/apply-mend';
export { mendsOf, type WireEnds } from './fixes/mends';
export { plan } from './plan/plan';
export { readiness } from './plan/targets';
export type { Iteration, NodeRef, Plan, PlanOptions, PlanStep } from './plan/plan-types';
export type { MemoryPlan, MemoryStep } from './plan/memory-types';
export { createExecutor } from './run/executor';
export type { Borrowed, Executor, ExecutorOptions, RunFile, RunOptions } from './run/executor-types';
export type { NodeCost, RunEvent, RunResult } from './run/events';
