/** What a thrown value says, for a log line or an answer: an error's message, its name where that is empty. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
}
