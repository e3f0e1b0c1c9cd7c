// What the browser remembers of its visitor between pages. Where storage is forbidden the chat works, for this page.

export interface Remembered {
  visitor?: string;
  secret?: string;
  /** The highest message number reported as arrived, and as seen. */
  arrived?: number;
  seen?: number;
  /** The visitor said "not now". */
  declined?: boolean;
}

export interface Memory {
  get(): Remembered;
  set(change: Remembered): void;
}

export function openMemory(bot: string): Memory {
  const key = `herald:${bot}`;
  let held: Remembered = {};
  try {
    held = JSON.parse(localStorage.getItem(key) ?? '{}') as Remembered;
  } catch {
    // Storage is closed to us, or someone else's text is in our place: start afresh.
  }
  return {
    get: () => held,
    set(change) {
      held = { ...held, ...change };
      try {
        localStorage.setItem(key, JSON.stringify(held));
      } catch {
        // Kept for this page only.
      }
    },
  };
}
