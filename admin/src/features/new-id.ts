// A random id for things made in the browser. `crypto.randomUUID` exists only on secure pages; a server in a local
// network is often reached over plain HTTP.
const BYTES = 6;

export const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(BYTES)), (byte) => byte.toString(16).padStart(2, '0')).join('');
