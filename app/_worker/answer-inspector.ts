/** Looking inside: what the inspector and the trajectory panel ask of the engine. */
import { LoomError, type Plan } from '@/engine';
import type { Tensor, TensorScope } from '@/engine/types';
import type { InspectReply, Snapshot } from '../_snapshots/messages';
import { decodeLatent, snapshot, transferables } from '../_snapshots/snapshot';
import { unitScale } from '../_snapshots/trajectory';
import type { Engine } from './boot';
import type { ToPage } from './protocol';
import type { ToWorker } from './to-worker';

export type Post = (message: ToPage, transfer?: Transferable[]) => void;

/** Packages that a graph names: where a latent's decoder is looked for first. */
const candidates = (plan: Plan | undefined): string[] =>
  (plan?.steps ?? []).flatMap(({ params }) =>
    typeof params['package'] === 'string' ? [params['package']] : [],
  );

/** Answers a question about one place of a graph. `plan` is what its tab ran last. */
export async function look(
  message: Extract<ToWorker, { tab: string; id: string }>,
  { executor, models, backend, trajectories, packages }: Engine,
  plan: Plan | undefined,
  post: Post,
): Promise<void> {
  const { id, node } = message;
  const key = plan?.stepOf(node)?.key;
  const reply = (answer: InspectReply, transfer?: Transferable[]): void =>
    post({ type: 'inspected', id, reply: answer }, transfer);
  const send = (found: Snapshot): void => reply({ type: 'snapshot', snapshot: found }, transferables(found));
  const decode = async (samples: Tensor, space: string, scope: TensorScope): Promise<Snapshot> => {
    const options = { ops: scope.ops, signal: new AbortController().signal };
    return snapshot(await decodeLatent(samples, space, models, candidates(plan), options));
  };
  switch (message.type) {
    case 'inspect':
    case 'inspect-decode': {
      const at = { node, port: message.port, ...(plan && { plan }) };
      const borrowed = plan && (executor.borrow(at) ?? executor.borrow({ ...at, side: 'in' }));
      if (borrowed === undefined) {
        reply({ type: 'not-computed' });
        return;
      }
      const scope = backend.scope();
      try {
        const { value } = borrowed;
        if (message.type === 'inspect') send(await snapshot(value, { codes: codebookSizes(packages) }));
        else if (value.kind === 'latent') send(await decode(value.samples, value.space.space, scope));
        else throw new LoomError('unsupported', 'Only latents are decoded.');
      } finally {
        scope.release();
        borrowed.release();
      }
      return;
    }
    case 'trajectory': {
      const found = key === undefined ? null : await trajectories.summary(key);
      reply({ type: 'trajectory', trajectory: found && { ...found, node } });
      return;
    }
    case 'trajectory-step': {
      const { x, denoised } = await trajectories.step(key ?? '', message.step);
      reply({ type: 'trajectory-step', step: message.step, x, denoised }, [
        ...transferables(x),
        ...transferables(denoised),
      ]);
      return;
    }
    case 'trajectory-decode': {
      const { tensor, sigma, space } = trajectories.borrow(key ?? '', message.step, message.which);
      const scope = backend.scope();
      try {
        // x is kept in σ-space; decoders take latents of unit variance.
        const samples = message.which === 'x' ? scope.ops.linear([[unitScale(sigma), tensor]]) : tensor;
        send(await decode(samples, space.space, scope));
      } finally {
        scope.release();
        tensor.release();
      }
    }
  }
}

/** Entries of each VQ space's codebook, as the manifests say. */
const codebookSizes = (packages: Engine['packages']): ReadonlyMap<string, number> =>
  new Map(
    packages.flatMap(({ description: { latent, firstStage } }) =>
      firstStage.codebook === undefined ? [] : [[latent.space, firstStage.codebook.entries] as const],
    ),
  );
