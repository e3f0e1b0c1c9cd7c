// The letters that simulated people and mail servers write: a person's own, a report of what could not be delivered (RFC
// 3464), a complaint (RFC 5965). As raw messages.
import { randomBytes } from 'node:crypto';
import type { Person } from '../../lib/simulator/people.ts';
import type { RawLetter } from './post.ts';

/** What a person can do with the letter they got last. */
export interface Handle {
  messageId: string;
  /** Where one POST ends the subscription; null where the letter named no such place. */
  oneClick: string | null;
  replyTo: string;
  returnPath: string;
  /** Its headers as they came, for a complaint to bear. */
  headers: string;
}

const newId = (): string => `<${randomBytes(12).toString('hex')}@mx.example.com>`;
const encoded = (text: string): string => `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`;
const lines = (...all: string[]): string => all.join('\r\n');

export function letterFrom(person: Person, to: string, subject: string, text: string): RawLetter {
  const name = `${person.firstName} ${person.lastName}`.trim();
  return {
    from: person.email,
    raw: lines(
      `From: ${encoded(name)} <${person.email}>`,
      `To: ${to}`,
      `Subject: ${subject}`,
      `Date: ${new Date().toUTCString()}`,
      `Message-ID: ${newId()}`,
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\r\n'),
    ),
  };
}

export const bounceOf = (handle: Handle, recipient: string): RawLetter =>
  report(handle, 'delivery-status', 'Undelivered Mail Returned to Sender', [
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.com',
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    'Action: failed',
    'Status: 5.1.1',
    'Diagnostic-Code: smtp; 550 5.1.1 Recipient address rejected: User unknown',
    '',
  ]);

export const complaintOf = (handle: Handle): RawLetter =>
  report(handle, 'feedback-report', 'Complaint about a message', [
    'Content-Type: message/feedback-report',
    '',
    'Feedback-Type: abuse',
    'User-Agent: Simulator/1.0',
    'Version: 1',
    '',
  ]);

function report({ returnPath, headers }: Handle, type: string, subject: string, part: readonly string[]): RawLetter {
  const boundary = randomBytes(12).toString('hex');
  return {
    from: '',
    raw: lines(
      'From: Mail Delivery System <mailer-daemon@mx.example.com>',
      `To: ${returnPath}`,
      `Subject: ${subject}`,
      `Date: ${new Date().toUTCString()}`,
      `Message-ID: ${newId()}`,
      'Auto-Submitted: auto-replied',
      'MIME-Version: 1.0',
      `Content-Type: multipart/report; report-type=${type}; boundary="${boundary}"`,
      '',
      `--${boundary}`,
      'Content-Type: text/plain',
      '',
      'This is the mail system of the simulated provider.',
      `--${boundary}`,
      ...part,
      `--${boundary}`,
      'Content-Type: text/rfc822-headers',
      '',
      headers,
      `--${boundary}--`,
      '',
    ),
  };
}
