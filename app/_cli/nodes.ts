/** `loom nodes`: the catalogue of nodes, for people and for programs. */
import { z } from 'zod';
import type { AnyNode, Port } from '@/engine';
import { registryOf, type WithNodes } from './node-packs';

const ports = (record: Readonly<Record<string, Port>>) =>
  Object.entries(record).map(([name, port]) => ({
    name,
    kind: port.type.kind,
    fields: port.type.fields,
    optional: port.optional ?? false,
    lazy: port.lazy ?? false,
    doc: port.doc ?? '',
  }));

const described = (node: AnyNode) => ({
  id: node.id,
  version: node.version,
  title: node.title,
  category: node.category,
  doc: node.doc,
  aliases: node.aliases ?? [],
  inputs: ports(node.inputs),
  outputs: ports(node.outputs),
  params: z.toJSONSchema(node.params, { io: 'input', unrepresentable: 'any' }),
});

const row = (label: string, record: Readonly<Record<string, Port>>) => {
  const text = ports(record).map((port) => `${port.name}${port.optional ? '?' : ''}: ${port.kind}`);
  return text.length > 0 ? [`    ${label} ${text.join(', ')}`] : [];
};

export async function nodes(options: WithNodes & { readonly json?: boolean }): Promise<number> {
  const all = (await registryOf(options)).all().toSorted((a, b) => a.id.localeCompare(b.id));
  if (options.json) {
    console.log(JSON.stringify(all.map(described), null, 2));
    return 0;
  }
  for (const node of all) {
    const params = Object.keys(node.params.shape);
    console.log(
      [
        `${node.id}  ${node.title}`,
        ...row('in ', node.inputs),
        ...row('out', node.outputs),
        ...(params.length > 0 ? [`    set ${params.join(', ')}`] : []),
      ].join('\n'),
    );
  }
  return 0;
}
