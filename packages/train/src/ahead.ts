/** The items of a source, each asked for before the one before it is used: sources that work elsewhere prepare it meanwhile. */
export async function* ahead<Item>(source: AsyncIterable<Item>): AsyncGenerator<Item> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    let upcoming = iterator.next();
    for (;;) {
      const { done, value } = await upcoming;
      if (done) return;
      upcoming = iterator.next();
      // If the loop ends early, nobody looks at this one.
      upcoming.catch(() => undefined);
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}
