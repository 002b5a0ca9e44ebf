/**
 * Loader of Turbopack: messages are parsed when the editor is built, so that the
 * page needs only icu-minify's formatter, not the parser of ICU's syntax (9 kB).
 *
 * @typedef {{ [key: string]: string | Messages }} Messages
 */

/** @param {(message: string) => unknown} compile @param {Messages} messages @returns {unknown} */
const compileAll = (compile, messages) =>
  Object.fromEntries(
    Object.entries(messages).map(([key, value]) => [
      key,
      typeof value === 'string' ? compile(value) : compileAll(compile, value),
    ]),
  );

/**
 * @this {{ async(): (error: unknown, code?: string) => void }}
 * @param {string} source
 */
module.exports = function compileMessages(source) {
  const done = this.async();
  void import('icu-minify/compile').then(
    ({ default: compile }) =>
      done(null, `export default ${JSON.stringify(compileAll(compile, JSON.parse(source)))};`),
    done,
  );
};
