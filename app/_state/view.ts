/** What is being looked at: selection, live drag, open panels. Never saved with a document, never undone. */
import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { Endpoint } from '@/engine';
import type { Diagnostic } from '@/engine';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A pending connection: which ports would take it, and why the others would not. */
export interface PendingConnection {
  readonly from: Endpoint & { readonly side: 'in' | 'out' };
  /** Key `node port` → null when it fits, else what is wrong. */
  readonly verdicts: ReadonlyMap<string, Diagnostic | null>;
}

/** The search palette: where it stands on the page, where the node goes, what it must connect to. */
export interface PaletteRequest {
  readonly screen: Point;
  readonly flow: Point;
  readonly from?: PendingConnection['from'];
  /** A node is to be put on this edge. */
  readonly edge?: string;
}

/** An edge that was refused, and where it was let go. */
export interface RefusedConnection {
  readonly screen: Point;
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly diagnostic: Diagnostic;
}

export type DialogName =
  | 'commands'
  | 'templates'
  | 'share'
  | 'versions'
  | 'import-report'
  | 'hotkeys'
  | 'settings'
  | 'find'
  | 'connect'
  | 'about'
  | 'models'
  | 'packs'
  | null;

export interface View {
  /** Ids on the canvas: nodes as they are, `group:…` and `note:…`. */
  readonly selection: ReadonlySet<string>;
  readonly edges: ReadonlySet<string>;
  readonly pending: PendingConnection | null;
  readonly palette: PaletteRequest | null;
  readonly connectionError: RefusedConnection | null;
  readonly menu: { readonly at: Point; readonly flow: Point; readonly on: string | null } | null;
  readonly dialog: DialogName;
  /** The node whose settings are to be swept, and which of them was asked for. */
  readonly sweep: { readonly node: string; readonly param?: string } | null;
  /** What the inspector shows: an output port. */
  readonly inspected: Endpoint | null;
  /** Which node's documentation is open. */
  readonly docs: string | null;
  /** The sampler whose trajectory is open. */
  readonly trajectory: string | null;
  /** The edge a dragged node would be inserted on. */
  readonly dropEdge: string | null;
  readonly phoneSheet: 'none' | 'list' | 'results';
}

const empty: View = {
  selection: new Set(),
  edges: new Set(),
  pending: null,
  palette: null,
  connectionError: null,
  menu: null,
  dialog: null,
  sweep: null,
  inspected: null,
  docs: null,
  trajectory: null,
  dropEdge: null,
  phoneSheet: 'none',
};

export const view = createStore<View>(() => empty);
export const useView = <T>(selector: (state: View) => T): T => useStore(view, selector);

/**
 * What moves with every pointer event, apart from the rest so that a drag wakes
 * only the canvas: positions and sizes while a gesture lasts, and sizes as measured.
 */
export interface Gesture {
  readonly drag: ReadonlyMap<string, Point>;
  readonly resize: ReadonlyMap<string, { width: number; height: number }>;
  readonly measured: ReadonlyMap<string, { width: number; height: number }>;
}
export const gesture = createStore<Gesture>(() => ({
  drag: new Map(),
  resize: new Map(),
  measured: new Map(),
}));

/** Chooses exactly these nodes (and edges). */
export function select(nodes: Iterable<string>, edges: Iterable<string> = []): void {
  view.setState({ selection: new Set(nodes), edges: new Set(edges) });
}
/** Forgets what belonged to another document. */
export function resetView(): void {
  const { dialog, phoneSheet } = view.getState();
  view.setState({ ...empty, dialog, phoneSheet });
  gesture.setState({ drag: new Map(), resize: new Map(), measured: new Map() });
}
/** The chosen nodes proper, without frames and notes. */
export const selectedNodes = (): string[] =>
  [...view.getState().selection].filter((id) => !id.startsWith('group:') && !id.startsWith('note:'));
