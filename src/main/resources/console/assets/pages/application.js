// Applications: OAuth 2.0 clients. Their secret is shown once.

import { Component, h } from "../lib/preact.js";
import { path, request } from "../api.js";
import { byName, nameOf } from "../entities.js";
import { EntityForm } from "../form/form.js";
import { defaults, editable } from "../form/schema.js";
import { preset } from "../preset.js";
import { randomSecret } from "../random.js";
import { link } from "../router.js";
import { fieldsFor } from "../schemas.js";
import { ConfirmButton } from "../ui/dialog.js";
import { Load } from "../ui/load.js";
import { Done } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { NewSecret } from "../ui/secret.js";

/** Props: the `query` of the address, which may name the Consumer. */
export function NewApplicationPage({ query }) {
  const entity = byName("oauth2_credentials");
  const load = async (signal) => editable(await fieldsFor(entity, null, signal));
  return h(Load, { load, by: "application", what: "the form", isPage: true }, (fields) => h(NewApplication, { entity, fields, query }));
}

class NewApplication extends Component {
  async save(body) {
    const { data, lateNodes } = await request("POST", this.props.entity.path, { body });
    // If the operator has chosen the secret, the response contains its hash.
    this.setState({ created: data, secret: body.client_secret || data.client_secret, lateNodes });
  }

  render({ entity, fields, query }, { created, secret, lateNodes }) {
    const parent = { text: entity.many, href: link([entity.page]) };
    if (created) {
      return h(Page, { key: "created", title: `Application ${created.name} created`, parent },
        h(Done, { message: { text: "Copy the secret now. The console does not show it again.", lateNodes } }),
        h(NewSecret, { label: "client_id", value: created.client_id }),
        h(NewSecret, { label: "client_secret", value: secret }),
        h("div", { class: "buttons" },
          h("a", { class: "button primary", href: link([entity.page, created.id]) }, "Show the Application")));
    }
    return h(Page, { key: "new", title: `New ${entity.one}`, parent },
      h(EntityForm, {
        fields,
        initial: defaults(fields),
        // A hash cannot be read from the database or the Admin API.
        preset: { hash_secret: true, ...preset(query) },
        submitLabel: `Create the ${entity.one}`,
        cancel: parent.href,
        onSubmit: (body) => this.save(body),
      }));
  }
}

/** What a new secret changes. The second secret is an entity of its own, which has no page. */
function consequences(application) {
  const ends = "The present secret ends at once. A second secret (/oauth2_secrets) stays valid until it is deleted. Tokens stay valid.";
  return application.hash_secret
    ? ends
    : `${ends} The new secret is stored as a hash, with which the Application cannot sign assertions (client_secret_jwt).`;
}

/** Replaces the secret of an application. */
export class ApplicationSecret extends Component {
  async replace() {
    const secret = randomSecret();
    const { lateNodes } = await request("PATCH", path("oauth2", this.props.application.id), {
      body: { client_secret: secret, hash_secret: true },
    });
    this.setState({ secret, lateNodes });
  }

  render({ application }, { secret, lateNodes }) {
    return h("section", null,
      h("h2", null, "Secret"),
      secret
        ? [
          h(Done, { message: { text: "Copy the new secret now. The console does not show it again.", lateNodes } }),
          h(NewSecret, { label: "client_secret", value: secret }),
        ]
        : h("p", null, application.hash_secret
          ? "The secret is stored as a hash and cannot be read."
          : "The console does not show the secret. It is stored in clear text: replace it to store a hash."),
      h("div", null, h(ConfirmButton, {
        label: "Replace the secret",
        question: `Replace the secret of ${nameOf(byName("oauth2_credentials"), application)}?`,
        details: consequences(application),
        confirm: "Replace",
        onConfirm: () => this.replace(),
      })));
  }
}

/** The way to the tokens of an application. */
export function ApplicationTokens({ application }) {
  return h("section", null,
    h("h2", null, "Tokens"),
    h("div", null, h("a", { class: "button", href: link(["tokens"], { application: application.id }) }, "Show and revoke its tokens")));
}
