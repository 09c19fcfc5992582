// uPlot makes a number format of the browser's language as it is loaded, and some browsers name one that there is not,
// such as 'C' where the system has none. To be imported before it.
try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en', configurable: true });
}
