/**
 * Imported first by every entry of the page: zod compiles its schemas with `new Function` where it may, and tries
 * whether it may; the policy forbids it, and every try is reported as a violation.
 */
import { config } from 'zod/v4/core';

config({ jitless: true });
