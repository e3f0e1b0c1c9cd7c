// The utility templates of every simulated page, as the platform lists them: some that can be sent, one that cannot yet.

interface PageTemplate {
  name: string;
  language: string;
  category: 'UTILITY';
  status: 'APPROVED' | 'PENDING';
  components: readonly { type: 'BODY'; text: string }[];
}

const template = (
  name: string,
  language: string,
  text: string,
  status: PageTemplate['status'] = 'APPROVED',
): PageTemplate => ({ name, language, category: 'UTILITY', status, components: [{ type: 'BODY', text }] });

export const TEMPLATES: readonly PageTemplate[] = [
  template('order_update', 'en', '{{1}}, your order {{2}} is on its way.'),
  template('order_update', 'uk', '{{1}}, ваше замовлення {{2}} вже в дорозі.'),
  template('table_ready', 'en', 'Your table is ready.'),
  template('not_approved_yet', 'en', 'Hello {{1}}', 'PENDING'),
];

export const wordsOf = ({ components }: PageTemplate): string => components[0]?.text ?? '';
