// The device key, which encrypts a vault without a password. It is generated here, stored in IndexedDB and never
// exported. At most one exists at a time.

// Runs one transaction on a database with one object store and waits until it is complete.
function transactOn(name, store, mode, act) {
  return new Promise((done, failed) => {
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(store);
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const transaction = database.transaction(store, mode, { durability: "strict" });
      const request = act(transaction.objectStore(store));
      transaction.oncomplete = () => done(request.result);
      transaction.onabort = () => failed(transaction.error);
      // The browser closes the database only after the transaction has ended.
      database.close();
    };
  });
}

function transact(mode, act) {
  return transactOn("device", "keys", mode, act);
}

// The revisions that were written last, which reveal that the extension's storage was reset to an older copy. They are
// in IndexedDB, which such a reset does not affect, and are not encrypted.
export async function readRevisions(names) {
  const values = await Promise.all(
    names.map((name) => transactOn("marks", "marks", "readonly", (marks) => marks.get(name))),
  );
  return Object.fromEntries(names.map((name, index) => [name, values[index]]));
}

export function writeRevisions(values) {
  return transactOn("marks", "marks", "readwrite", (marks) => {
    const requests = Object.entries(values).map(([name, value]) => marks.put(value, name));
    return requests[0];
  });
}

function algorithm(nonce, label) {
  return { name: "AES-GCM", iv: nonce, additionalData: new TextEncoder().encode(label) };
}

export async function wrapWithNewKey(id, nonce, label, bytes) {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const wrapped = await crypto.subtle.encrypt(algorithm(nonce, label), key, bytes);
  await transact("readwrite", (keys) => {
    keys.clear();
    return keys.put(key, id);
  });
  return new Uint8Array(wrapped);
}

// Returns `undefined` if the key is missing or a different one.
export async function unwrap(id, nonce, label, wrapped) {
  const key = await transact("readonly", (keys) => keys.get(id));
  if (!key) return undefined;
  const bytes = await crypto.subtle.decrypt(algorithm(nonce, label), key, wrapped).catch(() => undefined);
  return bytes && new Uint8Array(bytes);
}

export function forgetKeys() {
  return transact("readwrite", (keys) => keys.clear());
}
