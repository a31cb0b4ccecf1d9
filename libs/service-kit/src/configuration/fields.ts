import { z } from 'zod';
import { messageOf } from '../errors/message-of.js';

const secrets = z.registry<{ secret: true }>();

/**
 * Text that must not be shown: a problem with it is reported without its value, and it can also come from the file
 * that the variable with the suffix `_FILE` names (Docker secrets).
 */
export function secret(schema: z.ZodType<string, string> = nonEmptyText()): z.ZodType<string, string> {
  // A schema is immutable and may be shared; the mark belongs to this use of it.
  return schema.clone().register(secrets, { secret: true });
}

/** Whether a field was declared with {@link secret}, optional and default wrappers seen through. */
export function isSecret(schema: z.core.$ZodType): boolean {
  if (secrets.has(schema)) return true;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return isSecret(schema.unwrap());
  return false;
}

export function nonEmptyText(): z.ZodString {
  return z.string().min(1, 'must not be empty');
}

/** A whole number in decimal digits, within `min` and `max` (both included). */
export function integer(bounds: { min: number; max: number; unit?: string }): z.ZodType<number, string> {
  const unit = bounds.unit === undefined ? '' : ` ${bounds.unit}`;
  const message = `must be a whole number from ${bounds.min} to ${bounds.max}${unit}`;
  return z
    .string()
    .regex(/^-?\d{1,16}$/, message)
    .transform(Number)
    .refine((value) => value >= bounds.min && value <= bounds.max, message);
}

/** A TCP port; 0 lets the operating system choose one. */
export function port(): z.ZodType<number, string> {
  return integer({ min: 0, max: 65_535 });
}

/** A duration in ms: by default from 1 ms to 100 years. */
export function durationMs(bounds: { min?: number; max?: number } = {}): z.ZodType<number, string> {
  return integer({ min: bounds.min ?? 1, max: bounds.max ?? 3_155_760_000_000, unit: 'ms' });
}

export function booleanFlag(): z.ZodType<boolean, string> {
  return z.enum(['true', 'false'], "must be 'true' or 'false'").transform((value) => value === 'true');
}

/** An absolute http or https URL; a trailing slash of its path is removed. */
export function httpUrl(): z.ZodType<string, string> {
  const message = 'must be an absolute http:// or https:// URL';
  return z
    .string()
    .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), message)
    .transform((text) => text.replace(/\/+$/, ''));
}

/**
 * Text that `check` accepts: one that it throws for is a problem, with the error's message. For grammars that belong to
 * a library, such as connect strings and znode paths.
 */
export function acceptedBy(check: (text: string) => unknown): z.ZodType<string, string> {
  return z.string().superRefine((text, context) => {
    try {
      check(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: messageOf(error) });
    }
  });
}

/** ZooKeeper digest credentials, `user:password`. */
export function zookeeperAuth(): z.ZodType<string, string> {
  return secret(z.string().regex(/^[^:\s]+:.+$/s, "must be of the form 'user:password'"));
}

/** How ZooKeeper is spoken with: by the protocol in TypeScript, or by the npm package `zookeeper`. */
export function zookeeperTransport() {
  return z.enum(['wire', 'native'], "must be 'wire' or 'native'");
}
