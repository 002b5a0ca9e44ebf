'use client';
/** The panel on the right: inspector, trajectory, documentation, problems, list. Each is fetched when first opened. */
import { clsx } from 'clsx';
import { BookOpen, ChartSpline, ListTree, Microscope, TriangleAlert, X } from 'lucide-react';
import { lazy, Suspense, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { useStore } from 'zustand';
import { prefer, preferences, type Preferences } from '../../_state/preferences';
import { useWorkspace } from '../../_state/workspace';
import { IconButton } from '../../_ui/Button';
import { Tip } from '../../_ui/Tip';

const DocsPanel = lazy(() => import('../panels/DocsPanel').then((module) => ({ default: module.DocsPanel })));
const ProblemsPanel = lazy(() =>
  import('../panels/ProblemsPanel').then((module) => ({ default: module.ProblemsPanel })),
);
const ListPanel = lazy(() => import('../panels/ListPanel').then((module) => ({ default: module.ListPanel })));
const InspectPanel = lazy(() =>
  import('../panels/InspectPanel').then((module) => ({ default: module.InspectPanel })),
);
const TrajectoryPanel = lazy(() =>
  import('../panels/TrajectoryPanel').then((module) => ({ default: module.TrajectoryPanel })),
);

type Shown = Exclude<Preferences['dock'], 'none'>;
const panels: readonly { readonly id: Shown; readonly icon: typeof X }[] = [
  { id: 'inspect', icon: Microscope },
  { id: 'trajectory', icon: ChartSpline },
  { id: 'docs', icon: BookOpen },
  { id: 'problems', icon: TriangleAlert },
  { id: 'list', icon: ListTree },
];

/** The strip of panel buttons, always there. */
export function DockRail() {
  const t = useTranslations('dock');
  const dock = useStore(preferences, (state) => state.dock);
  const errors = useWorkspace(
    ({ inference }) => inference.diagnostics.filter((found) => found.severity === 'error').length,
  );
  return (
    <nav
      aria-label={t('label')}
      className="flex w-10 shrink-0 flex-col items-center gap-1 border-l border-border bg-card py-2"
    >
      {panels.map(({ id, icon: Icon }) => (
        <Tip key={id} text={t(id)} side="left">
          <button
            type="button"
            aria-label={id === 'problems' && errors > 0 ? t('problems-count', { count: errors }) : t(id)}
            aria-pressed={dock === id}
            onClick={() => prefer({ dock: dock === id ? 'none' : id })}
            className={clsx(
              'relative flex size-8 items-center justify-center rounded-md',
              dock === id ? 'bg-accent text-accent-foreground' : 'text-muted-foreground hover:bg-muted',
            )}
          >
            <Icon size={16} />
            {id === 'problems' && errors > 0 && (
              <span className="absolute -top-0.5 -right-0.5 flex h-4 min-w-4 items-center justify-center rounded-full bg-destructive px-1 text-[10px] font-semibold text-destructive-foreground">
                {errors}
              </span>
            )}
          </button>
        </Tip>
      ))}
    </nav>
  );
}

export function Dock() {
  const t = useTranslations('dock');
  const dock = useStore(preferences, (state) => state.dock);
  const width = useStore(preferences, (state) => state.dockWidth);
  if (dock === 'none') return null;
  return (
    <aside
      aria-label={t(dock)}
      className="relative flex h-full shrink-0 flex-col border-l border-border bg-card"
      style={{ width: `min(${width}px, 60vw)` }}
    >
      <Grip width={width} />
      <header className="flex h-10 shrink-0 items-center justify-between border-b border-border pr-1.5 pl-4">
        <h2 className="text-[13px] font-semibold">{t(dock)}</h2>
        <IconButton small label={t('close')} onClick={() => prefer({ dock: 'none' })}>
          <X size={14} />
        </IconButton>
      </header>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keys */}
      <section tabIndex={0} aria-label={t(dock)} className="min-h-0 flex-1 overflow-auto">
        <Suspense>
          {dock === 'docs' && <DocsPanel />}
          {dock === 'problems' && <ProblemsPanel />}
          {dock === 'list' && <ListPanel />}
          {dock === 'inspect' && <InspectPanel />}
          {dock === 'trajectory' && <TrajectoryPanel />}
        </Suspense>
      </section>
    </aside>
  );
}

/** Drags the dock's edge; arrow keys do the same. */
function Grip({ width }: { readonly width: number }) {
  const t = useTranslations('dock');
  const start = useRef<{ x: number; width: number } | null>(null);
  const to = (next: number): void => prefer({ dockWidth: Math.round(Math.min(720, Math.max(280, next))) });
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a separator that moves is interactive (WAI-ARIA window splitter)
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={t('resize')}
      aria-valuenow={width}
      aria-valuemin={280}
      aria-valuemax={720}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- as above
      tabIndex={0}
      className="absolute inset-y-0 -left-1 z-10 w-2 cursor-ew-resize hover:bg-primary/20 focus-visible:bg-primary/30"
      onKeyDown={(event) => {
        if (event.key === 'ArrowLeft') to(width + 24);
        if (event.key === 'ArrowRight') to(width - 24);
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { x: event.clientX, width };
      }}
      onPointerMove={(event) => {
        if (start.current !== null) to(start.current.width + start.current.x - event.clientX);
      }}
      onPointerUp={() => {
        start.current = null;
      }}
    />
  );
}
