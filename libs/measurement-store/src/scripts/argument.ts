/** Lua: `unpack` under the name it has in 5.1 (Redis) and later. Scripts unpack at most 3,001 values; Redis's Lua takes 7,999. */
export const UNPACK_LUA = `
local unpack = unpack or table.unpack
`;

/** The nth key or argument, counted from 1 as in Lua. */
export function argument(list: readonly string[], position: number): string {
  const value = list[position - 1];
  if (value === undefined) throw new TypeError(`The script was called without its argument ${position}.`);
  return value;
}
