// What the Send API's own error codes mean, for Messenger and Instagram; those of the whole Graph API are in outcome.ts.
// developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes, read 2026-11.
import type { ReadCode } from './outcome.ts';

export const readSendCode: ReadCode = ({ code, subcode }) => {
  switch (subcode) {
    // Outside of the 24 hours: Messenger's, one that asks for a permission that newspapers have, and Instagram's.
    case 2018278:
    case 2018065:
    case 2534022:
      return 'window_closed';
    // The person blocked the page or is away for good; some answers have it under 200.
    case 1545041:
      return 'blocked';
    case 2018001:
      return 'gone';
    // The app may so far write only to people who have a role in it; another app, or a person in the inbox, has the
    // conversation in hand, and this one alone.
    case 2018108:
    case 2018028:
    case 2018300:
    // Instagram's way to say that there is nobody; what else it may mean is not documented.
    case 2534014:
      return 'not_to_them';
    // The person got a paid message too lately.
    case 2018354:
    case 2018352:
      return 'withheld';
    // The messages went out, and the answer about them went wrong.
    case 1357046:
      return 'unknown';
    // A permission is missing; the page may send nothing for a while.
    case 99:
      return code === 1 ? 'bot' : null;
    case 1893063:
      return 'bot';
    // Custom labels, which nothing here uses: not worth another try.
    case 2018344:
      return 'content';
    default:
      return code === 551 ? 'blocked' : code === 230 ? 'bot' : null;
  }
};
