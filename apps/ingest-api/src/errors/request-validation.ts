import { type FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { type FieldError, type HttpProblem, invalidRequest } from './http-problem.js';

/** A request can have as many mistakes as it has sensors; an answer names the first ones. */
const MAX_REPORTED_ERRORS = 20;

/** Validates a part of a request with its zod schema; what fails is a 400 with the list of fields. */
export const validateRequestPart: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  const part = httpPart ?? 'request';
  return (data: unknown) => {
    const result = schema.safeParse(data);
    return result.success ? { value: result.data } : { error: invalidPart(part, result.error) };
  };
};

/** The answer to a part of a request that its schema refused. */
export function invalidPart(part: string, error: z.ZodError): HttpProblem {
  return invalidRequest(fieldErrors(part, error), error.issues.length);
}

/** The first problems that zod found, with JSON pointers (RFC 6901) to their fields. */
export function fieldErrors(part: string, error: z.ZodError): FieldError[] {
  return error.issues.slice(0, MAX_REPORTED_ERRORS).map((issue) => ({
    in: part,
    pointer: issue.path.map((key) => `/${escapePointer(String(key))}`).join(''),
    detail: detailOf(issue),
  }));
}

function detailOf(issue: z.core.$ZodIssue): string {
  // The issue of a record's key says only that it is invalid; why is one level deeper.
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  return issue.message;
}

function escapePointer(key: string): string {
  return key.slice(0, 200).replaceAll('~', '~0').replaceAll('/', '~1');
}
