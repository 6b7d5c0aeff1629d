// The key of a vault without a password: made here, kept in IndexedDB, never given out. There is one at a time.

// Runs one transaction on the keys; it is on the disk before it counts.
function transact(mode, act) {
  return new Promise((done, failed) => {
    const opening = indexedDB.open("device", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("keys");
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const transaction = database.transaction("keys", mode, { durability: "strict" });
      const request = act(transaction.objectStore("keys"));
      transaction.oncomplete = () => done(request.result);
      transaction.onabort = () => failed(transaction.error);
      // Closed once the transaction has ended.
      database.close();
    };
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

// `undefined` where the key is gone, or is another.
export async function unwrap(id, nonce, label, wrapped) {
  const key = await transact("readonly", (keys) => keys.get(id));
  if (!key) return undefined;
  const bytes = await crypto.subtle.decrypt(algorithm(nonce, label), key, wrapped).catch(() => undefined);
  return bytes && new Uint8Array(bytes);
}

export function forgetKeys() {
  return transact("readwrite", (keys) => keys.clear());
}
