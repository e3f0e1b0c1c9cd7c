// What the Bot API answers when it says no. Methods throw a Refusal; the server turns it into the documented answer.

export class Refusal extends Error {
  readonly code: number;
  readonly description: string;
  readonly parameters: { retry_after?: number } | undefined;
  constructor(code: number, description: string, parameters?: { retry_after?: number }) {
    super(description);
    this.code = code;
    this.description = description;
    this.parameters = parameters;
  }
}

export const badRequest = (description: string): Refusal => new Refusal(400, `Bad Request: ${description}`);

export const tooMany = (seconds: number): Refusal =>
  new Refusal(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });
