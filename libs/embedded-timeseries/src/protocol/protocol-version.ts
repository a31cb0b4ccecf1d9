/** Version of the Redis protocol that a connection speaks. */
export type ProtocolVersion = 2 | 3;
