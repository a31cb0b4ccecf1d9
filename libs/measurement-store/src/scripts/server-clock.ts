import { replyArray, replyText } from './reply.js';
import { type ScriptCall } from './server-script.js';

/** Lua: {@link ServerClock}. */
export const SERVER_CLOCK_LUA = `
local server_ms
local function server_now()
  if not server_ms then
    local time = redis.call('TIME')
    -- Lua 5.3 would count in integers, which in some interpreters have 32 bits.
    server_ms = tonumber(time[1]) * 1000.0 + math.floor(tonumber(time[2]) / 1000)
  end
  return server_ms
end
`;

/** The server's clock, read at most once in a run of a script: one clock for all replicas of the API. */
export class ServerClock {
  readonly #call: ScriptCall;
  #nowMs: number | undefined;

  constructor(call: ScriptCall) {
    this.#call = call;
  }

  /** Wall clock in ms. */
  get nowMs(): number {
    if (this.#nowMs === undefined) {
      const [seconds = 0, microseconds = 0] = replyArray(this.#call('TIME')).map((part) =>
        Number(replyText(part)),
      );
      this.#nowMs = seconds * 1000 + Math.floor(microseconds / 1000);
    }
    return this.#nowMs;
  }
}
