/** A matcher of Redis' glob patterns: `*`, `?`, `[a-z]`, `[^a]`, backslash for the next character. */
export function globMatcher(pattern: string): (text: string) => boolean {
  let source = '';
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern.charAt(index);
    if (character === '*') source += source.endsWith('.*') ? '' : '.*';
    else if (character === '?') source += '.';
    else if (character === '\\' && index + 1 < pattern.length) source += escape(pattern.charAt(++index));
    else if (character === '[') {
      const { text, end } = characterClass(pattern, index + 1);
      source += text;
      index = end;
    } else source += escape(character);
  }
  const expression = new RegExp(`^${source}$`, 's');
  return (text) => expression.test(text);
}

/** The class that starts behind `[`; one that is not closed reaches to the end. */
function characterClass(pattern: string, start: number): { text: string; end: number } {
  const isNegated = pattern[start] === '^';
  let members = '';
  let index = isNegated ? start + 1 : start;
  for (; index < pattern.length && pattern[index] !== ']'; index++) {
    const isRange = pattern[index + 1] === '-' && index + 2 < pattern.length && pattern[index + 2] !== ']';
    if (isRange) {
      const bounds = [pattern.charAt(index), pattern.charAt(index + 2)].sort();
      members += bounds.map(escapeMember).join('-');
      index += 2;
    } else {
      if (pattern[index] === '\\' && index + 1 < pattern.length) index++;
      members += escapeMember(pattern.charAt(index));
    }
  }
  if (members === '') return { text: isNegated ? '.' : '(?!)', end: index };
  return { text: `[${isNegated ? '^' : ''}${members}]`, end: index };
}

function escape(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
}

function escapeMember(character: string): string {
  return character.replace(/[\\\]^-]/, '\\$&');
}
