import { type HttpProblem } from '../errors/http-problem.js';
import { markup } from './markup.js';
import { layout, pageAddress, type PageContext } from './layout.js';

const REFRESH_SECONDS = 5;

/**
 * A problem as a page. While the store is away a page that was asked for (and not a form that was sent) is tried
 * again by itself.
 */
export function problemPage(
  context: PageContext,
  problem: HttpProblem,
  path: string,
  mayRetry: boolean,
): string {
  const { texts } = context;
  const retry = mayRetry && problem.statusCode === 503;
  return layout(
    {
      path,
      title: texts.errorTitle,
      name: 'other',
      ...(retry ? { refreshSeconds: REFRESH_SECONDS } : {}),
    },
    context,
    markup`
      <p class="alarm" role="alert">${plainWords(context, problem)}</p>
      <p><a class="button" href="${pageAddress('/', context)}">${texts.back}</a></p>
    `,
  );
}

function plainWords({ texts }: PageContext, { type, statusCode, message }: HttpProblem): string {
  if (type === 'key-not-sufficient') return texts.keyNotSufficient;
  return texts.errors[statusCode] ?? message;
}
