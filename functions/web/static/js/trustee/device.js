/**
 * What this browser keeps of a trustee: its file, sealed by the passphrase, by the ceremony and the place in it. So nobody
 * who uses this browser later reads a key, and a device and a saved file are opened in the same way.
 *
 * Where IndexedDB is not available (some private windows) nothing is kept, and the file that was saved is all there is.
 *
 * @typedef {{id: string, file: Uint8Array}} Kept
 */
const DATABASE = "ballotcast-trustees";
const STORE = "files";

/** Of one trustee of one attempt. @param {{hash: string, index: number}} of the setup's hash in hex */
export const idOf = ({ hash, index }) => `${hash}.${index}`;

/** @param {string} id @returns {Promise<Uint8Array | null>} */
export async function find(id) {
  try {
    const database = await open();
    const kept = await done(database.transaction(STORE).objectStore(STORE).get(id));
    return kept ? kept.file : null;
  } catch {
    return null;
  }
}

/** Returns when it is written; false if this browser keeps nothing. @param {string} id @param {Uint8Array} file */
export async function keep(id, file) {
  try {
    const database = await open();
    const transaction = database.transaction(STORE, "readwrite", { durability: "strict" });
    transaction.objectStore(STORE).put({ id, file });
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = reject;
    });
    return true;
  } catch {
    return false;
  }
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "id" });
  return done(opening);
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
