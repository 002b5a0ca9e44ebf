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
export { freshId } from './document/fresh-id';
export { canonical } from './document/canonical';
export { infer, inferredCount } from './infer/infer';
export type { Endpoint, Inference, InferOptions, NodeInfo, NodeState } from './infer/inference';
export type { DeclaredPorts } from './solver/declared-ports';
export { checkConnection, type ConnectionCheck } from './infer/check-connection';
export { portsOf } from './graph/instance-ports';
export { phraseOf, type Phrase } from './infer/wording';
export { connect, type EdgeEnds } from './graph/connect';
export { applyFix } from './fixes/apply-fix';
export { fixesFor } from './fixes/fixes-for';
export { plan } from './plan/plan';
export { iterationsOf, withValues } from './plan/sweep';
export { readiness } from './plan/targets';
export type { Iteration, NodeRef, Plan, PlanOptions, PlanStep } from './plan/plan-types';
export type { MemoryPlan, MemoryStep } from './plan/memory-types';
export { createExecutor } from './run/executor';
export type { Borrowed, Executor, ExecutorOptions, RunFile, RunOptions } from './run/executor-types';
export type { NodeCost, RunEvent, RunResult } from './run/events';
