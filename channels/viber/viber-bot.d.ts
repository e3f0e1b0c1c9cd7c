// Types of the parts of `viber-bot` that are used here; the library brings none.

declare module 'viber-bot/lib/message/text-message.js' {
  export default class TextMessage {
    readonly keyboard: object | null;
    readonly minApiVersion: number | undefined;
    constructor(
      text: string,
      keyboard?: object | null,
      trackingData?: object | null,
      timestamp?: string | null,
      token?: string | null,
      minApiVersion?: number,
    );
    toJson(): object;
  }
}

declare module 'viber-bot/lib/message/picture-message.js' {
  export default class PictureMessage {
    readonly keyboard: object | null;
    readonly minApiVersion: number | undefined;
    constructor(
      url: string,
      text?: string | null,
      thumbnail?: string | null,
      keyboard?: object | null,
      trackingData?: object | null,
      timestamp?: string | null,
      token?: string | null,
      minApiVersion?: number,
    );
    toJson(): object;
  }
}

declare module 'viber-bot/lib/viber-client.js' {
  export interface ViberLogger {
    debug(...words: unknown[]): void;
    info(...words: unknown[]): void;
    error(...words: unknown[]): void;
  }

  export default class ViberClient {
    constructor(
      logger: ViberLogger,
      bot: { authToken: string; name: string; avatar: string | null },
      apiUrl: string,
      subscribedEvents: readonly string[],
    );
    getAccountInfo(): Promise<unknown>;
    setWebhook(url: string, isInline: boolean): Promise<unknown>;
    _sendRequest(endpoint: string, data: object): Promise<unknown>;
  }
}
