import { replyArray, replyText, replyTextOrNull } from './reply.js';
import { type ScriptCall } from './server-script.js';

/** Lua: {@link Fence}. `report.t` is a token and `report.e` its ensemble, nil where there is none. */
export const FENCE_LUA = `
local newest_tokens = {}
local function older(a, b)
  if #a ~= #b then return #a < #b end
  return a < b
end
local function newest_token(fence, field)
  if newest_tokens[field] == nil then newest_tokens[field] = redis.call('HGET', fence, field) end
  return newest_tokens[field]
end
local function refusing_token(fence, report)
  if not report.t then return nil end
  local newest = newest_token(fence, report.e or '*')
  if newest and older(report.t, newest) then return newest end
  return nil
end
local function raise_field(fence, field, token)
  local newest = newest_token(fence, field)
  if newest and not older(newest, token) then return end
  redis.call('HSET', fence, field, token)
  newest_tokens[field] = token
end
local function raise_fence(fence, report)
  if not report.t then return end
  if report.e then raise_field(fence, report.e, report.t) end
  raise_field(fence, '*', report.t)
end
`;

/** Token of a report, and the ensemble that issued it. */
export interface FencedReport {
  readonly token?: string;
  readonly ensemble?: string;
}

/** The newest tokens of a group, read from its hash once in a run of a script. */
export class Fence {
  readonly #key: string;
  readonly #call: ScriptCall;
  readonly #newest = new Map<string, string | undefined>();

  constructor(key: string, call: ScriptCall) {
    this.#key = key;
    this.#call = call;
  }

  /** The newer token that refuses a report, if there is one. */
  refusing({ token, ensemble }: FencedReport): string | undefined {
    if (token === undefined) return undefined;
    const newest = this.#newestOf(ensemble ?? '*');
    return newest !== undefined && isOlderToken(token, newest) ? newest : undefined;
  }

  /** Makes the token of a report the newest, of its ensemble and of all. */
  raise({ token, ensemble }: FencedReport): void {
    if (token === undefined) return;
    for (const field of ensemble === undefined ? ['*'] : [ensemble, '*']) {
      const newest = this.#newestOf(field);
      if (newest !== undefined && !isOlderToken(newest, token)) continue;
      this.#call('HSET', this.#key, field, token);
      this.#newest.set(field, token);
    }
  }

  /** Forgets every token that is newer than the given one; how many. The newest of all is then that of those left. */
  lower(token: string): number {
    const fields = replyArray(this.#call('HGETALL', this.#key)).map(replyText);
    let removed = 0;
    let highest: string | undefined;
    for (let i = 0; i < fields.length; i += 2) {
      const [field = '', known = ''] = fields.slice(i, i + 2);
      if (isOlderToken(token, known)) {
        this.#call('HDEL', this.#key, field);
        removed += 1;
      } else if (highest === undefined || isOlderToken(highest, known)) highest = known;
    }
    if (highest !== undefined) this.#call('HSET', this.#key, '*', highest);
    this.#newest.clear();
    return removed;
  }

  #newestOf(field: string): string | undefined {
    if (!this.#newest.has(field)) {
      this.#newest.set(field, replyTextOrNull(this.#call('HGET', this.#key, field)));
    }
    return this.#newest.get(field);
  }
}

/** Compares tokens as numbers; they have up to 20 digits, which neither Lua's nor JavaScript's numbers hold exactly. */
function isOlderToken(token: string, other: string): boolean {
  return token.length === other.length ? token < other : token.length < other.length;
}
