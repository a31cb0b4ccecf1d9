/**
 * Whether loading a package has failed because it is not installed, with `import` or with `require`. Any other failure,
 * such as a dependency of it that is missing, is none that this library has foreseen.
 */
export function isMissingPackage(error: unknown, name: string): boolean {
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  const notFound = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  return notFound && typeof message === 'string' && message.includes(`'${name}'`);
}
