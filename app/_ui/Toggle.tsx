'use client';
import { Switch } from '@base-ui/react/switch';

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
    <Switch.Root
      checked={checked}
      onCheckedChange={onChange}
      aria-label={label}
      disabled={disabled}
      className="nodrag relative h-[18px] w-8 shrink-0 rounded-full border border-input bg-muted transition-colors data-[checked]:border-primary data-[checked]:bg-primary"
    >
      <Switch.Thumb className="block size-3 translate-x-[2px] rounded-full bg-input transition-transform data-[checked]:translate-x-4 data-[checked]:bg-primary-foreground" />
    </Switch.Root>
  );
}
