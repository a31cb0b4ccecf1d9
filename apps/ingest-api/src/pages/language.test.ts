import { chooseLanguage } from './language.js';

test.each([
  [undefined, undefined, 'en'],
  ['es', undefined, 'es'],
  ['en', 'es', 'en'],
  ['fr', 'es', 'es'],
  ['', 'es-AR,es;q=0.9,en;q=0.8', 'es'],
  [undefined, 'en;q=0.4, es;q=0.5', 'es'],
  [undefined, 'de, fr;q=0.9', 'en'],
  [undefined, '*', 'en'],
  [undefined, 'es;q=0', 'en'],
  [undefined, 'ES-mx', 'es'],
  [undefined, ';;;,q=1,=', 'en'],
  [undefined, 'es;q=high', 'en'],
])('asked %j with Accept-Language %j: %s', (asked, header, language) => {
  expect(chooseLanguage(asked, header)).toBe(language);
});
