/** Content keys: equal exactly when the same thing is computed. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonical } from '../document/canonical';
import type { BackendInfo } from '../types/backend';
import type { AnyNode, Catalog } from '../types/node';
import { packagesOf, type Params } from '../infer/call-node';

/** Everything a result depends on. */
export interface KeyParts {
  readonly definition: AnyNode;
  /** Parsed. */
  readonly params: Params;
  /** As the document has them: stand in for parsed ones that have no canonical text. */
  readonly raw: Params;
  /** Input → key and port of what feeds it; null for a lazy input that cannot be computed. */
  readonly inputs: Readonly<Record<string, readonly [step: string, port: string] | null>>;
  readonly catalog: Catalog;
  readonly device: Pick<BackendInfo, 'kind' | 'precision'> | undefined;
  /** Told apart from equal nodes: for those that are never cached. */
  readonly only?: string;
}

const texts = new WeakMap<Params, string>();
function paramText(params: Params, raw: Params): string {
  let text = texts.get(params);
  if (text === undefined) {
    try {
      text = canonical(params);
    } catch {
      // A transform of the schema made something without JSON; it is a function of what the document says.
      text = `raw:${canonical(raw)}`;
    }
    texts.set(params, text);
  }
  return text;
}

/** SHA-256 in hex over canonical JSON of the parts. */
export function keyOf({ definition, params, raw, inputs, catalog, device, only }: KeyParts): string {
  const packages = packagesOf(definition, params).map((id) => [id, catalog.hash(id) ?? null]);
  const text = canonical([
    'loom-key-1',
    definition.id,
    definition.version,
    paramText(params, raw),
    inputs,
    packages,
    device ? [device.kind, device.precision] : null,
    only ?? null,
  ]);
  return bytesToHex(sha256(utf8ToBytes(text)));
}
