const missing = new Set<string>();

/**
 * Calls an operation that not every build of TensorFlow has (one of oneDNN's, or ours of native/), and does without it
 * where that fails. If that does what was asked for, the operation is not tried again.
 */
export function withFallback<T>(operation: string, fast: () => T, plain: () => T): T {
  if (missing.has(operation)) return plain();
  try {
    return fast();
  } catch {
    const result = plain();
    missing.add(operation);
    return result;
  }
}
