/**
 * The first key that stands twice in the same object of a valid JSON text. `JSON.parse` keeps the last of them without
 * a word, so that two readers could see different tensors in one file.
 */
export function duplicateKey(text: string): string | undefined {
  const open: Set<string>[] = [];
  // In valid JSON, strings and brackets are all that matters; a string before a colon is a key.
  for (const [token, colon] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (colon !== undefined) {
      const key: unknown = JSON.parse(token.slice(0, token.length - colon.length));
      const keys = open.at(-1);
      if (keys?.has(String(key)) === true) return String(key);
      keys?.add(String(key));
    }
  }
  return undefined;
}
