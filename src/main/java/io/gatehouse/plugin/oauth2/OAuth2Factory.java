package io.gatehouse.plugin.oauth2;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.credential.TokenState;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.entity.Plugin;
import io.gatehouse.lookup.CredentialLookup;
import io.gatehouse.lookup.IssuerClient;
import io.gatehouse.oauth.Departure;
import io.gatehouse.plugin.Anonymous;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.oauth2.dpop.Proofs;
import io.gatehouse.syntax.LogText;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the handlers of {@code oauth2} plugins, and logs configurations that need an operator's attention. */
public final class OAuth2Factory implements PluginFactory {
    private static final Logger LOG = LoggerFactory.getLogger(OAuth2Factory.class);

    /** A log line names this many scopes at most. */
    private static final int MAX_NAMED = 3;

    private final CredentialLookup<TokenState> tokens;
    private final IssuerClient issuer;
    private final Proofs proofs;
    /** Weak, so that a plugin is named once for each of its configurations. */
    private final Set<Plugin> checked = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    /** Makes handlers that look tokens up, send token requests and check proofs there. */
    public OAuth2Factory(CredentialLookup<TokenState> tokens, IssuerClient issuer, Proofs proofs) {
        this.tokens = tokens;
        this.issuer = issuer;
        this.proofs = proofs;
    }

    @Override
    public PluginHandler create(Plugin plugin, Catalog catalog) {
        OAuth2Config config = OAuth2Config.of(plugin);
        if (checked.add(plugin)) {
            check(config);
        }
        return new OAuth2Handler(config, tokens, issuer, proofs, Anonymous.of(config.anonymous(), catalog));
    }

    private void check(OAuth2Config config) {
        if (isDiscouraged(config)) {
            LOG.warn(
                    "oauth2 plugin {} enables the implicit or the password grant, which RFC 9700 advises against"
                            + " implicit={} password={}",
                    config.pluginId(),
                    config.implicitGrant(),
                    config.passwordGrant());
        }
        List<String> separated = separated(config);
        if (!separated.isEmpty()) {
            LOG.warn(
                    "oauth2 plugin {} has scopes with a comma or a space, of which clients cannot request a part: write"
                            + " one scope in each element scopes={}",
                    config.pluginId(),
                    separated);
        }
        if (config.dpop() && !proofs.isAvailable()) {
            LOG.error(
                    "oauth2 plugin {} has no secret for the nonces of DPoP, requests with proofs get 503:"
                            + " set cluster.secret",
                    config.pluginId());
        }
    }

    /** The first scopes with a character by which operators separate scopes. No request has one with a space (RFC 6749 §3.3). */
    private static List<String> separated(OAuth2Config config) {
        Set<String> scopes = config.scopes();
        return scopes == null
                ? List.of()
                : scopes.stream()
                        .filter(scope -> scope.indexOf(',') >= 0 || scope.indexOf(' ') >= 0)
                        .sorted()
                        .limit(MAX_NAMED)
                        .map(LogText::oneLine)
                        .toList();
    }

    /** RFC 9700 §2.1.2, §2.4. */
    private static boolean isDiscouraged(OAuth2Config config) {
        return Departure.DISCOURAGED_GRANT.followsRfc(config.isRfc())
                && (config.implicitGrant() || config.passwordGrant());
    }
}
