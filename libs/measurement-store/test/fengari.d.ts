/** The part of fengari (Lua's C interface in JavaScript) that the tests use. */
declare module 'fengari' {
  export type LuaState = object;
  type CFunction = (state: LuaState) => number;
  const fengari: {
    to_luastring: (text: string) => Uint8Array;
    lua: {
      LUA_OK: number;
      LUA_TNIL: number;
      LUA_TBOOLEAN: number;
      LUA_TNUMBER: number;
      LUA_TSTRING: number;
      LUA_TTABLE: number;
      lua_error(state: LuaState): number;
      lua_gettop(state: LuaState): number;
      lua_next(state: LuaState, index: number): number;
      lua_createtable(state: LuaState, arraySize: number, recordSize: number): void;
      lua_pcall(state: LuaState, args: number, results: number, handler: number): number;
      lua_pop(state: LuaState, count: number): void;
      lua_pushboolean(state: LuaState, value: boolean): void;
      lua_pushcfunction(state: LuaState, fn: CFunction): void;
      lua_pushinteger(state: LuaState, value: number): void;
      lua_pushnumber(state: LuaState, value: number): void;
      lua_pushstring(state: LuaState, text: Uint8Array): void;
      lua_rawgeti(state: LuaState, index: number, key: number): number;
      lua_rawlen(state: LuaState, index: number): number;
      lua_rawseti(state: LuaState, index: number, key: number): void;
      lua_setfield(state: LuaState, index: number, name: Uint8Array): void;
      lua_getfield(state: LuaState, index: number, name: Uint8Array): number;
      lua_setglobal(state: LuaState, name: Uint8Array): void;
      lua_toboolean(state: LuaState, index: number): boolean;
      lua_tojsstring(state: LuaState, index: number): string;
      lua_tonumber(state: LuaState, index: number): number;
      lua_type(state: LuaState, index: number): number;
    };
    lauxlib: {
      luaL_loadstring(state: LuaState, source: Uint8Array): number;
      luaL_newstate(): LuaState;
    };
    lualib: { luaL_openlibs(state: LuaState): void };
  };
  export default fengari;
}
