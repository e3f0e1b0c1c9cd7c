// One bot's view of everyone: state, number of messages and the pace of each chat, a few bytes a person.

export const STRANGER = 0;
export const STARTED = 1;
export const BLOCKED = 2;
export const STOPPED = 3;

export class Ledger {
  #states = new Uint8Array(1024);
  #received = new Uint16Array(1024);
  /** When the next message to this person would be on time (ms): the memory of the limit per chat. */
  #nextAt = new Float64Array(1024);
  started = 0;

  state(index: number): number {
    return this.#states[index] ?? STRANGER;
  }

  setState(index: number, state: number): void {
    this.#grow(index);
    if (this.state(index) === STRANGER && state === STARTED) this.started += 1;
    this.#states[index] = state;
  }

  received(index: number): number {
    return this.#received[index] ?? 0;
  }

  countReceived(index: number): void {
    this.#received[index] = Math.min(0xffff, this.received(index) + 1);
  }

  nextAt(index: number): number {
    return this.#nextAt[index] ?? 0;
  }

  setNextAt(index: number, at: number): void {
    this.#nextAt[index] = at;
  }

  #grow(index: number): void {
    if (index < this.#states.length) return;
    const size = 2 ** Math.ceil(Math.log2(index + 1));
    const [states, received, nextAt] = [new Uint8Array(size), new Uint16Array(size), new Float64Array(size)];
    states.set(this.#states);
    received.set(this.#received);
    nextAt.set(this.#nextAt);
    [this.#states, this.#received, this.#nextAt] = [states, received, nextAt];
  }
}
