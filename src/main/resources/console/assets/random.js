// Secrets.

const CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LENGTH = 32;

/** Returns 32 characters, drawn uniformly from 62: 190 bits, as the Admin API generates them. */
export function randomSecret() {
  // A byte beyond the last whole multiple would make the first characters more likely.
  const limit = 256 - (256 % CHARACTERS.length);
  let secret = "";
  while (secret.length < LENGTH) {
    for (const byte of crypto.getRandomValues(new Uint8Array(LENGTH))) {
      if (byte < limit && secret.length < LENGTH) {
        secret += CHARACTERS[byte % CHARACTERS.length];
      }
    }
  }
  return secret;
}
