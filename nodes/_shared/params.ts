/** Parameter schemas that several nodes share. */
import { z } from 'zod';

/** The largest seed, 2⁶⁴ − 1. */
export const maxSeed = 2n ** 64n - 1n;

/** An unsigned 64-bit seed as decimal digits: JSON numbers lose digits beyond 2⁵³. */
export const seedParam = z
  .string()
  .regex(/^\d{1,20}$/, 'A seed is a whole number of up to 20 digits.')
  .refine(
    (digits) => !/^\d{1,20}$/.test(digits) || BigInt(digits) <= maxSeed,
    'A seed is at most 18446744073709551615.',
  )
  .default('0')
  .meta({ widget: 'seed', label: 'Seed' });

/** A file by data URL or by the SHA-256 (hex) of an asset; null = none yet. */
export const fileParam = z.string().min(1).nullable().default(null);

/** Side in pixels; 0 = the model's own. */
export const sideParam = (label: string) =>
  z.int().min(0).max(2048).default(0).meta({ label, unit: 'px', step: 64, min: 0, max: 2048 });

/** How much of a latent is added or taken away. */
export const amountParam = z
  .number()
  .min(-4)
  .max(4)
  .default(1)
  .meta({ widget: 'slider', label: 'Amount', min: -4, max: 4, step: 0.05 });

/** A fraction 0…1 edited with a slider. */
export const fraction = (label: string, value: number) =>
  z.number().min(0).max(1).default(value).meta({ widget: 'slider', label, min: 0, max: 1, step: 0.01 });
