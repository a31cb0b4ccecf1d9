/**
 * - `connecting`: no session yet
 * - `connected`: the session is served
 * - `suspended`: cut off; the session may live on, nothing is known of it. Stop acting.
 * - `lost`: cut off for longer than the session timeout since the last contact, or a server said that the session
 *   expired. Where only the clock says so, the same session can still come back.
 * - `closed`: for good
 */
export type ConnectionState = 'connecting' | 'connected' | 'suspended' | 'lost' | 'closed';
