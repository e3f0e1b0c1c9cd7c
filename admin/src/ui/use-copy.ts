// Copies text, on plain HTTP too, where browsers keep the clipboard from pages; tells for a moment that it did.
import { useState } from 'react';

const SHOWN_MS = 2000;

export function useCopy(): [copied: boolean, copy: (text: string) => Promise<void>] {
  const [copied, setCopied] = useState(false);
  const copy = async (text: string) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      if (!copySelected(text)) return;
    }
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN_MS);
  };
  return [copied, copy];
}

/** The way before there was a clipboard: text that is selected for a moment. */
function copySelected(text: string): boolean {
  const holder = document.createElement('textarea');
  holder.value = text;
  holder.style.position = 'fixed';
  holder.style.opacity = '0';
  document.body.append(holder);
  const focused = document.activeElement;
  holder.select();
  const done = document.execCommand('copy');
  holder.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}
