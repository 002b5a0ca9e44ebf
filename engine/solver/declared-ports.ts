/** What the solver is given: a node's declared port types and the equations its parameters add. */
import type { PortType } from '../types/port';
import type { TypeExpression } from '../types/type-expression';

/** A node's port types with its own variables still in them. */
export interface DeclaredPorts {
  readonly inputs: Readonly<Record<string, PortType>>;
  readonly outputs: Readonly<Record<string, PortType>>;
  /** What parameters settle about the variables. */
  readonly equations?: readonly SizeEquation[];
}

/** An equation between sizes, and the parameter that says so. */
export interface SizeEquation {
  readonly param: string;
  readonly want: TypeExpression;
  readonly got: TypeExpression;
}
