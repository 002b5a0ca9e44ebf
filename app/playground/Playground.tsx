'use client';
/** Every panel and painter over fixed values: for looking at them while working on them. */
import { useState } from 'react';
import { KindColours } from '../_editor/port/KindColours';
import { Messages } from '../_editor/shell/Messages';
import { Inspector } from '../_inspect/Inspector';
import { Trajectory } from '../_inspect/Trajectory';
import { MaskPainter } from '../_painter/MaskPainter';
import { SemanticMapPainter } from '../_painter/SemanticMapPainter';
import { TipLayer } from '../_ui/Tip';
import { client, labels, snapshots } from './samples';

const card = 'overflow-hidden rounded-xl border border-border bg-card text-card-foreground';

function Panels() {
  const [node, setNode] = useState('latent');
  const [map, setMap] = useState<string | null>(null);
  const [mask, setMask] = useState<string | null>(null);
  const [log, setLog] = useState('');
  return (
    <main className="h-dvh overflow-auto p-4">
      <h1 className="sr-only">Playground</h1>
      <h2 className="sr-only">Panels</h2>
      <nav className="mb-3 flex flex-wrap gap-1" aria-label="Values">
        {Object.keys(snapshots).map((name) => (
          <button
            key={name}
            type="button"
            data-value={name}
            aria-pressed={node === name}
            onClick={() => setNode(name)}
            className="h-7 rounded-md border border-border px-2 text-xs aria-pressed:bg-accent aria-pressed:text-accent-foreground"
          >
            {name}
          </button>
        ))}
      </nav>
      <div className="grid items-start gap-4 md:grid-cols-[22rem_22rem] xl:grid-cols-[22rem_22rem_minmax(0,1fr)]">
        <div className={card} id="inspector">
          <Inspector
            client={client}
            target={{ tab: 'samples', node, port: 'out', title: `Sampler › ${node}` }}
            version={0}
            onOpenTrajectory={() => setLog(node)}
          />
        </div>
        <div className={card} id="trajectory">
          <Trajectory
            client={client}
            node="sampler"
            title="Sampler"
            version={0}
            onBranch={(branch) => setLog(JSON.stringify(branch))}
          />
        </div>
        <div className="flex flex-col gap-4">
          <div className={`${card} max-w-2xl p-3`} id="map">
            <SemanticMapPainter value={map} labels={labels} onChange={setMap} />
          </div>
          <div className={`${card} w-72 p-3`} id="mask">
            <MaskPainter value={mask} onChange={setMask} image={map} />
          </div>
          <output className="font-mono text-xs break-all" data-log>
            {log} {map?.length} {mask?.length}
          </output>
        </div>
      </div>
    </main>
  );
}

export function Playground() {
  return (
    <Messages>
      <KindColours />
      <Panels />

      <TipLayer />
    </Messages>
  );
}
