const COOKIE = 'atalaya_theme';
const YEAR_S = 31_536_000;

/** Makes the choice of the theme take effect at once. The server knows it from the cookie, so that no page flashes. */
export function startThemeSwitch(): void {
  const choices = document.querySelectorAll<HTMLAnchorElement>('[data-theme-choice]');
  for (const choice of choices) {
    choice.addEventListener('click', (event) => {
      event.preventDefault();
      const theme = choice.dataset.themeChoice ?? 'auto';
      document.documentElement.dataset.theme = theme;
      document.cookie = `${COOKIE}=${theme}; path=/; max-age=${YEAR_S}; samesite=lax`;
      for (const other of choices) other.removeAttribute('aria-current');
      choice.setAttribute('aria-current', 'true');
      document.dispatchEvent(new Event('themechange'));
    });
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    document.dispatchEvent(new Event('themechange'));
  });
}
