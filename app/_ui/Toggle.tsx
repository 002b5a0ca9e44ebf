'use client';
/** An on/off switch. */
export function Toggle({
  checked,
  onChange,
  label,
  disabled = false,
}: {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly label: string;
  readonly disabled?: boolean;
}) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={checked}
      aria-label={label}
      disabled={disabled}
      onClick={() => onChange(!checked)}
      className="group nodrag relative h-[18px] w-8 shrink-0 rounded-full border border-input bg-muted transition-colors aria-checked:border-primary aria-checked:bg-primary disabled:opacity-60"
    >
      <span className="block size-3 translate-x-[2px] rounded-full bg-input transition-transform group-aria-checked:translate-x-4 group-aria-checked:bg-primary-foreground" />
    </button>
  );
}
