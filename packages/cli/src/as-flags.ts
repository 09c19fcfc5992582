/** Advice that is written for programs, as it is followed on the command line. */
export function asFlags(message: string, words: readonly string[] = process.argv): string {
  const text = message
    .replaceAll('{ directory }', '--directory FOLDER')
    .replaceAll(/\b(?:maxPixels|maxBytes|allowDrawings)\b/g, (name) => flags[name as keyof typeof flags]);
  const isLimited = text.includes('out of memory') && words.some((word) => /^--memory(?:=|$)/.test(word));
  return isLimited ? `${text} Or give more --memory.` : text;
}

const flags = { maxPixels: '--max-pixels', maxBytes: '--max-bytes', allowDrawings: '--allow-drawings' } as const;
