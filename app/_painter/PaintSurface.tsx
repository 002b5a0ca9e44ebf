'use client';
/** The canvas that is painted on, by mouse, pen, finger or keyboard. Knows tools, not what the values mean. */
import { clsx } from 'clsx';
import {
  useEffect,
  useId,
  useRef,
  useState,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
} from 'react';
import { floodFill, rectangle, strokeInto, type Point, type Raster } from './raster';

export type Tool = 'brush' | 'fill' | 'rectangle';

interface Gesture {
  /** The raster as it was, and the copy that the brush draws into. */
  readonly start: Raster;
  readonly draft: Raster;
  readonly from: Point;
  last: Point;
}

const centre = ({ x, y }: Point): Point => ({ x: x + 0.5, y: y + 0.5 });

/** Applies one movement of a gesture. */
function advance(gesture: Gesture, to: Point, tool: Tool, size: number, value: number): Raster {
  if (tool === 'rectangle') return rectangle(gesture.start, gesture.from, to, value);
  strokeInto(gesture.draft, gesture.last, to, size, value);
  gesture.last = to;
  return { ...gesture.draft };
}

export function PaintSurface({
  raster,
  rgba,
  tool,
  size,
  value,
  readOnly,
  label,
  help,
  describe,
  onShow,
  onCommit,
  onKey,
  backdrop,
}: {
  readonly raster: Raster;
  /** What is drawn, width·height·4. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
  readonly tool: Tool;
  readonly size: number;
  readonly value: number;
  readonly readOnly: boolean;
  /** Names the surface for screen readers; `help` says which keys do what. */
  readonly label: string;
  readonly help: string;
  /** What stands at a pixel, in words. */
  readonly describe: (x: number, y: number) => string;
  readonly onShow: (raster: Raster | null) => void;
  readonly onCommit: (raster: Raster) => void;
  /** Keys that the surface does not know. Returns whether it took the key. */
  readonly onKey?: (event: KeyboardEvent) => boolean;
  readonly backdrop?: ReactNode;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const gesture = useRef<Gesture | null>(null);
  const [hover, setHover] = useState<Point | null>(null);
  const [cursor, setCursor] = useState<Point | null>(null);
  const helpId = useId();
  const { width, height } = raster;

  useEffect(() => {
    canvas.current?.getContext('2d')?.putImageData(new ImageData(rgba, width, height), 0, 0);
  }, [rgba, width, height]);

  const pointOf = (event: { clientX: number; clientY: number }): Point => {
    const box = canvas.current?.getBoundingClientRect();
    if (!box) return { x: 0, y: 0 };
    return {
      x: ((event.clientX - box.left) / box.width) * width,
      y: ((event.clientY - box.top) / box.height) * height,
    };
  };
  const begin = (from: Point): void => {
    if (tool === 'fill') {
      onCommit(floodFill(raster, from, value));
      return;
    }
    gesture.current = { start: raster, draft: { ...raster, data: raster.data.slice() }, from, last: from };
    onShow(advance(gesture.current, from, tool, size, value));
  };
  const end = (keep: boolean): void => {
    const { current } = gesture;
    if (!current) return;
    gesture.current = null;
    if (keep)
      onCommit(
        tool === 'rectangle'
          ? rectangle(current.start, current.from, current.last, value)
          : { ...current.draft },
      );
    else onShow(null);
  };

  const down = (event: PointerEvent<HTMLCanvasElement>): void => {
    // A second finger is not a second brush; the right button opens menus.
    if (readOnly || !event.isPrimary || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setCursor(null);
    begin(pointOf(event));
  };
  const move = (event: PointerEvent<HTMLCanvasElement>): void => {
    setHover(event.pointerType === 'touch' ? null : pointOf(event));
    const { current } = gesture;
    if (!current || !event.isPrimary) return;
    const coalesced = event.nativeEvent.getCoalescedEvents();
    let shown: Raster | undefined;
    for (const each of coalesced.length > 0 ? coalesced : [event.nativeEvent]) {
      const to = pointOf(each);
      shown = advance(current, to, tool, size, value);
      current.last = to;
    }
    if (shown) onShow(shown);
  };

  const keys = (event: KeyboardEvent<HTMLCanvasElement>): void => {
    const steps: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    const step = steps[event.key];
    const at = cursor ?? { x: Math.floor(width / 2), y: Math.floor(height / 2) };
    if (step && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const by = event.shiftKey ? 10 : 1;
      const to = {
        x: Math.min(width - 1, Math.max(0, at.x + step[0] * by)),
        y: Math.min(height - 1, Math.max(0, at.y + step[1] * by)),
      };
      setCursor(to);
      const { current } = gesture;
      if (current) {
        onShow(advance(current, centre(to), tool, size, value));
        current.last = centre(to);
      }
    } else if ((event.key === ' ' || event.key === 'Enter') && !readOnly) {
      setCursor(at);
      if (!event.repeat) {
        if (!gesture.current) begin(centre(at));
        else if (tool === 'rectangle') end(true);
      }
    } else if (event.key === 'Escape' && gesture.current) end(false);
    else if (!(onKey?.(event) ?? false)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const released = (event: KeyboardEvent): void => {
    // A rectangle waits for its second corner; a brush lifts with the key.
    if ((event.key === ' ' || event.key === 'Enter') && tool === 'brush') end(true);
  };

  const shown = cursor ? { x: cursor.x + 0.5, y: cursor.y + 0.5 } : hover;
  const radius = tool === 'brush' ? Math.max(size / 2, 0.5) : 0.5;
  return (
    <div
      className="nodrag nowheel nopan relative w-full overflow-hidden rounded-md border border-border bg-muted"
      style={{ aspectRatio: `${width} / ${height}` }}
    >
      {backdrop}
      <canvas
        ref={canvas}
        width={width}
        height={height}
        // oxlint-disable-next-line jsx-a11y/no-interactive-element-to-noninteractive-role -- it takes the keys itself
        role="application"
        aria-label={label}
        aria-describedby={helpId}
        tabIndex={0}
        className={clsx(
          'absolute inset-0 size-full touch-none [image-rendering:pixelated]',
          'focus-visible:outline-2 focus-visible:-outline-offset-2 focus-visible:outline-ring',
          readOnly ? 'cursor-default' : 'cursor-crosshair',
        )}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={() => end(true)}
        onPointerCancel={() => end(false)}
        onPointerLeave={() => setHover(null)}
        onKeyDown={keys}
        onKeyUp={released}
        onBlur={() => {
          end(true);
          setCursor(null);
        }}
      />
      {shown && !readOnly && (
        <svg
          viewBox={`0 0 ${width} ${height}`}
          className="pointer-events-none absolute inset-0 size-full"
          aria-hidden
        >
          {(['#000', '#fff'] as const).map((color, index) => (
            <g
              key={color}
              fill="none"
              stroke={color}
              strokeOpacity={0.85}
              strokeDasharray={index === 0 ? undefined : '3 3'}
            >
              <circle
                cx={shown.x}
                cy={shown.y}
                r={radius}
                vectorEffect="non-scaling-stroke"
                strokeWidth={1.5}
              />
              {cursor && (
                <path
                  d={`M${shown.x - radius - 8} ${shown.y}h6M${shown.x + radius + 2} ${shown.y}h6M${shown.x} ${shown.y - radius - 8}v6M${shown.x} ${shown.y + radius + 2}v6`}
                  vectorEffect="non-scaling-stroke"
                  strokeWidth={1.5}
                />
              )}
            </g>
          ))}
        </svg>
      )}
      <p id={helpId} className="sr-only">
        {help}
      </p>
      <p className="sr-only" aria-live="polite">
        {cursor ? describe(cursor.x, cursor.y) : ''}
      </p>
    </div>
  );
}
