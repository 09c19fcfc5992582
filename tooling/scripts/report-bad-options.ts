// Loaded before a benchmark or proof: an option that is refused, by parseArgs or with '--NAME is ..', needs no stack.
process.once('uncaughtException', (error: NodeJS.ErrnoException) => {
  const isAboutOptions = error.code?.startsWith('ERR_PARSE_ARGS') || error.message.startsWith('--');
  console.error(isAboutOptions ? `${error.message.replace(/\.?$/, '.')} See --help.` : error);
  process.exit(1);
});
