/** Deeper than any file of ours is nested; what follows a parse may recurse. */
const deepest = 100;

/**
 * `JSON.parse` for files: refuses what two readers could understand differently (a key that stands twice in one object,
 * of which `JSON.parse` keeps the last without a word) and what no sound file holds (nesting deeper than 100). Takes
 * time in proportion to the text's length, whatever it holds.
 *
 * @param fail makes the error from the reason: 'it is not JSON (...)'
 * @throws what `fail` makes
 * @example
 * parseJson('{"a":1,"a":2}', (reason) => new DataError(`card: ${reason}.`)); // card: it has 'a' twice.
 */
export function parseJson(text: string, fail: (reason: string) => Error): unknown {
  const fault = findFault(text);
  if (fault !== undefined) throw fail(fault);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw fail(`it is not JSON (${cause instanceof Error ? clipped(cause.message) : String(cause)})`);
  }
}

// In valid JSON, strings and brackets are all that matters here; a string before a colon is a key. By character codes,
// because a regular expression runs out of stack in a string of ten million escapes.
function findFault(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (let place = 0; place < text.length; place++) {
    const code = text.charCodeAt(place);
    if (code === openBrace || code === openBracket) {
      if (open.length === deepest) return `it is nested more than ${deepest} deep`;
      open.push(new Set());
    } else if (code === closeBrace || code === closeBracket) open.pop();
    else if (code === quote) {
      const end = endOfString(text, place);
      if (isBeforeColon(text, end)) {
        const key = readKey(text.slice(place, end));
        const keys = open.at(-1);
        if (keys?.has(key) === true) return `it has '${clipped(key)}' twice`;
        keys?.add(key);
      }
      place = end - 1;
    }
  }
  return undefined;
}

const [quote, backslash, colon, openBrace, closeBrace, openBracket, closeBracket] = [
  0x22, 0x5c, 0x3a, 0x7b, 0x7d, 0x5b, 0x5d,
];

/** The place behind a string's closing quote. */
function endOfString(text: string, start: number): number {
  let place = start + 1;
  for (; place < text.length; place++) {
    const code = text.charCodeAt(place);
    if (code === backslash) place++;
    else if (code === quote) return place + 1;
  }
  return place;
}

function isBeforeColon(text: string, end: number): boolean {
  let place = end;
  while (place < text.length && text.charCodeAt(place) <= 0x20) place++;
  return text.charCodeAt(place) === colon;
}

function readKey(token: string): string {
  try {
    return String(JSON.parse(token));
  } catch {
    return token; // what is wrong with it, JSON.parse says of the whole text
  }
}

/** In a line, without what a terminal would obey. */
function clipped(given: string): string {
  const text = given.slice(0, 101).replaceAll(/\p{Cc}/gu, ' ');
  return text.length <= 100 ? text : `${text.slice(0, 100)}...`;
}
