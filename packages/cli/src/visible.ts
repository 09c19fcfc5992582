/** Control characters, and those that change a text's direction or lines. */
const hidden = /[\p{Cc}\u200e\u200f\u061c\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** A text from elsewhere (a class's name, a path) on one line, with its control characters written out: `\u001b[2J`. */
export const visible = (text: string): string => text.replaceAll(hidden, written);

/**
 * The same of a text whose lines are ours. What was given on the command line has none: a name of a file could forge one
 * otherwise.
 */
export function visibleLines(text: string, words: readonly string[] = process.argv.slice(2)): string {
  // Parts of paths: what is made of a path (folders above it, files in it) has them whole.
  const parts = words.flatMap((word) => word.split(/[/=]/)).filter((part) => visible(part) !== part);
  const told = parts.reduce((all, part) => all.replaceAll(part, visible(part)), text);
  return told.split('\n').map(visible).join('\n');
}

const written = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
