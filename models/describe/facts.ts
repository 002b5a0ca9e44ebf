/** Facts of a package while it is read, each with its source; and what is asked for but not honoured. */
import type { FactSource, PackageFact } from '@/engine/types';

export const fromTable: FactSource = { kind: 'table' };
export const fromWeights: FactSource = { kind: 'weights' };
export const fromGuess: FactSource = { kind: 'guess' };

export class FactSheet {
  readonly #facts = new Map<string, PackageFact>();
  readonly #notices: string[] = [];

  /** Notes a fact and gives its value back; a fact that was said before is replaced. */
  say<T extends string | number | boolean>(name: string, value: T, from: FactSource): T {
    this.#facts.set(name, { name, value, from });
    return value;
  }
  /** Notes once what will not be as the package asks. A whole English sentence. */
  notice(text: string): void {
    if (!this.#notices.includes(text)) this.#notices.push(text);
  }
  get facts(): readonly PackageFact[] {
    return [...this.#facts.values()];
  }
  get notices(): readonly string[] {
    return this.#notices;
  }
}
