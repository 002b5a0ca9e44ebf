/** Values against port types, while running: with real sizes the same solver that judged the edges. */
import type { PlanStep } from '../plan/plan-types';
import { getOwn } from '../types/get-own';
import { solvePorts } from '../solver/solve-ports';
import type { Solution } from '../solver/unify';
import { describeExpression, fieldName, nodeName } from '../infer/wording';
import { LoomError } from '../types/error';
import type { PortType } from '../types/port';
import type { AnyValue } from '../types/kinds';
import { shapeProblem, typeOfValue, type Values } from './values';

/** The checks of one run of one node: what its inputs settle holds for its outputs. */
export class ValueCheck {
  readonly #solution: Solution = new Map();
  readonly #name: string;

  constructor(private readonly step: PlanStep) {
    this.#name = nodeName(step.refs[0].node, step.definition.title);
  }

  /** @throws LoomError `bad-input`, naming the port and the field. */
  inputs(values: Iterable<readonly [string, AnyValue]>): void {
    const types = [...values].map(([port, value]): [string, PortType] => [port, typeOfValue(value)]);
    this.#solve(this.step.declared.inputs, types, 'bad-input');
  }

  /** Every declared output, of the right kind and size. @throws LoomError `bad-output`. */
  outputs(result: unknown): Values {
    if (typeof result !== 'object' || result === null)
      throw this.#error('bad-output', undefined, 'result', 'returned nothing');
    const values: Record<string, AnyValue> = {};
    const types: [string, PortType][] = [];
    for (const [port, { value: schema }] of Object.entries(this.step.definition.outputs)) {
      const parsed = schema.safeParse(getOwn(result as Record<string, unknown>, port));
      if (!parsed.success)
        throw this.#error(
          'bad-output',
          port,
          'kind',
          `did not return its output ${port} (${parsed.error.issues[0]?.message ?? ''})`,
        );
      const problem = shapeProblem(parsed.data);
      if (problem)
        throw this.#error(
          'bad-output',
          port,
          problem.path,
          `returned at ${port} a ${fieldName(problem.path)} of ${problem.got}, but ${problem.want} is due`,
        );
      values[port] = parsed.data;
      types.push([port, typeOfValue(parsed.data)]);
    }
    this.#solve(this.step.declared.outputs, types, 'bad-output');
    return values;
  }

  #solve(
    declared: Readonly<Record<string, PortType>>,
    types: readonly [string, PortType][],
    code: 'bad-input' | 'bad-output',
  ): void {
    const [wrong] = solvePorts(declared, types, this.#solution).mismatches;
    if (!wrong) return;
    const { port, path, got, want } = wrong;
    const what = `a ${fieldName(path)} of ${describeExpression(got)} at ${port}, but ${describeExpression(want)} is ${code === 'bad-input' ? 'wanted' : 'due'}`;
    throw this.#error(code, port, path, code === 'bad-input' ? `was given ${what}` : `returned ${what}`, {
      field: path,
      got: describeExpression(got),
      want: describeExpression(want),
    });
  }

  #error(
    code: 'bad-input' | 'bad-output',
    port: string | undefined,
    path: string,
    what: string,
    details?: Readonly<Record<string, string>>,
  ): LoomError {
    const place = { node: this.step.refs[0].node, path, ...(port === undefined ? {} : { port }) };
    return new LoomError(code, `${this.#name} ${what}.`, place, details ? { details } : {});
  }
}
