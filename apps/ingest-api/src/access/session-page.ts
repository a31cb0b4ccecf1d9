import { type Caller } from './key-ring.js';
import { type Language } from '../pages/language.js';
import { layout, type PageContext } from '../pages/layout.js';
import { markup } from '../pages/markup.js';
import { timeElement } from '../pages/times.js';
import { SESSION_PATH } from './read-guard.js';

interface SessionTexts {
  title: string;
  signIn: string;
  token: string;
  hint: string;
  signedInAs: string;
  until: string;
  signOut: string;
  nobody: string;
}

const TEXTS: Readonly<Record<Language, SessionTexts>> = {
  en: {
    title: 'Access',
    signIn: 'Sign in',
    token: 'Token or key',
    hint: 'This server shows its measurements to those who have a key.',
    signedInAs: 'Signed in with the key',
    until: 'The key ends at',
    signOut: 'Log out',
    nobody: 'You are not signed in.',
  },
  es: {
    title: 'Acceso',
    signIn: 'Entrar',
    token: 'Token o clave',
    hint: 'Este servidor muestra sus mediciones a quienes tienen una clave.',
    signedInAs: 'Sesión iniciada con la clave',
    until: 'La clave caduca el',
    signOut: 'Cerrar sesión',
    nobody: 'No ha iniciado sesión.',
  },
};

/** The page where a visitor gives a key, and logs out. */
export function sessionPage(
  context: PageContext,
  data: { caller: Caller | undefined; csrfToken: string; back: string; readsAreOpen: boolean },
): string {
  const texts = TEXTS[context.language];
  const { caller, csrfToken, back, readsAreOpen } = data;
  const hidden = markup`<input type="hidden" name="_csrf" value="${csrfToken}" />
    <input type="hidden" name="back" value="${back}" />`;
  const content =
    caller === undefined
      ? markup`<p>${readsAreOpen ? texts.nobody : texts.hint}</p>
          <form method="post" action="${SESSION_PATH}">
            ${hidden}
            <label>
              ${texts.token}
              <input type="password" name="token" autocomplete="current-password" required />
            </label>
            <button class="primary">${texts.signIn}</button>
          </form>`
      : markup`<p id="signed-in">${texts.signedInAs} <strong>${caller.name}</strong>.</p>
          ${Number.isFinite(caller.expiresAt) && markup`<p>${texts.until} ${timeElement(caller.expiresAt)}</p>`}
          <form method="post" action="${SESSION_PATH}/end">
            ${hidden}
            <button>${texts.signOut}</button>
          </form>`;
  return layout(
    { path: SESSION_PATH, title: texts.title, name: 'other' },
    context,
    markup`<section class="card ask">${content}</section>
      <p><a href="${back}">${context.texts.back}</a></p>`,
  );
}
