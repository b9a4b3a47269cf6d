// The revocation of tokens.

import { h } from "../lib/preact.js";
import { path, request, withQuery } from "../api.js";
import { ConfirmButton } from "../ui/dialog.js";

/** Props: `token`; `onRevoked`. */
export function RevokeOne({ token, onRevoked }) {
  return h(ConfirmButton, {
    label: "Revoke",
    question: `Revoke the token ${token.id}?`,
    details: "Every node rejects it at once, and a refresh token that was issued with it. The client has to get a new one.",
    confirm: "Revoke",
    onConfirm: async () => onRevoked(await request("DELETE", path("oauth2_tokens", token.id))),
  });
}

/** Props: `text`, which is no access token; `onRevoked`. The Admin API accepts a refresh token for the deletion alone, and an unknown one too. */
export function RevokeRefreshToken({ text, onRevoked }) {
  return h(ConfirmButton, {
    label: "Revoke the grant of this refresh token",
    question: "Revoke the grant of this refresh token?",
    details: "Its grant ends with its access token, also if the refresh token has been rotated. Another text changes nothing.",
    confirm: "Revoke",
    onConfirm: async () => onRevoked(await request("DELETE", path("oauth2_tokens", text))),
  });
}

/** Props: `application` and `user`, of which one may be empty; `onRevoked`. */
export function RevokeAll({ application, user, onRevoked }) {
  const owners = [user ? `of the user ${user}` : "", application ? "of this Application" : ""].filter((one) => one !== "");
  return h(ConfirmButton, {
    label: `Revoke all tokens ${owners.join(" ")}`,
    question: `Revoke all tokens ${owners.join(" ")}?`,
    details: "This includes those that the list does not show, and codes that have not been redeemed.",
    confirm: "Revoke all",
    onConfirm: async () => onRevoked(await request("DELETE",
      withQuery("oauth2_tokens", { authenticated_userid: user, credential: application }))),
  });
}
