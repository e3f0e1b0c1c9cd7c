// What the API answers when it says no: a code and words, with HTTP 200. Methods throw a Refusal.

export class Refusal extends Error {
  readonly code: number;
  constructor(code: number, words: string) {
    super(words);
    this.code = code;
  }
}

export const badParameter = (what: string): Refusal =>
  new Refusal(100, `One of the parameters specified was missing or invalid: ${what}`);
