import { createHash, randomBytes } from 'node:crypto';
import { groupSchema } from '@atalaya/contracts';
import { z } from 'zod';

/** What a key may do: read what is stored, write values, clear groups. None includes another. */
export const SCOPES = ['read', 'write', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Name of a key in lists and in the audit log. */
export const keyNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, "must be 1 to 64 letters, digits, '.', '_' or '-'");

/** A key as its file holds it. The key itself is 256 random bits, so its plain hash gives nothing away. */
export const storedKeySchema = z.object({
  name: keyNameSchema,
  /** SHA-256 of the key, hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits'),
  scopes: z.array(z.enum(SCOPES)).min(1),
  /** All groups without it. */
  groups: z.array(groupSchema).min(1).optional(),
  /** Good until then. */
  expires: z.iso.datetime({ offset: true }).optional(),
});
export type StoredKey = z.infer<typeof storedKeySchema>;

/** Content of the file that `API_KEYS_FILE` names. */
export const keyFileSchema = z.object({
  keys: z
    .array(storedKeySchema)
    .max(10_000)
    .refine((keys) => new Set(keys.map(({ name }) => name)).size === keys.length, 'names must differ'),
});

/** @throws {Error} saying what is wrong with the text and where */
export function parseKeyFile(text: string): StoredKey[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new Error('it is not JSON');
  }
  const result = keyFileSchema.safeParse(content);
  if (result.success) return result.data.keys;
  const [issue] = result.error.issues;
  throw new Error(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`);
}

export function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** A new random key. */
export function newKey(): string {
  return `atalaya_${randomBytes(32).toString('base64url')}`;
}
