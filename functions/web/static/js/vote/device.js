/**
 * What this browser keeps of a voter, so that closing the page costs no vote: one record for each vote that was begun, in
 * IndexedDB. Where that is not available (some private windows) records live as long as the page, and the page says so.
 *
 * `state`: as in a recovery file (protocol/state.js), empty while nothing is bound. `link`: until there is a state.
 * `choices`: what is marked and not yet sealed, else null. `voter` tells one voter of one election from others,
 * whichever of their links they open; empty if it came from a file.
 *
 * @typedef {{id: string, voter: string, title: string, secondFactor: string, link: string, state: string,
 *   choices: import("../protocol/plaintext.js").Choice[] | null}} Kept
 */

const DATABASE = "ballotcast";
const STORE = "votes";
/** Of the records. What an older version kept cannot be used, and is deleted. */
const VERSION = 2;

/** @returns {Promise<Device>} */
export async function openDevice() {
  try {
    return new Device(await open());
  } catch {
    return new Device(null);
  }
}

class Device {
  #database;
  /** @type {Map<string, Kept>} */
  #memory = new Map();

  /** @param {IDBDatabase | null} database */
  constructor(database) {
    this.#database = database;
  }

  /** Whether what is kept outlives this page. */
  get durable() {
    return this.#database !== null;
  }

  /** @returns {Promise<Kept[]>} */
  async all() {
    if (!this.#database) return [...this.#memory.values()];
    return done(this.#database.transaction(STORE).objectStore(STORE).getAll());
  }

  /** @param {string} id @returns {Promise<Kept | undefined>} */
  async find(id) {
    return (await this.all()).find((kept) => kept.id === id);
  }

  /** Returns when it is written. @param {Kept} kept */
  async put(kept) {
    if (this.#database) await this.#write(this.#database, (store) => store.put(kept));
    else this.#memory.set(kept.id, kept);
  }

  /** @param {string} id */
  async forget(id) {
    if (this.#database) await this.#write(this.#database, (store) => store.delete(id));
    else this.#memory.delete(id);
  }

  /** @param {IDBDatabase} database @param {(store: IDBObjectStore) => void} act @returns {Promise<void>} */
  #write(database, act) {
    const transaction = database.transaction(STORE, "readwrite", { durability: "strict" });
    act(transaction.objectStore(STORE));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

async function open() {
  const opening = indexedDB.open(DATABASE, VERSION);
  opening.onupgradeneeded = ({ oldVersion }) => {
    if (oldVersion) opening.result.deleteObjectStore(STORE);
    opening.result.createObjectStore(STORE, { keyPath: "id" });
  };
  const database = await done(opening);
  database.onversionchange = () => database.close();
  return database;
}

/** @template T @param {IDBRequest<T> & {onblocked?: unknown}} request @returns {Promise<T>} */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    // A tab with an older version of this page holds the records.
    request.onblocked = () => reject(new Error("blocked"));
  });
}
