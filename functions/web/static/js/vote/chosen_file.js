/** A file that a person chose, who may choose any. */

/** Bytes: far more than a recovery file has. */
const MOST = 64 * 1024;

/** The text of its beginning, which is all of a recovery file. @param {File} file @returns {Promise<string>} */
export const textOf = (file) => file.slice(0, MOST).text();
