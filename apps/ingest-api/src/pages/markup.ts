/** Text that is safe to send as HTML: made by {@link markup} alone. */
export class Markup {
  constructor(readonly text: string) {}
}

type MarkupValue = Markup | string | number | boolean | null | undefined | readonly MarkupValue[];

/**
 * Template tag for HTML. Every value is escaped, for text and for quoted attributes alike, unless it is itself made
 * by this tag; lists are joined; null, undefined and booleans are nothing, so that `condition && markup\`…\`` works.
 * Attributes must be quoted; values do not belong into scripts, styles, or names of tags and attributes.
 */
export function markup(parts: TemplateStringsArray, ...values: MarkupValue[]): Markup {
  let text = parts[0] ?? '';
  for (const [index, value] of values.entries()) text += render(value) + (parts[index + 1] ?? '');
  return new Markup(text);
}

function render(value: MarkupValue): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string') return escape(value);
  if (typeof value === 'number') return String(value);
  if (value === null || value === undefined || typeof value === 'boolean') return '';
  return value.map(render).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
