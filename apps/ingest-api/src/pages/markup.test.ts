import fc from 'fast-check';
import { markup } from './markup.js';

test('escapes what could end a text or an attribute', () => {
  const hostile = `<script>alert("1")</script>&'`;
  expect(markup`<p title="${hostile}">${hostile}</p>`.text).toBe(
    '<p title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;">' +
      '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;</p>',
  );
});

test('keeps what the tag itself made, also in lists, and leaves out what is not there', () => {
  const items = ['a', '<b>'].map((item) => markup`<li>${item}</li>`);
  expect(markup`<ul>${items}</ul>${null}${undefined}${false}${0}`.text).toBe(
    '<ul><li>a</li><li>&lt;b&gt;</li></ul>0',
  );
});

test('no text can bring in a tag or end an attribute', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const inner = markup`${text}`.text;
      expect(inner).not.toMatch(/[<>"']/);
      expect(inner.replaceAll(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
    }),
  );
});
