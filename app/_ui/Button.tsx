'use client';
import { clsx } from 'clsx';
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { Tip } from './Tip';

export type ButtonVariant = 'primary' | 'plain' | 'outline' | 'ghost' | 'danger';

const variants: Record<ButtonVariant, string> = {
  primary: 'bg-primary text-primary-foreground hover:brightness-110 active:brightness-95',
  plain: 'bg-secondary text-secondary-foreground hover:brightness-95 dark:hover:brightness-125',
  outline: 'border border-border bg-card text-card-foreground hover:bg-muted',
  ghost: 'text-foreground hover:bg-muted',
  danger: 'bg-destructive text-destructive-foreground hover:brightness-110',
};

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly variant?: ButtonVariant;
  readonly small?: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
}

/** A text button. */
export function Button({
  variant = 'plain',
  small = false,
  className,
  type = 'button',
  ...rest
}: ButtonProps) {
  return (
    <button
      // oxlint-disable-next-line react/button-has-type -- given by the caller, "button" otherwise
      type={type}
      className={clsx(
        'inline-flex items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap select-none',
        'transition-[background,filter] duration-100 disabled:opacity-50',
        small ? 'h-7 px-2.5 text-xs' : 'h-8 px-3 text-[13px]',
        variants[variant],
        className,
      )}
      {...rest}
    />
  );
}

export interface IconButtonProps extends Omit<ButtonProps, 'children'> {
  /** Name for screen readers, shown as tooltip. */
  readonly label: string;
  readonly hotkey?: string | undefined;
  readonly side?: 'top' | 'bottom' | 'left' | 'right';
  readonly pressed?: boolean;
  readonly children: ReactNode;
}

/** A square button with an icon and a tooltip. */
export function IconButton({
  label,
  hotkey,
  side,
  pressed,
  variant = 'ghost',
  small = false,
  className,
  children,
  ...rest
}: IconButtonProps) {
  return (
    <Tip text={label} hotkey={hotkey} side={side}>
      <button
        type="button"
        aria-label={label}
        aria-pressed={pressed}
        className={clsx(
          'inline-flex shrink-0 items-center justify-center rounded-md transition-colors duration-100 disabled:opacity-40',
          small ? 'size-6' : 'size-8',
          variants[variant],
          pressed === true && 'bg-accent text-accent-foreground',
          className,
        )}
        {...rest}
      >
        {children}
      </button>
    </Tip>
  );
}
