import fengari, { type LuaState } from 'fengari';
import { type ScriptCall, type ScriptReply, type ServerScript } from '../src/scripts/server-script.js';

const { lua, lauxlib, lualib, to_luastring } = fengari;

/** The same script, run by a Lua interpreter from its text; the commands go to the server as those of its twin do. */
export function runByLua(script: ServerScript): ServerScript {
  return { lua: script.lua, run: (keys, args, call) => runLua(script.lua, keys, args, call) };
}

/** Runs a script as Redis does: KEYS, ARGV, `redis.call`, `redis.pcall` and their conversions of types. */
function runLua(source: string, keys: string[], args: string[], call: ScriptCall): ScriptReply {
  const state = lauxlib.luaL_newstate();
  lualib.luaL_openlibs(state);
  pushReply(state, keys);
  lua.lua_setglobal(state, to_luastring('KEYS'));
  pushReply(state, args);
  lua.lua_setglobal(state, to_luastring('ARGV'));
  lua.lua_createtable(state, 0, 2);
  pushCommand(state, call, 'call');
  pushCommand(state, call, 'pcall');
  lua.lua_setglobal(state, to_luastring('redis'));
  const loaded = lauxlib.luaL_loadstring(state, to_luastring(source));
  if (loaded !== lua.LUA_OK || lua.lua_pcall(state, 0, 1, 0) !== lua.LUA_OK) {
    throw new Error(lua.lua_tojsstring(state, -1));
  }
  return toReply(state, -1);
}

function pushCommand(state: LuaState, call: ScriptCall, name: 'call' | 'pcall'): void {
  lua.lua_pushcfunction(state, (inner) => {
    const command = Array.from({ length: lua.lua_gettop(inner) }, (_, i) => lua.lua_tojsstring(inner, i + 1));
    try {
      const reply = call(...command);
      // Redis gives a sample's value to Lua as a status, not as a string.
      pushReply(inner, command[0] === 'TS.RANGE' ? withStatusValues(reply) : reply);
      return 1;
    } catch (error) {
      const message = to_luastring((error as Error).message);
      if (name === 'pcall') {
        lua.lua_createtable(inner, 0, 1);
        lua.lua_pushstring(inner, message);
        lua.lua_setfield(inner, -2, to_luastring('err'));
        return 1;
      }
      lua.lua_pushstring(inner, message);
      return lua.lua_error(inner);
    }
  });
  lua.lua_setfield(state, -2, to_luastring(name));
}

function withStatusValues(samples: ScriptReply): ScriptReply {
  if (!Array.isArray(samples)) throw new TypeError('TS.RANGE answers an array.');
  return samples.map((sample) => {
    const [timestamp, value] = sample as [ScriptReply, ScriptReply];
    return [timestamp, typeof value === 'string' ? { simple: value } : value];
  });
}

function pushReply(state: LuaState, reply: ScriptReply | Error): void {
  if (reply === null) lua.lua_pushboolean(state, false);
  else if (typeof reply === 'string') lua.lua_pushstring(state, to_luastring(reply));
  else if (reply instanceof Uint8Array) lua.lua_pushstring(state, reply);
  else if (typeof reply === 'number' || typeof reply === 'bigint') lua.lua_pushnumber(state, Number(reply));
  else if (Array.isArray(reply)) {
    lua.lua_createtable(state, reply.length, 0);
    for (const [index, element] of reply.entries()) {
      pushReply(state, element);
      lua.lua_rawseti(state, -2, index + 1);
    }
  } else {
    lua.lua_createtable(state, 0, 1);
    lua.lua_pushstring(state, to_luastring(reply instanceof Error ? reply.message : reply.simple));
    lua.lua_setfield(state, -2, to_luastring(reply instanceof Error ? 'err' : 'ok'));
  }
}

/** Reads what a script returned; the scripts return arrays of strings and integers. */
function toReply(state: LuaState, index: number): ScriptReply {
  switch (lua.lua_type(state, index)) {
    case lua.LUA_TSTRING:
      return lua.lua_tojsstring(state, index);
    case lua.LUA_TNUMBER:
      return Math.trunc(lua.lua_tonumber(state, index));
    case lua.LUA_TTABLE:
      failWhereError(state, index);
      return Array.from({ length: lua.lua_rawlen(state, index) }, (_, i) => {
        lua.lua_rawgeti(state, index, i + 1);
        const element = toReply(state, -1);
        lua.lua_pop(state, 1);
        return element;
      });
    default:
      return null;
  }
}

/** A table with the field `err` is an error reply. */
function failWhereError(state: LuaState, index: number): void {
  lua.lua_getfield(state, index, to_luastring('err'));
  const isError = lua.lua_type(state, -1) === lua.LUA_TSTRING;
  const text = isError ? lua.lua_tojsstring(state, -1) : '';
  lua.lua_pop(state, 1);
  if (isError) throw new Error(text);
}
